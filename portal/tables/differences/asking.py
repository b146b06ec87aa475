"""Two versions compared through the row process; what was found of a pair of files stays true and is remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from portal.tables.differences.columns import Side
from portal.tables.differences.values import (
    KINDS,
    MAX_CELLS,
    MAX_ROWS,
    Cell,
    CellChange,
    ColumnChange,
    Counts,
    Differences,
    DifferencesInvalid,
    Question,
    RowChange,
    TablesTooLargeToCompare,
    Version,
)
from portal.tables.rows import RowProcess
from portal.tables.schema import schema_to
from portal.tables.values import GEOMETRY
from portal.text import LocalizedText

_LARGE_CELLS = 2_000_000
_REMEMBERED = 100


class Comparisons:
    """Asks for differences. Safe for threads."""

    def __init__(self, process: RowProcess) -> None:
        self._process = process
        self._overviews: OrderedDict[tuple[str, ...], dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def differences(self, before: Version, after: Version, question: Question) -> Differences:
        """What became of `before` on the way to `after`. Raises DifferencesInvalid for a key that tells no rows apart,
        TablesTooLargeToCompare, RowsBusy and RowsTooSlow."""
        for version in (before, after):
            _guard_size(version)
        name = (str(before.parquet), str(after.parquet), *question.key)
        with self._lock:
            known = self._overviews.get(name)
        request = {
            "kind": "differences",
            "versions": [{"schema": schema_to(v.schema), "path": str(v.parquet)} for v in (before, after)],
            "key": list(question.key),
            "overview": known,
            "only": KINDS.index(question.kind) if question.kind else None,
            "after": (KINDS.index(question.after[0]), question.after[1]) if question.after else None,
            "limit": question.limit,
        }
        is_large = _cells(before) + _cells(after) > _LARGE_CELLS
        answer = self._process.compare(request, is_large=is_large)
        if answer.get("error") == "key":
            raise DifferencesInvalid(fields={"key": _UNUSABLE})
        self._remember(name, answer["overview"])
        return _answer(before, after, question, answer)

    def _remember(self, name: tuple[str, ...], overview: dict[str, Any]) -> None:
        with self._lock:
            self._overviews[name] = overview
            self._overviews.move_to_end(name)
            if len(self._overviews) > _REMEMBERED:
                self._overviews.popitem(last=False)


_UNUSABLE = LocalizedText(
    "Các cột này không phân biệt được từng dòng ở cả hai phiên bản (giá trị trùng hoặc thiếu, hay không có cột này).",
    "These columns do not tell rows apart in both versions: values repeat or are missing, or there is no such column.",
)


def _cells(version: Version) -> int:
    return version.schema.rows * len(version.schema.fields)


def _guard_size(version: Version) -> None:
    if version.schema.rows > MAX_ROWS or _cells(version) > MAX_CELLS:
        raise TablesTooLargeToCompare


def _answer(before: Version, after: Version, question: Question, answer: Mapping[str, Any]) -> Differences:
    overview = answer["overview"]
    plan = overview["plan"]
    numberings = set(plan["numberings"])
    compared = [at for at in range(len(plan["pairs"])) if at not in numberings]
    changed = dict(zip(compared, overview["changed_cells"], strict=True))
    fields = [{field.key: field for field in Side(v.schema, "").fields} for v in (before, after)]
    pairs = [
        ColumnChange(fields[0][one], fields[1][two], changed.get(at, 0), at in numberings)
        for at, (one, two, _) in enumerate(plan["pairs"])
    ]
    key = tuple(pairs[at] for at in plan["key"] or ())
    columns = (*pairs, *_unpaired(fields, plan["pairs"]))
    listed = [_row(fields, [pairs[at] for at in compared], key, row) for row in answer["rows"]]
    page = tuple(listed[: question.limit])
    last = page[-1] if len(listed) > question.limit else None
    return Differences(
        key,
        plan["why"],
        tuple(columns),
        Counts(*overview["rows"]),
        Counts(*overview["totals"]),
        sum(overview["changed_cells"]),
        page,
        (last.kind, last.after_row or last.before_row or 0) if last else None,
    )


def _unpaired(fields: Sequence[Mapping[str, Any]], pairs: Sequence[Sequence[Any]]) -> list[ColumnChange]:
    """Columns added, then columns removed."""
    shared = [{pair[index] for pair in pairs} for index in (0, 1)]
    added = [ColumnChange(None, field) for key, field in fields[1].items() if key not in shared[1]]
    return added + [ColumnChange(field, None) for key, field in fields[0].items() if key not in shared[0]]


def _row(
    fields: Sequence[Mapping[str, Any]],
    compared: Sequence[ColumnChange],
    key: Sequence[ColumnChange],
    row: Sequence[Any],
) -> RowChange:
    kind, is_total, before_row, after_row, before_cells, after_cells, differing = row
    sides = [
        dict(zip(fields[index], (Cell(*cell) for cell in cells), strict=True)) if cells else {}
        for index, cells in enumerate((before_cells, after_cells))
    ]

    def cell(column: ColumnChange, index: int) -> Cell:
        field = column.after if index else column.before
        assert field is not None
        return sides[index][field.key]

    newest = 1 if sides[1] else 0
    return RowChange(
        KINDS[kind],
        before_row,
        after_row,
        is_total,
        tuple(cell(column, newest) for column in key),
        tuple(
            CellChange(compared[at], cell(compared[at], 0), cell(compared[at], 1)) for at in differing or ()
        ),
        sides[newest],
    )


def is_shape(column: ColumnChange) -> bool:
    """Whether a column holds the shapes of the rows, which have no name of their own."""
    return column.field.key == GEOMETRY
