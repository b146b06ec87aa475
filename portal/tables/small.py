"""The cells of small tables as plain values, kept beside their Parquet files for what must look at them at once."""

from __future__ import annotations

import duckdb

from portal.tables.profile import written
from portal.tables.sql import sql_name, sql_text
from portal.tables.values import Cell, Table

ROWS = 2_000
"""A table with more rows is not small."""
CELLS = 20_000
"""Nor one with more cells; all tables of a file together keep no more."""
_LONGEST = 200


def small_cells(
    connection: duckdb.DuckDBPyConnection, table: Table, most: int
) -> tuple[tuple[Cell, ...], ...] | None:
    """Every row of a small table by its columns, derived ones too; a cell that did not fit its column's type is
    the text that it had. None for a table with more than `most` cells."""
    if not table.rows or table.rows > ROWS or table.rows * len(table.columns) > min(most, CELLS):
        return None
    values = ", ".join(sql_name(column.key) for column in table.columns)
    texts = ", ".join(sql_name(each.text_key) if each.text_key else "NULL" for each in table.columns)
    rows = connection.execute(
        f"SELECT {values}, {texts} FROM read_parquet({sql_text(str(table.parquet))}) ORDER BY _row"
    ).fetchall()
    width = len(table.columns)
    return tuple(
        tuple(
            _cell(text if value is None else value)
            for value, text in zip(row[:width], row[width:], strict=True)
        )
        for row in rows
    )


def _cell(value: object) -> Cell:
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if value == value and abs(value) != float("inf") else None
        case str():
            return value[:_LONGEST]
        case _:
            return written(value)
