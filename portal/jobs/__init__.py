"""The clock's door: what follows the change log, what is queued, and what is done by the hour."""
