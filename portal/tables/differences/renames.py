"""Columns with another name and the same content, found among those that only one version has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from portal.tables.differences.columns import READINGS, Pair, Side, hashed, number_read
from portal.tables.schema import Field
from portal.tables.sql import sql_name

# Nine of ten cells alike, one way or the other: less may be chance in columns with few values.
ALIKE = 0.9
_MOST_PAIRS = 200
_COMPARED_ROWS = 20_000_000
_SAMPLE = 50_000
_FEW_VALUES = 5_000


def find_renamed(
    engine: duckdb.DuckDBPyConnection,
    sides: tuple[Side, Side],
    left: tuple[Sequence[Field], Sequence[Field]],
    key: Sequence[Pair],
) -> list[Pair]:
    """Pairs of columns that only one version has each, best first, each column once. With a key cells are compared
    row by row; without one, as the values that either column has."""
    rows = max(side.schema.rows for side in sides) or 1
    possible = [pair for before in left[0] for after in left[1] if (pair := Pair(before, after)).family]
    possible.sort(key=lambda pair: _distance(pair, sides))
    possible = possible[: min(_MOST_PAIRS, max(_COMPARED_ROWS // rows, 1))]
    shares = _by_rows(engine, sides, possible, key) if key and possible else None
    if shares is None:
        shares = [_by_values(engine, sides, pair, rows) for pair in possible]
    found: list[Pair] = []
    ranked = sorted(
        zip(shares, possible, strict=True), key=lambda each: (-each[0], _distance(each[1], sides))
    )
    for share, pair in ranked:
        is_free = all(pair.before != each.before and pair.after != each.after for each in found)
        if share >= ALIKE and is_free:
            found.append(pair)
    return found


def with_reading(engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], pair: Pair) -> Pair:
    """Where numbers became text or text numbers: with the marks under which more texts are one of the numbers."""
    if not pair.needs_reading:
        return pair
    index = 0 if pair.before.storage == "VARCHAR" else 1
    words, numbers = (sql_name((pair.before, pair.after)[i].key) for i in (index, 1 - index))

    def fitting(reading: str) -> int:
        row = engine.execute(
            f"""SELECT count(*) FROM {sides[index].source}
                WHERE {number_read(words, reading)} IN (SELECT {numbers}::DOUBLE FROM {sides[1 - index].source})"""
        ).fetchone()
        return int(row[0]) if row else 0

    return replace(pair, reading=max(READINGS, key=fitting))


def _distance(pair: Pair, sides: tuple[Side, Side]) -> tuple[int, int, list[str]]:
    places = sides[0].place(pair.before), sides[1].place(pair.after)
    return abs(places[0] - places[1]), sum(places), sorted((pair.before.name, pair.after.name))


def _by_rows(
    engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], possible: Sequence[Pair], key: Sequence[Pair]
) -> list[float] | None:
    """How many of the cells that say something are alike in rows with the same key; None where no row is shared."""
    rows = max(side.schema.rows for side in sides)
    sources = []
    for index, side in enumerate(sides):
        parts = [f"{hashed(key, index)} AS k"]
        for position, pair in enumerate(possible):
            parts += [f"{part} AS p{position}_{i}" for i, part in enumerate(pair.parts(index))]
        sample = f"{hashed(key, index)} % {max(rows // _SAMPLE, 1)} = 0"
        sources.append(f"(SELECT {', '.join(parts)} FROM {side.source} WHERE {side.data} AND {sample})")
    counted = ["count(*)"]
    for position, pair in enumerate(possible):
        names = [f"p{position}_{i}" for i in range(len(pair.parts(0)))]
        alike = " AND ".join(f"a.{name} IS NOT DISTINCT FROM b.{name}" for name in names)
        said = " OR ".join(f"a.{name} IS NOT NULL OR b.{name} IS NOT NULL" for name in names)
        counted += [f"count(*) FILTER (({alike}) AND ({said}))", f"count(*) FILTER ({said})"]
    row = engine.execute(
        f"SELECT {', '.join(counted)} FROM {sources[0]} AS a JOIN {sources[1]} AS b ON a.k = b.k"
    ).fetchone()
    assert row is not None
    if not row[0]:
        return None
    return [_share(row[1 + 2 * at], row[2 + 2 * at]) for at in range(len(possible))]


def _by_values(engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], pair: Pair, rows: int) -> float:
    """How many cells have their like in the other column, of those that as many rows as the shorter version has say."""
    sources = []
    for index, side in enumerate(sides):
        name = sql_name((pair.before, pair.after)[index].key)
        every = max(rows // _SAMPLE, 1) if _has_many(engine, side, name) else 1
        value = hashed((pair,), index)
        is_said = " OR ".join(f"({part}) IS NOT NULL" for part in pair.parts(index))
        sources.append((every, f"SELECT {value} AS v FROM {side.source} WHERE ({is_said}) AND {side.data}"))
    every = min(each for each, _ in sources)
    counted = [
        f"(SELECT v, count(*) AS n FROM ({source}) WHERE v % {every} = 0 GROUP BY v)" for _, source in sources
    ]
    row = engine.execute(
        f"""SELECT (SELECT coalesce(sum(least(a.n, b.n)), 0) FROM {counted[0]} AS a JOIN {counted[1]} AS b USING (v)),
                   (SELECT coalesce(sum(n), 0) FROM {counted[0]}), (SELECT coalesce(sum(n), 0) FROM {counted[1]})"""
    ).fetchone()
    assert row is not None
    if not row[1] or not row[2]:
        return 1.0 if row[1] == row[2] else 0.0
    lengths = [side.schema.rows for side in sides]
    shorter = min(lengths)
    return int(row[0]) / float(max(row[1] * shorter / lengths[0], row[2] * shorter / lengths[1]))


def _has_many(engine: duckdb.DuckDBPyConnection, side: Side, name: str) -> bool:
    row = engine.execute(f"SELECT approx_count_distinct({name}) FROM {side.source}").fetchone()
    return bool(row and row[0] > _FEW_VALUES)


def _share(alike: int, said: int) -> float:
    return alike / said if said else 1.0
