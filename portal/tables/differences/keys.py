"""The key of two versions: columns whose values tell every row apart in both, found by rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import duckdb

from portal.tables.differences.columns import Pair, Side, hashed
from portal.tables.hints import is_ordinal_name
from portal.tables.sql import sql_name
from portal.tables.values import ColumnType

T = ColumnType
_RANKS = {
    T.IDENTIFIER: 0, T.UNIT_CODE: 0, T.TEXT: 1, T.DATE: 1, T.TIMESTAMP: 1, T.MONTH: 1, T.QUARTER: 1,
    T.YEAR: 1, T.INTEGER: 2,
}  # fmt: skip
_MOST_SINGLE, _MOST_PAIRED, _MOST_TRIED = 30, 10, 6
# The survey of longer tables counts approximately; what it lets through is then counted exactly.
_SURVEY_MARGIN = 0.7
_COUNTED_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Key:
    """The pairs of columns that tell rows apart, and why these."""

    pairs: tuple[Pair, ...]
    why: str


def find_key(
    engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], pairs: Sequence[Pair]
) -> Key | None:
    """The first candidate whose values are unique and never missing in both versions, and of which the smaller version
    shares at least half; else the one that shares most. Identifiers come first, then texts and periods, each in the
    order of the columns; one column before two; at last a whole number in the first column."""
    best: tuple[int, Key] | None = None
    tried = 0
    for key in _candidates(engine, sides, pairs):
        counts = [unique_rows(engine, side, key.pairs, index) for index, side in enumerate(sides)]
        if None in counts:
            continue
        shared = _shared(engine, sides, key.pairs)
        if shared * 2 >= min(count or 0 for count in counts):
            return key
        if best is None or shared > best[0]:
            best = shared, key
        tried += 1
        if tried == _MOST_TRIED:
            break
    return best[1] if best else None


def unique_rows(
    engine: duckdb.DuckDBPyConnection, side: Side, pairs: Sequence[Pair], index: int
) -> int | None:
    """How many rows these columns tell apart, or None where two are alike or a cell is missing."""
    row = engine.execute(
        f"""SELECT count(*), count(DISTINCT {hashed(pairs, index)}), count(*) FILTER ({_filled(pairs, index)})
            FROM {side.source} WHERE {side.data}"""
    ).fetchone()
    assert row is not None
    return int(row[0]) if row[0] == row[1] == row[2] and row[0] else None


def find_numberings(
    engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], pairs: Sequence[Pair]
) -> tuple[Pair, ...]:
    """Columns such as `STT` that number the rows without a gap in both versions."""
    named = [
        pair
        for pair in pairs
        if pair.before.type is pair.after.type is T.INTEGER
        and is_ordinal_name(pair.before.name)
        and is_ordinal_name(pair.after.name)
    ]
    return tuple(
        pair
        for pair in named
        if all(
            unique_rows(engine, side, (pair,), index) == _span(engine, side, pair, index)
            for index, side in enumerate(sides)
        )
    )


def _span(engine: duckdb.DuckDBPyConnection, side: Side, pair: Pair, index: int) -> int:
    name = sql_name((pair.before, pair.after)[index].key)
    row = engine.execute(
        f"SELECT max({name}) - min({name}) + 1 FROM {side.source} WHERE {side.data}"
    ).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _filled(pairs: Sequence[Pair], index: int) -> str:
    return " AND ".join(f"{sql_name((pair.before, pair.after)[index].key)} IS NOT NULL" for pair in pairs)


def _candidates(
    engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], pairs: Sequence[Pair]
) -> Iterator[Key]:
    usable = [pair for pair in pairs if _may_be_key(pair)]
    usable.sort(key=lambda pair: _place(pair, sides))
    single: list[tuple[Pair, ...]] = [(pair,) for pair in usable[:_MOST_SINGLE]]
    double: list[tuple[Pair, ...]] = list(combinations(usable[:_MOST_PAIRED], 2))
    # A whole number is a count more often than a name: only that of a first column, when nothing else is left.
    numbers = [each for each in single if _is_number(each[0]) and not any(_places(each[0], sides))]
    for candidates in (_without_numbers(single), _without_numbers(double), numbers):
        for found in _surveyed(engine, sides, candidates):
            yield Key(found, _why(found))


def _without_numbers(candidates: list[tuple[Pair, ...]]) -> list[tuple[Pair, ...]]:
    return [each for each in candidates if not any(_is_number(pair) for pair in each)]


def _may_be_key(pair: Pair) -> bool:
    is_measure = pair.before.unit is not None or pair.after.unit is not None
    kinds = {pair.before.type, pair.after.type}
    return pair.family is not None and not is_measure and kinds <= _RANKS.keys()


def _is_number(pair: Pair) -> bool:
    return T.INTEGER in (pair.before.type, pair.after.type)


def _place(pair: Pair, sides: tuple[Side, Side]) -> tuple[int, int, list[str]]:
    """The same whichever version is the newer one."""
    rank = max(_RANKS[pair.before.type], _RANKS[pair.after.type])
    return rank, sum(_places(pair, sides)), sorted((pair.before.name, pair.after.name))


def _places(pair: Pair, sides: tuple[Side, Side]) -> tuple[int, int]:
    return sides[0].place(pair.before), sides[1].place(pair.after)


def _why(pairs: Sequence[Pair]) -> str:
    if len(pairs) > 1:
        return "pair"
    return (
        "identifier"
        if {pairs[0].before.type, pairs[0].after.type} <= {T.IDENTIFIER, T.UNIT_CODE}
        else "column"
    )


def _surveyed(
    engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], candidates: list[tuple[Pair, ...]]
) -> list[tuple[Pair, ...]]:
    """Candidates that may be unique, told by one look at each version."""
    for index, side in enumerate(sides):
        if not candidates:
            return []
        is_short = side.schema.rows <= _COUNTED_ROWS
        distinct = "count(DISTINCT {})" if is_short else "approx_count_distinct({})"
        counted = ", ".join(
            f"{distinct.format(hashed(pairs, index))}, count(*) FILTER ({_filled(pairs, index)})"
            for pairs in candidates
        )
        row = engine.execute(f"SELECT count(*), {counted} FROM {side.source} WHERE {side.data}").fetchone()
        assert row is not None
        rows, answers = int(row[0]), row[1:]
        candidates = [
            pairs
            for position, pairs in enumerate(candidates)
            if answers[2 * position] >= _SURVEY_MARGIN * rows and answers[2 * position + 1] == rows
        ]
    return candidates


def _shared(engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], pairs: Sequence[Pair]) -> int:
    before, after = (
        f"SELECT {hashed(pairs, index)} AS k FROM {side.source} WHERE {side.data}"
        for index, side in enumerate(sides)
    )
    row = engine.execute(f"SELECT count(*) FROM ({after}) WHERE k IN ({before})").fetchone()
    return int(row[0]) if row else 0
