"""Workbooks of Excel and OpenDocument: every sheet, merged cells filled, cells that know what they are."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
)

from portal.tables.encodings import ENCODINGS, repair_for
from portal.tables.grid import MARKS, Merge, Row, Sheet, cell_of, text_cell
from portal.tables.legacy import Repair
from portal.tables.readers.archives import guard_archive, refuse_document_types
from portal.tables.refusals import NoTable
from portal.tables.values import ReadLimits

_SAMPLE_ROWS = 300
_MAX_MERGED_CELLS = 200_000


def read_workbook(path: Path, limits: ReadLimits) -> Iterator[tuple[Sheet, str | None, dict[int, int]]]:
    """Each sheet, the old font its text was typed in, if any, and letters raised by column (see `delimited`)."""
    _guard(path, limits)
    try:
        # From a stream, the format is told by the bytes; from a path, by a name that may lie.
        with path.open("rb") as file:
            workbook = CalamineWorkbook.from_filelike(file)
            for meta in workbook.sheets_metadata:
                if meta.typ == SheetTypeEnum.WorkSheet:
                    yield _sheet(meta.name, workbook.get_sheet_by_name(meta.name))
    except PasswordError:
        raise NoTable("encrypted") from None
    except (CalamineError, zipfile.BadZipFile):
        raise NoTable("damaged") from None
    except BaseException as error:
        # The library is written in Rust and panics where a workbook was cut short; its class has no public name.
        if type(error).__name__ != "PanicException":
            raise
        raise NoTable("damaged") from None


def _guard(path: Path, limits: ReadLimits) -> None:
    if path.stat().st_size > limits.held_bytes:
        raise NoTable("too-large", limit=limits.held_bytes // 1024**2)
    if zipfile.is_zipfile(path):
        guard_archive(path, limits)
        refuse_document_types(path)
        return
    with path.open("rb") as file:
        # An encrypted workbook is a compound file that holds a package instead of a book.
        head = file.read(64 * 1024)
    if "EncryptedPackage".encode("utf-16-le") in head:
        raise NoTable("encrypted")


def _sheet(name: str, sheet: CalamineSheet) -> tuple[Sheet, str | None, dict[int, int]]:
    merges = [(a, b, c, d) for (a, b), (c, d) in (sheet.merged_cell_ranges or [])]
    raised: dict[int, int] = {}
    font = repair_for(_sample(sheet))
    rows = _merged(_cells(sheet), merges)
    if font is not None and (repair := ENCODINGS[font].repair) is not None:
        rows = _repaired(rows, repair, raised)
    return Sheet(name, rows, merges, has_blocks=True), font, raised


def _cells(sheet: CalamineSheet) -> Iterator[tuple[int, Row]]:
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for number, values in enumerate(sheet.iter_rows(), start=1):
        yield number, left + [cell_of(value) for value in values]


def _sample(sheet: CalamineSheet) -> str:
    texts: list[str] = []
    for number, values in enumerate(sheet.iter_rows()):
        if number >= _SAMPLE_ROWS:
            break
        texts.extend(value for value in values if isinstance(value, str) and not value.isascii())
    return "\n".join(texts)


def _merged(rows: Iterator[tuple[int, Row]], merges: Sequence[Merge]) -> Iterator[tuple[int, Row]]:
    """Each cell of a merged range says what its first cell says."""
    owners = dict(_owners(merges))
    values: dict[tuple[int, int], str] = {}
    firsts = set(owners.values())
    for number, row in rows:
        line = number - 1
        for column in range(len(row)):
            place = (line, column)
            if place in firsts:
                values[place] = row[column]
            elif place in owners and not row[column]:
                row[column] = values.get(owners[place], "")
        yield number, row


def _owners(merges: Sequence[Merge]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    total = 0
    for top, left, bottom, right in merges:
        total += (bottom - top + 1) * (right - left + 1)
        # Someone merged whole columns: there is nothing to repeat, and it must not cost memory.
        if total > _MAX_MERGED_CELLS:
            return
        for line in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (line, column) != (top, left):
                    yield (line, column), (top, left)


def _repaired(
    rows: Iterator[tuple[int, Row]], repair: Repair, raised: dict[int, int]
) -> Iterator[tuple[int, Row]]:
    for number, row in rows:
        for column, cell in enumerate(row):
            if cell and cell[0] not in MARKS:
                fixed = repair(cell)
                row[column] = text_cell(fixed.text)
                if fixed.raised:
                    raised[column] = raised.get(column, 0) + fixed.raised
        yield number, row
