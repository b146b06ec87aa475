"""What each page shows: one dataclass a page, made here, so that templates decide nothing."""
