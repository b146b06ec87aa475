"""Tables that stand side by side in a sheet, told apart by the empty columns between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from portal.tables.grid import NumberedRow, Row, Sheet, plain
from portal.text import fold

# Sheets up to this size are looked at as a whole, so that tables side by side can be told apart.
_HELD_ROWS = 50_000


def parts_of(sheet: Sheet) -> Iterator[Sheet]:
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
