"""Content-addressed storage of files: the interface and its implementations."""
