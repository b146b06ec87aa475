"""Other people's shapes, both ways, without any web framework: one form per file."""
