"""Charts drawn on the server as SVG: pure functions from figures to markup, in Vietnamese and English."""
