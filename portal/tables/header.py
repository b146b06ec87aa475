"""The header of a table: which lines it has, how merged and stacked cells read as one name, and its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.tables.grid import MOMENT, NUMBER, TRUTH, Merge, Row, plain
from portal.text import clean_line, fold

_MAX_HEADER_ROWS = 4
_NUMBER = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s]*%?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_ORDINAL = re.compile(r"\(?\s*(\d{1,3}|[A-Z])\s*(?:=.*)?\)?")
_CAPTION_UNIT = re.compile(r"\(?\s*(?:đơn vị tính|đơn vị|đvt|unit)\s*:\s*([^;)]+)\)?", re.IGNORECASE)


@dataclass(slots=True)
class Header:
    """`columns` are positions in the sheet's rows, `width` one past the last; `rows` how many of the head's
    rows were the header and not data."""

    names: list[str]
    columns: list[int]
    width: int
    rows: int
    notes: list[str] = field(default_factory=list)


def is_caption(head: list[tuple[int, Row]], header_row: int | None) -> bool:
    """Whether the first row stands above the header: one text alone over rows that are wider."""
    number, row = head[0]
    if header_row is not None:
        return 0 < number < header_row
    filled = {cell for cell in row if cell.strip()}
    if not filled:
        return True
    if len(filled) > 1:
        return _is_letterhead([row for _, row in head])
    widths = [sum(bool(cell.strip()) for cell in later) for _, later in head[1:]]
    if not widths:
        return True
    # One text spread over all columns is a merged title; over a single column it may be that column's header.
    is_alone = sum(bool(cell.strip()) for cell in row) == 1 or len(set(row)) == 1
    return is_alone and max(widths) > 1 and next(iter(filled))[0] not in NUMBER + MOMENT + TRUTH


def is_loose(row: Row) -> bool:
    """Whether a row is one or two texts standing alone, as in letterheads, titles and signatures."""
    filled = {cell for cell in row if cell.strip()}
    return 0 < len(filled) <= 2 and not any(_looks_like_data(cell) for cell in filled)


def _is_letterhead(rows: list[Row]) -> bool:
    """Two texts far apart, as the papers of offices begin, over another such line and rows that are wider."""
    if not is_loose(rows[0]) or len(rows) < 3 or not is_loose(rows[1]):
        return False
    first = [index for index, cell in enumerate(rows[0]) if cell.strip()]
    wide = sum(sum(bool(cell.strip()) for cell in row) > 3 for row in rows[2:])
    return first[-1] - first[0] > 1 and wide * 2 > len(rows) - 2


def unit_in_caption(captions: list[str]) -> str | None:
    """The unit that a line above the table gives to all of it: `Đơn vị tính: triệu đồng`."""
    found = (_CAPTION_UNIT.search(caption) for caption in captions)
    return next((match[1].strip() for match in found if match), None)


def find_header(
    head: list[tuple[int, Row]], merges: Sequence[Merge] = (), header_row: int | None = None
) -> Header:
    """The header at the beginning of `head` (its captions already taken off)."""
    rows = [row for _, row in head]
    width = _width(rows)
    if header_row == 0 or (header_row is None and not _has_header(rows, width)):
        return _nameless(rows, width)
    count = _header_rows(head, merges, width)
    spread = [_spread(rows[i], width, i, count) for i in range(count)]
    names = [_name([row[column] for row in spread]) for column in range(width)]
    header = Header([], [], width, count)
    _keep_columns(header, names, rows[count:])
    if count > 1:
        header.notes.append("stacked-header")
    if count < len(rows) and _is_numbering(rows[count], header.columns, rows[count + 1 : count + 21]):
        header.rows += 1
        header.notes.append("numbering-row")
    return header


def _width(rows: list[Row]) -> int:
    """One past the last column that any row of the head fills; a header wider than its data counts."""
    last = [max((i for i, cell in enumerate(row) if cell.strip()), default=-1) + 1 for row in rows]
    # Rows that are too long are the exception: they do not widen a table whose header is shorter.
    first, most = last[0], max(last)
    longer = sum(each > first for each in last)
    return first if first > 1 and longer <= len(last) * 0.05 else most


def _cell(row: Row, column: int) -> str:
    return row[column] if column < len(row) else ""


def _looks_like_data(cell: str) -> bool:
    text = plain(cell).strip()
    if _YEAR.fullmatch(text):
        return False
    if cell[:1] in (NUMBER, TRUTH):
        return True
    return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text)) if cell[:1] != MOMENT else True


def _has_header(rows: list[Row], width: int) -> bool:
    """No header where half of the columns of numbers and dates have one in the first line already."""
    below = rows[1:21]
    if not below:
        return True
    telling = [c for c in range(width) if _is_data_column(below, c)]
    if not telling:
        # Words over words: the first line names the columns unless it says the same as the lines below.
        first = {fold(plain(cell).strip()) for cell in rows[0] if cell.strip()}
        return bool(first)
    already = sum(_looks_like_data(_cell(rows[0], c)) for c in telling)
    return already * 2 < len(telling)


def _is_data_column(rows: list[Row], column: int) -> bool:
    filled = [cell for row in rows if (cell := _cell(row, column)).strip()]
    return bool(filled) and sum(_looks_like_data(cell) for cell in filled) * 2 > len(filled)


def _header_rows(head: list[tuple[int, Row]], merges: Sequence[Merge], width: int) -> int:
    """How many lines the header has: as far as merged cells reach, or while a line fills the gaps of the one
    above with words."""
    rows = [row for _, row in head]
    count = 1
    while count < min(_MAX_HEADER_ROWS, len(rows) - 1):
        if not (
            _merged_on(head[count - 1][0] - 1, merges) or _fills_gaps(rows[count - 1], rows[count], width)
        ):
            break
        count += 1
    return count


def _merged_on(line: int, merges: Sequence[Merge]) -> bool:
    """Whether the header goes on below `line` (from 0): a cell of it reaches down, or spans columns."""
    return any(
        top <= line < bottom or (top == line == bottom and right > left)
        for top, left, bottom, right in merges
    )


def _fills_gaps(above: Row, below: Row, width: int) -> bool:
    gaps = [c for c in range(width) if not _cell(above, c).strip()]
    filled = [c for c in range(width) if _cell(below, c).strip()]
    if not gaps or len(gaps) == width or not all(_cell(below, c).strip() for c in gaps):
        return False
    # The names of the stacked part stand under their first name too, and some column is named above alone.
    return (
        len(filled) < width
        and not any(_looks_like_data(_cell(below, c)) for c in filled)
        and 0 not in {*gaps, *filled}
    )


def _spread(row: Row, width: int, index: int, count: int) -> Row:
    """A line of the header whose gaps say what stands to their left; the lowest line speaks for itself."""
    cells = [_cell(row, c) for c in range(width)]
    if index == count - 1:
        return cells
    for column in range(1, width):
        if not cells[column].strip():
            cells[column] = cells[column - 1]
    return cells


def _name(cells: list[str]) -> str:
    parts = [clean_line(plain(cell)) for cell in cells]
    return " - ".join(dict.fromkeys(part for part in parts if part))


def _keep_columns(header: Header, names: list[str], data: list[Row]) -> None:
    """Columns without a name and without a cell go; a name that is missing or used twice is made."""
    taken: dict[str, int] = {}
    for column, name in enumerate(names):
        if not name and not any(_cell(row, column).strip() for row in data):
            header.notes.append("empty-column")
            continue
        if not name:
            name = f"Cột {column + 1}"
            header.notes.append("nameless-column")
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1:
            name = f"{name} ({taken[name]})"
            header.notes.append("duplicate-name")
        header.names.append(name)
        header.columns.append(column)


def _nameless(rows: list[Row], width: int) -> Header:
    header = Header([f"Cột {c + 1}" for c in range(width)], list(range(width)), width, 0)
    header.notes.append("no-header")
    return header


def _is_numbering(row: Row, columns: list[int], below: list[Row]) -> bool:
    """The line of (1) (2) (3), or A B 1 2, that printed tables have below the header."""
    cells = [plain(_cell(row, c)).strip() for c in columns]
    found = [match for cell in cells if (match := _ORDINAL.fullmatch(cell))]
    if len(found) != len(cells) or len(cells) < 3:
        return False
    numbers = [int(match[1]) for match in found if match[1].isdigit()]
    letters = [match[1] for match in found if not match[1].isdigit()]
    is_sequence = numbers == list(range(1, len(numbers) + 1)) and letters == [
        chr(ord("A") + i) for i in range(len(letters))
    ]
    if not is_sequence or letters or cells[0].startswith("("):
        return is_sequence
    # Bare numbers may be the first row: they number the columns where one of these holds words or years.
    return len(cells) > 3 and not all(_is_data_column(below, column) for column in columns)
