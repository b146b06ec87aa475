"""The domain: datasets and what belongs to them, their rules, their history."""
