"""The shapes of a column's cells: every digit a 9, counted over all rows; types are judged on these."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from portal.tables.sql import sql_name

MAX_SHAPES = 3_000
_LONGEST = 40
# Longer than any shape, so that no cell looks like it: a lone "…" says that there is nothing.
LONG = "…" * (_LONGEST + 1)


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape, how many cells have it, how many of these end in a zero, the first and last of them in order.
    A zero that stands first stays a zero: it tells a code from a number."""

    text: str
    count: int
    ending_in_zero: int
    least: str
    most: str
    in_totals: int = 0


def shapes_of(connection: duckdb.DuckDBPyConnection, source: str, column: str) -> list[Shape]:
    """Shapes of a column, most frequent first; cells longer than a line of a form share one shape."""
    cell = sql_name(column)
    digits = f"translate({cell}, '012345678', '999999999')"
    shape = f"CASE WHEN starts_with({cell}, '0') THEN '0' || {digits}[2:] ELSE {digits} END"
    is_long = f"strlen({cell}) > {_LONGEST} AND length({cell}) > {_LONGEST}"
    rows = connection.execute(
        f"""SELECT CASE WHEN {is_long} THEN '{LONG}' ELSE {shape} END AS shape, sum(cells)::BIGINT AS cells,
                   coalesce(sum(cells) FILTER ({cell} LIKE '%0'), 0)::BIGINT, min({cell}), max({cell}),
                   sum(totals)::BIGINT
            FROM {_counted(connection, source, cell)} GROUP BY shape ORDER BY cells DESC, shape LIMIT {MAX_SHAPES}"""
    ).fetchall()
    return [Shape(*row) for row in rows]


def _counted(connection: duckdb.DuckDBPyConnection, source: str, cell: str) -> str:
    """Cells with their counts: different ones alone where most occur again, which spares making their shapes."""
    row = connection.execute(f"SELECT approx_count_distinct({cell}) * 2 < count(*) FROM {source}").fetchone()
    filled = f"FROM {source} WHERE {cell} IS NOT NULL"
    if row is not None and row[0]:
        return (
            f"(SELECT {cell}, count(*) AS cells, count(*) FILTER (_total) AS totals {filled} GROUP BY {cell})"
        )
    return f"(SELECT {cell}, 1 AS cells, _total::INTEGER AS totals {filled})"
