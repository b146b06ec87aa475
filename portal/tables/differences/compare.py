"""The comparison as a row process makes it: two Parquet files of our own, hashed by row and joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import duckdb

from portal.tables.differences.columns import Pair, Side, hashed, paired
from portal.tables.differences.keys import Key, find_key, find_numberings, unique_rows
from portal.tables.differences.listing import listed
from portal.tables.differences.renames import find_renamed, with_reading
from portal.tables.schema import schema_from

# A pass over the changed rows holds this many cells of either version at once.
_CELLS_IN_PASS = 3_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How two versions are compared: which columns belong together, which number the rows, and the key."""

    pairs: tuple[Pair, ...]
    numberings: tuple[Pair, ...]
    key: Key | None

    @property
    def compared(self) -> tuple[Pair, ...]:
        """Columns whose cells count."""
        return tuple(pair for pair in self.pairs if pair not in self.numberings)


class KeyUnusable(Exception):
    """The columns named as key do not tell rows apart in both versions."""


def compare(engine: duckdb.DuckDBPyConnection, request: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a request of `asking`: `overview`, taken from the request where it is known, and `rows`."""
    before, after = (Side(schema_from(each["schema"]), each["path"]) for each in request["versions"])
    sides = (before, after)
    try:
        if known := request.get("overview"):
            plan = _plan_from(known["plan"], sides)
            _match(engine, sides, plan)
            overview = known
        else:
            plan = _plan(engine, sides, request["key"])
            overview = _overview(engine, sides, plan)
        return {"overview": overview, "rows": listed(engine, sides, plan.compared, request)}
    except KeyUnusable:
        return {"error": "key"}
    finally:
        for name in ("matched", "one", "two"):
            with suppress(duckdb.CatalogException):
                engine.execute(f"DROP TABLE IF EXISTS {name}")


def _plan(engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], named: Sequence[str]) -> Plan:
    found, left, right = paired(*sides)
    pairs = [with_reading(engine, sides, pair) for pair in found]
    numberings = find_numberings(engine, sides, pairs)
    if len(numberings) == len(pairs):
        # Nothing else could be compared.
        numberings = ()
    able = [pair for pair in pairs if pair not in numberings]
    key = _given(engine, sides, pairs, named) if named else find_key(engine, sides, able)
    renamed = find_renamed(engine, sides, (left, right), key.pairs if key else ())
    if renamed:
        pairs = sorted([*pairs, *renamed], key=lambda pair: sides[1].place(pair.after))
        if key is None:
            key = find_key(engine, sides, [*able, *renamed])
    if named:
        numberings = tuple(pair for pair in numberings if key is None or pair not in key.pairs)
    plan = Plan(tuple(pairs), numberings, key)
    return _by_number(engine, sides, plan) if key is None and numberings else plan


def _given(
    engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], pairs: Sequence[Pair], named: Sequence[str]
) -> Key:
    chosen = tuple(pair for name in named for pair in pairs if pair.after.key == name)
    is_whole = len(chosen) == len(named) and all(pair.family for pair in chosen)
    if not is_whole or any(unique_rows(engine, side, chosen, i) is None for i, side in enumerate(sides)):
        raise KeyUnusable
    return Key(chosen, "given")


def _by_number(engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], plan: Plan) -> Plan:
    """The numbers of the rows as key, where fewer rows differ by them than by content: nothing was put in between."""
    numbered = Plan(plan.pairs, (), Key(plan.numberings[:1], "numbering"))
    _match(engine, sides, plan)
    by_content = _one(engine, "SELECT count(*) FROM matched")
    _match(engine, sides, numbered)
    by_number = _one(engine, "SELECT coalesce(sum(CASE kind WHEN 0 THEN 2 ELSE 1 END), 0) FROM matched")
    return numbered if by_number <= by_content else plan


def _match(engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], plan: Plan) -> None:
    """Makes `matched`: the rows that differ, `kind` 0 changed, 1 added, 2 removed, with their numbers."""
    for name, index in (("one", 0), ("two", 1)):
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {_hashes(sides[index], plan, index)}")
    engine.execute(
        """CREATE OR REPLACE TEMP TABLE matched AS
           SELECT (CASE WHEN a.r IS NULL THEN 1 WHEN b.r IS NULL THEN 2 ELSE 0 END)::TINYINT AS kind,
                  a.r AS before_row, b.r AS after_row, coalesce(a.t, b.t) AS is_total
           FROM one AS a FULL JOIN two AS b ON a.k = b.k AND a.n = b.n AND a.t = b.t
           WHERE a.r IS NULL OR b.r IS NULL OR a.h <> b.h"""
    )


def _hashes(side: Side, plan: Plan, index: int) -> str:
    """Each row's number, what it is found by (`k`, `n`) and what it says (`h`). Rows alike are numbered, so that
    each has its counterpart; a total row is found by its words, as its numbers change with the table."""
    content = hashed(plan.compared, index) if plan.compared else f"{index}::UBIGINT"
    if plan.key is None:
        total = "_total" if side.schema.has_totals else "false"
        return f"""SELECT r, t, h AS k, row_number() OVER (PARTITION BY h, t ORDER BY r) AS n, h
                   FROM (SELECT _row AS r, {total} AS t, {content} AS h FROM {side.source})"""
    data = f"""SELECT _row AS r, false AS t, {hashed(plan.key.pairs, index)} AS k, 1::BIGINT AS n, {content} AS h
               FROM {side.source} WHERE {side.data}"""
    if not side.schema.has_totals:
        return data
    words = [pair for pair in plan.compared if pair.family == "words"]
    label = hashed(words, index)
    return f"""{data} UNION ALL
               SELECT _row, true, {label}, row_number() OVER (PARTITION BY {label} ORDER BY _row), {content}
               FROM {side.source} WHERE _total"""


def _overview(engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], plan: Plan) -> dict[str, Any]:
    _match(engine, sides, plan)
    counted = engine.execute("SELECT is_total, kind, count(*) FROM matched GROUP BY ALL").fetchall()
    differing = {(bool(total), int(kind)): int(count) for total, kind, count in counted}
    rows = _one(engine, "SELECT count(*) FILTER (NOT t) FROM one")
    totals = _one(engine, "SELECT count(*) FILTER (t) FROM one")
    return {
        "plan": _plan_to(plan),
        "rows": _counts(differing, rows, is_total=False),
        "totals": _counts(differing, totals, is_total=True),
        "changed_cells": _changed_cells(engine, sides, plan, differing.get((False, 0), 0)),
    }


def _counts(differing: Mapping[tuple[bool, int], int], before: int, *, is_total: bool) -> list[int]:
    """Added, removed, changed, unchanged."""
    changed, added, removed = (differing.get((is_total, kind), 0) for kind in range(3))
    return [added, removed, changed, before - removed - changed]


def _changed_cells(
    engine: duckdb.DuckDBPyConnection, sides: tuple[Side, Side], plan: Plan, changed: int
) -> list[int]:
    """For each compared pair, in how many changed rows its cells differ; some columns at a time, for flat memory."""
    at_once, counts = max(_CELLS_IN_PASS // max(changed, 1), 1), []
    for first in range(0, len(plan.compared) if changed else 0, at_once):
        some = plan.compared[first : first + at_once]
        before, after = (_cell_hashes(side, some, index, changed) for index, side in enumerate(sides))
        counted = ", ".join(f"count(*) FILTER (a.p{at} <> b.p{at})" for at in range(len(some)))
        row = engine.execute(
            f"""SELECT {counted} FROM matched AS m JOIN ({before}) AS a ON a._row = m.before_row
                JOIN ({after}) AS b ON b._row = m.after_row WHERE m.kind = 0 AND NOT m.is_total"""
        ).fetchone()
        counts += [int(count) for count in row or ()]
    return counts or [0] * len(plan.compared)


def _cell_hashes(side: Side, pairs: Sequence[Pair], index: int, changed: int) -> str:
    cells = ", ".join(f"{hashed((pair,), index)} AS p{at}" for at, pair in enumerate(pairs))
    row = "after_row" if index else "before_row"
    # Few rows are picked out first, so that neither side of the join is the whole table.
    is_few = changed * 10 < side.schema.rows
    few = f"WHERE _row IN (SELECT {row} FROM matched WHERE kind = 0)" if is_few else ""
    return f"SELECT _row, {cells} FROM {side.source} {few}"


def _one(engine: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = engine.execute(sql).fetchone()
    return int(row[0]) if row else 0


def _plan_to(plan: Plan) -> dict[str, Any]:
    """Plain JSON: pairs by the keys of their columns, the key and what numbers rows by their places among them."""
    place = plan.pairs.index
    return {
        "pairs": [[pair.before.key, pair.after.key, pair.reading] for pair in plan.pairs],
        "numberings": [place(pair) for pair in plan.numberings],
        "key": [place(pair) for pair in plan.key.pairs] if plan.key else None,
        "why": plan.key.why if plan.key else "content" if plan.compared else "nothing-shared",
    }


def _plan_from(values: Mapping[str, Any], sides: tuple[Side, Side]) -> Plan:
    before, after = ({field.key: field for field in side.fields} for side in sides)
    pairs = tuple(Pair(before[one], after[two], reading) for one, two, reading in values["pairs"])
    key = Key(tuple(pairs[at] for at in values["key"]), values["why"]) if values["key"] is not None else None
    return Plan(pairs, tuple(pairs[at] for at in values["numberings"]), key)
