"""All columns of a table judged together: what one proves about marks helps to read another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import duckdb

from portal.tables.grid import RawTable
from portal.tables.hints import latitude_name, longitude_name
from portal.tables.judge import FITTING_SHARE, Cells, Judged, judge
from portal.tables.marks import K, Neighbours, evidence_of, neighbours_of
from portal.tables.periods import read_periods
from portal.tables.shapes import LONG, Shape, shapes_of
from portal.tables.spelling import spelling_of
from portal.tables.staging import Staged
from portal.tables.values import ColumnOverride, ColumnType, Note

_HIDDEN = frozenset({"_geometry"})
_TEXTS = frozenset({ColumnType.TEXT, ColumnType.IDENTIFIER, ColumnType.UNIT_CODE})
_PERIODS = frozenset(
    {ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.MONTH, ColumnType.QUARTER, ColumnType.YEAR}
)


@dataclass(slots=True)
class Judgement:
    """A judged column, and what the table around it adds."""

    judged: Judged
    may_misfit: bool
    pattern: str | None
    is_derived: bool = False
    spelling: str | None = None
    warnings: list[Note] = field(default_factory=list)


def judge_columns(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    staged: Staged,
    overrides: tuple[ColumnOverride, ...],
    unit_codes: frozenset[str],
) -> list[Judgement]:
    """Every column in the file's order."""
    every = [
        _cells(connection, name, f"c{index}", staged, unit_codes)
        for index, name in enumerate(raw.header)
        if name not in _HIDDEN
    ]
    chosen = {override.name: override for override in overrides}
    around = _around(every)
    judgements = []
    for index, cells in enumerate(every):
        judged = judge(cells, around, chosen.get(cells.name), raw.unit)
        if judged.type in _PERIODS:
            _check_day_first(connection, staged, cells, judged)
            if not _is_chosen(judged) and not _reads_enough(connection, staged, cells, judged):
                judged = judge(replace(cells, may_be_periods=False), around, None, raw.unit)
        may_misfit = judged.type not in _TEXTS and judged.type is not ColumnType.POINT
        judgement = Judgement(judged, may_misfit and _may_misfit(cells, judged), _pattern(cells))
        judgement.spelling = spelling_of(judged, cells)
        _warn(judgement, cells, raw, index)
        judgements.append(judgement)
    return judgements


def _cells(
    connection: duckdb.DuckDBPyConnection, name: str, cell: str, staged: Staged, unit_codes: frozenset[str]
) -> Cells:
    shapes = tuple(shapes_of(connection, staged.source, cell))
    row = connection.execute(f"SELECT count({cell}) FROM {staged.source}").fetchone()
    filled = int(row[0]) if row else 0
    evidence = evidence_of(shapes)
    known = 0
    if unit_codes and evidence.has(K.INTEGER, K.CODE, K.NATIVE_INTEGER) * 2 > filled:
        found = connection.execute(
            f"SELECT count(*) FROM {staged.source} WHERE list_contains($codes, ltrim({cell}, chr(1)))",
            {"codes": sorted(unit_codes)},
        ).fetchone()
        known = int(found[0]) if found else 0
    return Cells(name, cell, shapes, filled, evidence, known)


def _around(every: list[Cells]) -> Neighbours:
    """What columns prove about marks; coordinates are written by machines and prove nothing about people."""
    telling = [
        cells.evidence
        for cells in every
        if cells.evidence.total * 2 > cells.telling
        and not latitude_name(cells.name)
        and not longitude_name(cells.name)
        and read_periods(cells.name, cells.shapes) is None
    ]
    return neighbours_of(telling)


def _may_misfit(cells: Cells, judged: Judged) -> bool:
    """Numbers fit where every shape is a number's; the rest is known only after reading the cells."""
    if judged.type in (ColumnType.INTEGER, ColumnType.DECIMAL) and not _is_chosen(judged):
        return cells.evidence.total < cells.said or cells.evidence.has(K.SCIENTIFIC) > 0
    return True


def _is_chosen(judged: Judged) -> bool:
    return bool(judged.decisions) and judged.decisions[0].code == "type-chosen"


def _reads_enough(
    connection: duckdb.DuckDBPyConnection, staged: Staged, cells: Cells, judged: Judged
) -> bool:
    """Whether what has the shape of a period mostly is one."""
    row = connection.execute(f"SELECT count({judged.value}) FROM {staged.source}").fetchone()
    return row is not None and row[0] >= FITTING_SHARE * cells.telling


def _check_day_first(
    connection: duckdb.DuckDBPyConnection, staged: Staged, cells: Cells, judged: Judged
) -> None:
    """Day before month, unless that leaves days out which month before day can read."""
    swapped = judged.month_first
    if swapped is None:
        return
    row = connection.execute(
        f"""SELECT count(*) FILTER (({judged.value}) IS NULL), count(*) FILTER (({swapped}) IS NULL)
            FROM {staged.source} WHERE {cells.cell} IS NOT NULL"""
    ).fetchone()
    if row is not None and row[1] < row[0]:
        judged.value = swapped
        example = next(note.evidence for note in judged.decisions if note.code == "day-first")
        judged.decisions = [note for note in judged.decisions if note.code != "day-first"]
        judged.decisions.append(Note("month-first", example, int(row[0])))


def _pattern(cells: Cells) -> str | None:
    first: Shape | None = cells.shapes[0] if cells.shapes else None
    if first is None or first.text == LONG or first.count * 2 < cells.filled or len(cells.shapes) > 50:
        return None
    return first.text.lstrip("\x01\x02\x03")


def _warn(judgement: Judgement, cells: Cells, raw: RawTable, index: int) -> None:
    judged = judgement.judged
    if judged.missing_marks:
        count = sum(s.count for s in cells.shapes if s.text in judged.missing_marks)
        judged.decisions.append(Note("missing-marks", judged.missing_marks[:5], count))
    if raw.raised.get(index):
        judgement.warnings.append(Note("capitals-raised", (), raw.raised[index]))
