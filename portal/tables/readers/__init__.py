"""One reader per family of formats; each answers raw tables, nothing yet judged."""
