"""The door for citizens: pages rendered on the server, in Vietnamese and English."""
