"""People, their roles in agencies, and the tokens that programs act with."""
