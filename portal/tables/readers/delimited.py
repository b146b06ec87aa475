"""CSV and TSV of any dialect and encoding, line by line, with flat memory."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from portal.tables.encodings import EncodingChoice, lines_of
from portal.tables.grid import Body, Row, Sheet, text_cell
from portal.tables.legacy import Repair
from portal.tables.refusals import NoTable
from portal.tables.values import ReadLimits

_DELIMITERS = ";,\t|"
_SAMPLE_LINES = 200
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


def read_delimited(
    path: Path, choice: EncodingChoice, limits: ReadLimits, delimiter: str | None = None
) -> tuple[Sheet, dict[int, int]]:
    """The file as a sheet, and a count, filled while the rows are read, of letters raised by column."""
    raised: dict[int, int] = {}
    lines = list(_first_lines(path, choice))
    stated = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    chosen = delimiter or (stated[1] if stated else delimiter_of(lines))
    quote = _quote_of(lines, chosen)
    rows = _rows(path, choice, chosen, quote, limits)
    if stated:
        next(rows, None)
    if choice.encoding.repair is not None:
        rows = _repaired(rows, choice.encoding.repair, raised)
        return Sheet(None, rows), raised
    return Sheet(None, rows, body=Body(path, choice.encoding.codec, chosen, quote)), raised


def delimiter_of(lines: list[str]) -> str:
    """The delimiter that cuts most lines into the same number of at least two cells."""
    scores = {mark: _score(lines, mark) for mark in _DELIMITERS}
    best = max(scores, key=lambda mark: scores[mark])
    return best if scores[best][0] > 0 else ","


def _score(lines: list[str], mark: str) -> tuple[float, int]:
    """How many lines agree, weighed by nothing else; ties go to the delimiter that makes more cells."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=mark) if row)
    except csv.Error:
        return 0.0, 0
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0.0, 0
    width = max(wide, key=lambda each: (wide[each], each))
    return wide[width] / sum(widths.values()), width


def _quote_of(lines: list[str], delimiter: str) -> str:
    """A single quotation mark where it opens and closes many cells, else the double one."""
    cells = [cell.strip() for line in lines[:50] for cell in line.split(delimiter) if cell.strip()]
    opened, closed = sum(cell[0] == "'" for cell in cells), sum(cell[-1] == "'" for cell in cells)
    return "'" if opened == closed and opened * 3 > len(cells) else '"'


def _first_lines(path: Path, choice: EncodingChoice) -> Iterator[str]:
    for count, line in enumerate(lines_of(path, choice.encoding, 64 * 1024)):
        if count >= _SAMPLE_LINES or not line.endswith(("\n", "\r")):
            if count == 0 or (count < _SAMPLE_LINES and len(line) < 64 * 1024):
                yield line
            return
        yield line


def _rows(
    path: Path, choice: EncodingChoice, delimiter: str, quote: str, limits: ReadLimits
) -> Iterator[tuple[int, Row]]:
    """Cells of each record with the number of its first line. A quotation mark that is never closed is named."""
    csv.field_size_limit(limits.cell_bytes)
    pieces: list[str] = []

    def lines() -> Iterator[str]:
        for line in lines_of(path, choice.encoding, 8 * limits.cell_bytes):
            if len(line) >= 8 * limits.cell_bytes:
                raise csv.Error("line too long")
            clean = text_cell(line)
            pieces.append(clean)
            yield clean

    reader = csv.reader(lines(), delimiter=delimiter, quotechar=quote)
    start, is_open = 1, False
    try:
        for row in reader:
            yield start, row
            # Only a record of several lines can have swallowed the rest of the file.
            is_open = len(pieces) > 1 and "".join(pieces).count(quote) % 2 == 1
            if not is_open:
                start = reader.line_num + 1
            pieces.clear()
    except csv.Error:
        if "".join(pieces).count(quote) % 2:
            raise NoTable("broken-quote", row=start) from None
        raise NoTable("cell-too-long", row=start, limit=limits.cell_bytes // 1024) from None
    if is_open:
        raise NoTable("broken-quote", row=start)


def _repaired(
    rows: Iterator[tuple[int, Row]], repair: Repair, raised: dict[int, int]
) -> Iterator[tuple[int, Row]]:
    for number, row in rows:
        cells = []
        for column, cell in enumerate(row):
            fixed = repair(cell)
            if fixed.raised:
                raised[column] = raised.get(column, 0) + fixed.raised
            cells.append(text_cell(fixed.text))
        yield number, cells
