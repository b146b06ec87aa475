"""The shapes of a column's cells: every digit a 9, counted over all rows; types are judged on these."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

_MAX_SHAPES = 3_000
_LONGEST = 40
LONG = "…"


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


def sql_name(name: str) -> str:
    """A name as SQL writes it, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def sql_text(text: str) -> str:
    """A text of our own as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def folded_sql(expression: str) -> str:
    """What `portal.text.fold` does, in the engine."""
    plain = f"lower(strip_accents(replace(replace({expression}, 'đ', 'd'), 'Đ', 'd')))"
    # As many bytes as letters: nothing to fold, and looking costs a twentieth of folding.
    return f"CASE WHEN strlen({expression}) = length({expression}) THEN lower({expression}) ELSE {plain} END"


def shapes_of(connection: duckdb.DuckDBPyConnection, source: str, column: str) -> list[Shape]:
    """Shapes of a column, most frequent first; cells longer than a line of a form share one shape."""
    cell = sql_name(column)
    digits = f"translate({cell}, '012345678', '999999999')"
    shape = f"CASE WHEN {cell}[1] = '0' THEN '0' || {digits}[2:] ELSE {digits} END"
    rows = connection.execute(
        f"""SELECT CASE WHEN length({cell}) > {_LONGEST} THEN '{LONG}' ELSE {shape} END AS shape,
                   count(*) AS cells, count(*) FILTER ({cell} LIKE '%0'), min({cell}), max({cell}),
                   count(*) FILTER (_total)
            FROM {source} WHERE {cell} IS NOT NULL GROUP BY shape ORDER BY cells DESC, shape LIMIT {_MAX_SHAPES}"""
    ).fetchall()
    return [Shape(*row) for row in rows]
