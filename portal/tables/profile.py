"""What a column holds, counted over all rows of the finished file."""

from __future__ import annotations

import datetime
from typing import Any

import duckdb

from portal.tables.sql import sql_name
from portal.tables.values import NUMERIC, Bin, ColumnType, Profile

_BINS = 20
_TOP = 10
_SAMPLES = 5
_LONGEST = 200


def profile_of(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    without_totals: str,
    key: str,
    companion: str | None,
    kind: ColumnType,
    pattern: str | None,
) -> Profile:
    """The profile of one column. Least, most, mean and histogram leave total rows out; counts do not."""
    name = sql_name(key)
    rows, filled, distinct = _one(
        connection, f"SELECT count(*), count({name}), count(DISTINCT {name}) FROM {source}"
    )
    misfits, samples = _misfits(connection, source, companion)
    mean = f"avg({name})" if kind in NUMERIC else "NULL"
    least, most, average = _one(connection, f"SELECT min({name}), max({name}), {mean} FROM {without_totals}")
    is_number = kind in NUMERIC and filled > 0
    return Profile(
        int(rows),
        int(rows) - int(filled) - misfits,
        int(distinct),
        misfits,
        samples,
        written(least),
        written(most),
        float(average) if average is not None else None,
        _bins(connection, without_totals, name, least, most) if is_number and least is not None else (),
        _top(connection, source, name) if 0 < distinct < filled else (),
        _examples(connection, source, name),
        pattern,
    )


def written(value: object) -> str | None:
    """A value as the exports write it, cut where it is very long."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep="T", timespec="seconds")
    return str(value)[:_LONGEST]


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, Any, Any]:
    row = connection.execute(sql).fetchone()
    assert row is not None and len(row) == 3
    return row[0], row[1], row[2]


def _misfits(
    connection: duckdb.DuckDBPyConnection, source: str, companion: str | None
) -> tuple[int, tuple[str, ...]]:
    if companion is None:
        return 0, ()
    name = sql_name(companion)
    row = connection.execute(f"SELECT count({name}) FROM {source}").fetchone()
    samples = connection.execute(
        f"SELECT {name} FROM {source} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY min(_row) LIMIT {_SAMPLES}"
    ).fetchall()
    return (int(row[0]) if row else 0), tuple(str(sample[0])[:_LONGEST] for sample in samples)


def _bins(
    connection: duckdb.DuckDBPyConnection, source: str, name: str, least: object, most: object
) -> tuple[Bin, ...]:
    low, high = float(str(least)), float(str(most))
    if low == high:
        return (Bin(low, high, int(_count(connection, source, name))),)
    width = (high - low) / _BINS
    rows = connection.execute(
        f"""SELECT least(floor(({name} - $low) / $width), {_BINS - 1})::INTEGER AS bin, count(*)
            FROM {source} WHERE {name} IS NOT NULL GROUP BY bin""",
        {"low": low, "width": width},
    ).fetchall()
    counts = {int(position): int(count) for position, count in rows}
    return tuple(Bin(low + i * width, low + (i + 1) * width, counts.get(i, 0)) for i in range(_BINS))


def _count(connection: duckdb.DuckDBPyConnection, source: str, name: str) -> int:
    row = connection.execute(f"SELECT count({name}) FROM {source}").fetchone()
    return int(row[0]) if row else 0


def _top(connection: duckdb.DuckDBPyConnection, source: str, name: str) -> tuple[tuple[str, int], ...]:
    rows = connection.execute(
        f"""SELECT {name}, count(*) FROM {source} WHERE {name} IS NOT NULL
            GROUP BY 1 ORDER BY 2 DESC, min(_row) LIMIT {_TOP}"""
    ).fetchall()
    return tuple((written(value) or "", int(count)) for value, count in rows)


def _examples(connection: duckdb.DuckDBPyConnection, source: str, name: str) -> tuple[str, ...]:
    rows = connection.execute(
        f"""SELECT {name} FROM (SELECT {name}, _row FROM {source} WHERE {name} IS NOT NULL ORDER BY _row LIMIT 1000)
            GROUP BY 1 ORDER BY min(_row) LIMIT 3"""
    ).fetchall()
    return tuple(written(row[0]) or "" for row in rows)
