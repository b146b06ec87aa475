"""Commands of `python -m portal`, one file per family."""
