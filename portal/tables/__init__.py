"""Rows: files read in a child process, judged column by column, kept as Parquet, asked and taken away."""
