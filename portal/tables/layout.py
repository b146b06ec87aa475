"""Where the tables of a sheet begin and end: captions above, notes below, blocks apart, one table each."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from portal.tables.grid import MARKS, RawTable, Row, Sheet, plain
from portal.tables.header import Header, find_header, is_caption, unit_in_caption
from portal.tables.refusals import NoTable
from portal.tables.values import ReadLimits
from portal.text import clean_line, fold

HEAD_ROWS = 100
_FOOT_ROWS = 12
# Sheets up to this size are looked at as a whole, so that tables side by side can be told apart.
_HELD_ROWS = 50_000
TOTALS = frozenset(
    (
        "tong",
        "tong cong",
        "cong",
        "tong so",
        "tong so:",
        "tong:",
        "tong cong:",
        "cong:",
        "total",
        "grand total",
    )
)
_FOOTNOTE = re.compile(
    r"^\s*(?:nguồn|ghi chú|chú thích|lưu ý|source|notes?|đơn vị tính|đvt)\s*[:.(]|^\s*(?:\(?\*+\)?|\(\d\))\s*\S",
    re.IGNORECASE,
)
NumberedRow = tuple[int, Row]


@dataclass(slots=True)
class _Reading:
    """The rows still to come, with a place to put rows back."""

    rows: Iterator[NumberedRow]
    waiting: deque[NumberedRow]

    def next(self) -> NumberedRow | None:
        """The next row, or None at the end."""
        return self.waiting.popleft() if self.waiting else next(self.rows, None)


def tables_of(sheet: Sheet, limits: ReadLimits, header_row: int | None = None) -> Iterator[RawTable]:
    """The tables of a sheet, each to be read to its end before the next is asked for."""
    for part in _parts(sheet):
        yield from _tables_in(part, limits, header_row)


def _tables_in(sheet: Sheet, limits: ReadLimits, header_row: int | None) -> Iterator[RawTable]:
    reading = _Reading(iter(sheet.rows), deque())
    captions: list[str] = []
    while head := _head(reading, blocks=sheet.has_blocks and header_row is None):
        while head and is_caption(head, header_row):
            captions.append(
                clean_line(" ".join(dict.fromkeys(plain(c) for c in head.pop(0)[1] if plain(c).strip())))
            )
        if not head:
            continue
        header = find_header(head, sheet.merges, header_row)
        if len(header.names) > limits.columns:
            raise NoTable("too-many-columns", limit=limits.columns)
        reading.waiting.extendleft(reversed(head[header.rows :]))
        table = RawTable(sheet.name, header.names, iter(()), captions[:], unit_in_caption(captions))
        for code in header.notes:
            table.remark(code)
        captions.clear()
        if sheet.body is not None and header.rows < len(head) and header.columns:
            line, row = head[header.rows]
            table.body = replace(sheet.body, first_line=line, width=len(row), columns=tuple(header.columns))
        table.rows = _body(reading, header, table, limits, blocks=sheet.has_blocks)
        yield table
        if table.is_taken:
            return
        # Whoever did not want the rows has still to move past them.
        deque(table.rows, maxlen=0)


def _head(reading: _Reading, *, blocks: bool) -> list[NumberedRow]:
    """The first rows of the next block, without blank ones."""
    head: list[NumberedRow] = []
    while len(head) < HEAD_ROWS and (row := reading.next()) is not None:
        if not _is_blank(row[1]):
            head.append(row)
        elif head and blocks:
            break
    return head


def _is_blank(row: Row) -> bool:
    return not any(row) or not any(cell.strip(MARKS + " \t\xa0\r\n") for cell in row)


def _body(
    reading: _Reading, header: Header, table: RawTable, limits: ReadLimits, *, blocks: bool
) -> Iterator[Row]:
    """Data rows as wide as the header; the last few are held back until it is known what they are."""
    kept: deque[Row] = deque()
    shaped = _shaped(_block(reading, header, blocks=blocks), header, table, limits)
    for row in shaped:
        kept.append(row)
        if len(kept) > _FOOT_ROWS:
            yield kept.popleft()
    foot: list[str] = []
    while kept and (note := footnote(kept[-1], len(header.names))) is not None:
        foot.append(note)
        kept.pop()
    table.captions.extend(reversed(foot))
    yield from kept


def _block(reading: _Reading, header: Header, *, blocks: bool) -> Iterator[NumberedRow]:
    """Rows up to the end of the block. A blank line inside a table does not end it when the next row goes on
    as the rows before: as many cells, numbers where numbers were."""
    previous: Row | None = None
    while (row := reading.next()) is not None:
        if not _is_blank(row[1]):
            previous = row[1]
            yield row
            continue
        if not blocks:
            continue
        following = _next_full(reading)
        if following is None:
            return
        reading.waiting.appendleft(following)
        if previous is not None and not _goes_on(previous, following[1], header):
            return


def _next_full(reading: _Reading) -> NumberedRow | None:
    while (row := reading.next()) is not None:
        if not _is_blank(row[1]):
            return row
    return None


def _goes_on(previous: Row, row: Row, header: Header) -> bool:
    before, now = _kinds(previous, header), _kinds(row, header)
    filled = [kind for kind in now if kind]
    if len(filled) < 2 or _outside(row, header):
        return len(header.names) == 1 and bool(filled)
    if "number" in before:
        return any(a == b == "number" for a, b in zip(before, now, strict=True))
    return "number" not in now and len(filled) == sum(map(bool, before))


def _kinds(row: Row, header: Header) -> list[str]:
    cells = [row[i] if i < len(row) else "" for i in header.columns]
    return [
        ("number" if any(c.isdigit() for c in plain(cell)[:1]) else "text") if cell else "" for cell in cells
    ]


def _outside(row: Row, header: Header) -> bool:
    own = set(header.columns)
    return any(cell and index not in own for index, cell in enumerate(row))


def _shaped(
    rows: Iterator[NumberedRow], header: Header, table: RawTable, limits: ReadLimits
) -> Iterator[Row]:
    """Rows cut to the header's columns; repeated headers dropped, totals marked, long and short rows counted."""
    columns, width = header.columns, header.width
    is_whole = columns == list(range(width))
    header_key = tuple(fold(name) for name in header.names)
    seen = long_rows = 0
    for number, row in rows:
        seen += 1
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            long_rows += 1
            table.remark("long-row", str(number))
            if long_rows > max(3, seen // 100):
                raise NoTable("broken-row", row=number)
            row = _joined(row, width)
        if len(row) < width:
            if not table.has_geometry and len(row) < len(columns):
                table.remark("short-row", str(number))
            row = row + [""] * (width - len(row))
        cells = row[:width] if is_whole else [row[index] for index in columns]
        if any(len(cell) > limits.cell_bytes for cell in cells):
            raise NoTable("cell-too-long", row=number, limit=limits.cell_bytes // 1024)
        if _repeats(cells, header_key):
            table.remark("repeated-header", str(number))
            continue
        yield [*cells, "t" if _is_total(cells) else ""]


def _joined(row: Row, width: int) -> Row:
    """What is beyond the last column joins its cell, so that nothing is lost."""
    rest = [cell for cell in row[width - 1 :] if cell.strip()]
    return [*row[: width - 1], " | ".join(plain(cell) for cell in rest)]


def _repeats(cells: Row, header_key: tuple[str, ...]) -> bool:
    if cells[0][:1].isdigit() or fold(clean_line(cells[0])) != header_key[0]:
        return False
    return len(cells) > 1 and tuple(fold(clean_line(plain(cell))) for cell in cells) == header_key


def _is_total(cells: Row) -> bool:
    for cell in cells[:3]:
        if cell and cell[0] in "TtCcGg":
            return fold(clean_line(cell)) in TOTALS
        if cell and not cell[0].isdigit() and cell[0] not in MARKS:
            return False
    return False


def footnote(row: Row, names: int) -> str | None:
    """The text of a row (its last cell is the mark of totals) below the data that is no data; `names`: how many
    columns the table has."""
    filled = [cell for cell in row[:-1] if cell.strip(MARKS + " \n\t")]
    if not filled:
        return ""
    if len(set(filled)) > 1 or names < 2:
        return None
    return clean_line(plain(filled[0])) if _FOOTNOTE.match(filled[0]) else None


def _parts(sheet: Sheet) -> Iterator[Sheet]:
    """The sheet, or its halves where two tables stand side by side."""
    if not sheet.has_blocks:
        yield sheet
        return
    held: list[NumberedRow] = []
    for row in sheet.rows:
        held.append(row)
        if len(held) > _HELD_ROWS:
            break
    else:
        for first, last in _sides(held):
            rows = iter([(number, _cut(row, first, last)) for number, row in held])
            merges = [(a, b - first, c, d - first) for a, b, c, d in sheet.merges if first <= b and d < last]
            yield replace(sheet, rows=rows, merges=merges)
        return
    rest = sheet.rows
    yield replace(sheet, rows=(row for source in (held, rest) for row in source))


def _cut(row: Row, first: int, last: int) -> Row:
    return row[first:last]


def _sides(rows: list[NumberedRow]) -> list[tuple[int, int]]:
    """Column ranges of tables side by side: parted by empty columns, each with at least two columns of its own,
    and either not equally long or with a header that says the same again."""
    width = max((len(row) for _, row in rows), default=0)
    used = [any(index < len(row) and row[index] for _, row in rows) for index in range(width)]
    ranges = _ranges(used)
    if len(ranges) < 2 or any(last - first < 2 for first, last in ranges):
        return [(0, width)]
    extents = {_extent(rows, first, last) for first, last in ranges}
    return ranges if len(extents) > 1 or _same_header(rows, ranges) else [(0, width)]


def _ranges(used: list[bool]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for index, is_used in enumerate(used):
        if is_used and (index == 0 or not used[index - 1]):
            ranges.append((index, index + 1))
        elif is_used:
            ranges[-1] = (ranges[-1][0], index + 1)
    return ranges


def _extent(rows: list[NumberedRow], first: int, last: int) -> tuple[int, int]:
    """First and last row with at least two cells in these columns: a caption above all of them tells nothing."""
    filled = [n for n, row in rows if sum(map(bool, row[first:last])) > 1]
    return (filled[0], filled[-1]) if filled else (0, 0)


def _same_header(rows: list[NumberedRow], ranges: list[tuple[int, int]]) -> bool:
    for _, row in rows:
        parts = [[fold(plain(cell)) for cell in row[first:last] if cell] for first, last in ranges]
        if all(len(part) > 1 for part in parts):
            return len(set(parts[0]) & set(parts[1])) > 0
    return False
