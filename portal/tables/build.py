"""One raw table becomes a Parquet file and the account of how: judged, converted, profiled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from portal.tables.columns import Judgement, judge_columns
from portal.tables.grid import RawTable, plain
from portal.tables.judge import Judged
from portal.tables.places import add_places
from portal.tables.profile import profile_of
from portal.tables.sql import folded_sql, sql_name, sql_text
from portal.tables.staging import Staged, stage
from portal.tables.values import (
    GEOMETRY,
    ROW,
    SEARCH,
    SEARCHED,
    SEPARATOR,
    TOTAL,
    Column,
    ColumnOverride,
    Note,
    Table,
)
from portal.text import slugify

# A page reads whole groups: small ones make pages fast, smaller ones cost space and slow whole scans.
_ROWS_IN_GROUP = 20_480
_MAX_TOTALS_LISTED = 100


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a table is made with: the engine, the only folder, and a way to say how far it is."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    told: Callable[[int], None]
    unit_codes: frozenset[str]


def build_table(
    raw: RawTable, position: int, overrides: tuple[ColumnOverride, ...], shop: Workshop
) -> Table | None:
    """The table, or None where there are no rows."""
    staged = stage(shop.connection, raw, shop.folder, position, shop.told)
    if staged.rows == 0:
        return None
    judged, source = add_places(
        shop.connection,
        staged,
        judge_columns(shop.connection, raw, staged, overrides, shop.unit_codes),
        shop.folder,
    )
    keys = _keys([each.judged.name for each in judged])
    target = shop.folder / f"table-{position}.parquet"
    _write(shop.connection, source, staged, list(zip(keys, judged, strict=True)), raw, target)
    return Table(
        position,
        raw.name,
        target,
        staged.rows,
        tuple(
            _column(shop.connection, index, key, each, target, staged)
            for index, (key, each) in enumerate(zip(keys, judged, strict=True))
        ),
        _total_rows(shop.connection, staged, target),
        tuple(caption for caption in raw.captions if caption)[:50],
        tuple(Note(code, tuple(kept), count) for code, (count, kept) in raw.notes.items()),
        raw.has_geometry,
    )


def text_key(key: str) -> str:
    """The companion that keeps what did not fit."""
    return f"{key}__text"


def _keys(names: Iterable[str]) -> list[str]:
    """Names for programs: letters, digits and underscores, no two alike."""
    keys: list[str] = []
    taken: set[str] = set()
    for position, name in enumerate(names, start=1):
        base = slugify(name, 60).replace("-", "_") or f"cot_{position}"
        base = f"c_{base}" if base[0].isdigit() else base
        key, count = base, 1
        while key in taken:
            count += 1
            key = f"{base}_{count}"
        taken.update((key, text_key(key)))
        keys.append(key)
    return keys


def _write(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    staged: Staged,
    columns: list[tuple[str, Judgement]],
    raw: RawTable,
    target: Path,
) -> None:
    # Values are made once, below; what did not fit is seen on them.
    values = [f"{each.judged.value} AS v{index}" for index, (_, each) in enumerate(columns)]
    parts = [ROW]
    if staged.has_totals:
        parts.append(TOTAL)
    for index, (key, each) in enumerate(columns):
        parts.append(f"v{index} AS {sql_name(key)}")
        if each.may_misfit:
            parts.append(f"{_misfit_sql(each.judged, f'v{index}')} AS {sql_name(text_key(key))}")
    every = [each for _, each in columns]
    searched = [f"v{index}" for index, each in enumerate(every) if each.judged.type in SEARCHED]
    searched += [_misfit_sql(each.judged, f"v{i}") for i, each in enumerate(every) if each.may_misfit]
    if searched:
        # Column by column: most hold few different values, or nothing to fold.
        joined = ", ".join(f"coalesce({folded_sql(each)}, '')" for each in searched)
        parts.append(f"concat_ws({SEPARATOR}, {joined}) AS {SEARCH}")
    if raw.has_geometry:
        parts.append(f"c{raw.header.index(GEOMETRY)} AS {GEOMETRY}")
    connection.execute(
        f"""COPY (SELECT {", ".join(parts)} FROM (SELECT *, {", ".join(values)} FROM {source}))
            TO {sql_text(str(target))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_IN_GROUP})"""
    )


def _misfit_sql(judged: Judged, value: str) -> str:
    marks = ", ".join(sql_text(mark) for mark in judged.missing_marks)
    is_nothing = f" AND {judged.cell} NOT IN ({marks})" if marks else ""
    said = f"ltrim({judged.cell}, chr(1) || chr(2) || chr(3))"
    return f"CASE WHEN {judged.cell} IS NOT NULL{is_nothing} AND {value} IS NULL THEN {said} END"


def _column(
    connection: duckdb.DuckDBPyConnection, index: int, key: str, each: Judgement, target: Path, staged: Staged
) -> Column:
    judged = each.judged
    companion = text_key(key) if each.may_misfit else None
    source = f"read_parquet({sql_text(str(target))})"
    without_totals = f"(SELECT * FROM {source} WHERE NOT {TOTAL})" if staged.has_totals else source
    profile = profile_of(connection, source, without_totals, key, companion, judged.type, each.pattern)
    warnings = [*judged.warnings, *each.warnings]
    if profile.misfits:
        warnings.append(Note("misfits", profile.misfit_samples, profile.misfits))
    return Column(
        index, judged.name, key, judged.type, judged.storage, profile, judged.unit,
        companion if profile.misfits else None, each.is_derived, _told(judged.decisions), _told(warnings),
        None if profile.misfits else each.spelling,
    )  # fmt: skip


def _told(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Notes whose evidence is as people see it: cells of spreadsheets carry a mark of what they are."""
    return tuple(replace(note, evidence=tuple(map(plain, note.evidence))) for note in notes)


def _total_rows(connection: duckdb.DuckDBPyConnection, staged: Staged, target: Path) -> tuple[int, ...]:
    if not staged.has_totals:
        return ()
    rows = connection.execute(
        f"SELECT {ROW} FROM read_parquet({sql_text(str(target))}) WHERE {TOTAL} ORDER BY 1 LIMIT {_MAX_TOTALS_LISTED}"
    ).fetchall()
    return tuple(int(row[0]) for row in rows)
