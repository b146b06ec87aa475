"""The page of a table: its rows, columns, charts and map, and the same for programs."""
