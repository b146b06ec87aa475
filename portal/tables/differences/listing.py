"""One page of the rows that differ, with their cells in both versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from portal.tables.differences.columns import Pair, Side
from portal.tables.differences.values import LONGEST_LISTED
from portal.tables.schema import Field
from portal.tables.sql import sql_name


def listed(
    engine: duckdb.DuckDBPyConnection,
    sides: tuple[Side, Side],
    compared: Sequence[Pair],
    request: Mapping[str, Any],
) -> list[list[Any]]:
    """Rows of `matched` behind `after`, one more than asked for: kind, whether a total, both numbers, the row in
    either version as `[value, text]` for each column, and the places of the compared columns that differ."""
    page = _page(engine, request)
    values = [
        _values(engine, side, [row[2 + index] for row in page if row[2 + index] is not None])
        for index, side in enumerate(sides)
    ]
    differing = _differing(engine, sides, compared, [(row[2], row[3]) for row in page if row[0] == 0])
    return [
        [kind, is_total, before, after, values[0].get(before), values[1].get(after), differing.get(after)]
        for kind, is_total, before, after in page
    ]


def _page(engine: duckdb.DuckDBPyConnection, request: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    place = "coalesce(after_row, before_row)"
    conditions, bound = ["true"], {"limit": request["limit"] + 1}
    if request.get("only") is not None:
        conditions.append("kind = $kind")
        bound["kind"] = request["only"]
    if request.get("after") is not None:
        conditions.append(f"(kind > $last OR (kind = $last AND {place} > $row))")
        bound["last"], bound["row"] = request["after"]
    return engine.execute(
        f"""SELECT kind, is_total, before_row, after_row FROM matched
            WHERE {" AND ".join(conditions)} ORDER BY kind, {place} LIMIT $limit""",
        bound,
    ).fetchall()


def _values(
    engine: duckdb.DuckDBPyConnection, side: Side, rows: Sequence[int]
) -> dict[int, list[tuple[Any, Any]]]:
    if not rows:
        return {}
    cells = []
    for field in side.fields:
        cells.append(_plain(field))
        cells.append(_short(sql_name(field.text_key)) if field.text_key else "NULL")
    found = engine.execute(
        f"SELECT _row, {', '.join(cells)} FROM {side.source} WHERE {_among(rows)}"
    ).fetchall()
    return {row[0]: list(zip(row[1::2], row[2::2], strict=True)) for row in found}


def _differing(
    engine: duckdb.DuckDBPyConnection,
    sides: tuple[Side, Side],
    compared: Sequence[Pair],
    changed: Sequence[tuple[int, int]],
) -> dict[int, list[int]]:
    """By the newer row's number, the places of compared columns whose cells differ."""
    if not changed:
        return {}
    halves: list[dict[int, tuple[Any, ...]]] = []
    for index, side in enumerate(sides):
        parts = [f"hash({', '.join(pair.parts(index))})" for pair in compared]
        rows = [row[index] for row in changed]
        sql = f"SELECT _row, {', '.join(parts)} FROM {side.source} WHERE {_among(rows)}"
        halves.append({row[0]: row[1:] for row in engine.execute(sql).fetchall()})
    return {
        after: [
            place
            for place, (one, two) in enumerate(zip(halves[0][before], halves[1][after], strict=True))
            if one != two
        ]
        for before, after in changed
    }


def _among(rows: Sequence[int]) -> str:
    return f"_row IN ({', '.join(str(int(row)) for row in rows)})"


def _plain(field: Field) -> str:
    """A value as JSON has it."""
    name = sql_name(field.key)
    match field.storage:
        case "VARCHAR":
            return _short(name)
        case "DOUBLE":
            return f"CASE WHEN isfinite({name}) THEN {name} END"
        case "DATE":
            return f"{name}::VARCHAR"
        case "TIMESTAMP":
            return f"strftime({name}, '%Y-%m-%dT%H:%M:%S')"
        case _:
            return name


def _short(name: str) -> str:
    return (
        f"CASE WHEN length({name}) > {LONGEST_LISTED} THEN {name}[:{LONGEST_LISTED}] || '…' ELSE {name} END"
    )
