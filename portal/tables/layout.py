"""Where the tables of a sheet begin and end: captions above, notes below, blocks apart, one table each."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from portal.tables.grid import MARKS, NumberedRow, RawTable, Row, Sheet, plain
from portal.tables.header import Header, find_header, is_caption, is_loose, unit_in_caption
from portal.tables.refusals import NoTable
from portal.tables.sides import parts_of
from portal.tables.values import ReadLimits
from portal.text import clean_line, fold

HEAD_ROWS = 100
_FOOT_ROWS = 12
# Letterhead, title and the lines of a signature; a longer block of such lines is a table of texts.
_LOOSE_ROWS = 10
SECTION = "Phân nhóm"
TOTALS = frozenset(
    (
        "tong",
        "tong cong",
        "cong",
        "tong so",
        "total",
        "grand total",
    )
)
# What may follow the name of a total: a unit, a formula or a remark in parentheses, a colon.
AFTER_TOTAL = r"( ?[(][^()]*[)])? ?:?$"
_FOOTNOTE = re.compile(
    r"^\s*(?:nguồn|ghi chú|chú thích|lưu ý|source|notes?|đơn vị tính|đvt)\s*[:.(]|^\s*(?:\(?\*+\)?|\(\d\))\s*\S",
    re.IGNORECASE,
)


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
    for part in parts_of(sheet):
        yield from _tables_in(part, limits, header_row)


def _tables_in(sheet: Sheet, limits: ReadLimits, header_row: int | None) -> Iterator[RawTable]:
    reading = _Reading(iter(sheet.rows), deque())
    captions: list[str] = []
    while head := _head(reading, blocks=sheet.has_blocks and header_row is None):
        while head and is_caption(head, header_row):
            captions.append(_line(head.pop(0)[1]))
        if sheet.has_blocks and header_row is None and _is_preamble(head, reading):
            captions.extend(_line(row) for _, row in head)
            continue
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
        sections = _section_lines(sheet, header, below=head[max(header.rows - 1, 0)][0])
        if sections:
            table.header.append(_free(SECTION, header.names))
        if sheet.body is not None and header.rows < len(head) and header.columns:
            line, row = head[header.rows]
            table.body = replace(sheet.body, first_line=line, width=len(row), columns=tuple(header.columns))
        table.rows = _body(reading, header, table, limits, sections, blocks=sheet.has_blocks)
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
            # Whoever reads the rest of the block must see where it ends.
            reading.waiting.appendleft(row)
            break
    return head


def _line(row: Row) -> str:
    return clean_line(" ".join(dict.fromkeys(plain(cell) for cell in row if plain(cell).strip())))


def _is_preamble(head: list[NumberedRow], reading: _Reading) -> bool:
    """Whether a block of loose lines stands above a table that is wider."""
    if not 0 < len(head) <= _LOOSE_ROWS or not all(is_loose(row) for _, row in head):
        return False
    ahead = _ahead(reading)
    reading.waiting.extendleft(reversed(ahead))
    return any(sum(bool(cell.strip()) for cell in row) > 2 for _, row in ahead)


def _ahead(reading: _Reading) -> list[NumberedRow]:
    """The next rows, blank ones too, up to the first that is more than loose."""
    rows: list[NumberedRow] = []
    while len(rows) <= 2 * _LOOSE_ROWS and (row := reading.next()) is not None:
        rows.append(row)
        if not _is_blank(row[1]) and not is_loose(row[1]):
            break
    return rows


def _section_lines(sheet: Sheet, header: Header, *, below: int) -> frozenset[int]:
    """Numbers of the lines that are one merged cell over the whole table: headings of its parts."""
    if len(header.columns) < 3:
        return frozenset()
    first, last = header.columns[0], header.columns[-1]
    return frozenset(
        top + 1
        for top, left, bottom, right in sheet.merges
        if top == bottom and top >= below and left <= first and last <= right
    )


def _free(name: str, taken: list[str]) -> str:
    return next(each for each in (name, f"{name} (2)", f"{name} (3)") if each not in taken)


def _is_blank(row: Row) -> bool:
    return not any(row) or not any(cell.strip(MARKS + " \t\xa0\r\n") for cell in row)


def _body(
    reading: _Reading,
    header: Header,
    table: RawTable,
    limits: ReadLimits,
    sections: frozenset[int],
    *,
    blocks: bool,
) -> Iterator[Row]:
    """Data rows as wide as the header; the last few are held back until it is known what they are."""
    kept: deque[Row] = deque()
    block = _block(reading, header, table, blocks=blocks)
    shaped = _sectioned(_shaped(block, header, table, limits), sections, table)
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


def _sectioned(rows: Iterator[NumberedRow], sections: frozenset[int], table: RawTable) -> Iterator[Row]:
    """Headings inside the table become a column of the rows below them; one without rows joins the captions."""
    heading, used = "", True
    for number, row in rows:
        if number not in sections:
            used = True
            yield [*row[:-1], heading, row[-1]] if sections else row
        elif footnote(row, len(table.header)) is not None:
            yield [*row[:-1], "", row[-1]]
        else:
            heading, used = _line(row[:-1]), False
            table.remark("section-rows", heading)
            if "%" in heading:
                # What stands above the table is the unit of some parts only.
                table.unit = None
    if not used:
        table.captions.append(heading)


def _block(reading: _Reading, header: Header, table: RawTable, *, blocks: bool) -> Iterator[NumberedRow]:
    """Rows up to the end of the block. A blank line inside a table does not end it when the next row goes on
    as the rows before: as many cells, numbers where numbers were. Loose lines that end the sheet are captions."""
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
            table.captions.extend(_last_words(reading, header))
            return


def _last_words(reading: _Reading, header: Header) -> list[str]:
    """Notes below a table; below the last of a sheet also dates, offices and names of those who signed."""
    ahead = _ahead(reading)
    notes: list[str] = []
    while ahead and (note := footnote([*ahead[0][1], ""], len(header.names))) is not None:
        notes += [note] if note else []
        ahead.pop(0)
    filled = [row for _, row in ahead if not _is_blank(row)]
    if len(header.columns) > 2 and len(filled) <= _LOOSE_ROWS and all(map(is_loose, filled)):
        return [*notes, *(_line(row) for row in filled)]
    reading.waiting.extendleft(reversed(ahead))
    return notes


def _next_full(reading: _Reading) -> NumberedRow | None:
    while (row := reading.next()) is not None:
        if not _is_blank(row[1]):
            return row
    return None


def _goes_on(previous: Row, row: Row, header: Header) -> bool:
    before, now = _kinds(previous, header), _kinds(row, header)
    filled = [kind for kind in now if kind]
    if _outside(row, header):
        return False
    if len(filled) < 2:
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
) -> Iterator[NumberedRow]:
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
        yield number, [*cells, "t" if _is_total(cells) else ""]


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
            return re.sub(AFTER_TOTAL, "", fold(clean_line(cell))) in TOTALS
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
