"""Other people's shapes, both ways: one standard per file."""
