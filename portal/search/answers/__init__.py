"""Answers out of rows: a question that names a column and a row of a small table is shown the cell."""
