"""HTML tables: what offices save as `.xls` from a browser, and pages that hold data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree, html

from portal.tables.encodings import Encoding, lines_of
from portal.tables.grid import Merge, NumberedRow, Row, Sheet, text_cell
from portal.tables.refusals import NoTable
from portal.tables.values import ReadLimits

_PIECE = 1024**2
_MAX_SPAN = 1_000
_MAX_CELLS = 5_000_000
_BLANKS = re.compile(r"\s+")


def read_page(path: Path, encoding: Encoding, limits: ReadLimits) -> Iterator[Sheet]:
    """Each table that holds no other, as a sheet; cells that span say the same everywhere."""
    if path.stat().st_size > limits.held_bytes:
        raise NoTable("too-large", limit=limits.held_bytes // 1024**2)
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)
    # Characters, so that a wrong `charset` in the page cannot undo what its bytes told.
    for line in lines_of(path, encoding, _PIECE):
        parser.feed(line)
    try:
        document = parser.close()
    except etree.LxmlError:
        raise NoTable("damaged") from None
    for table in document.iter("table"):
        if table.find(".//table") is None:
            yield _sheet(table, limits)


def _title(table: html.HtmlElement) -> str | None:
    caption = table.find("caption")
    return _text(caption) or None if caption is not None else None


def _sheet(table: html.HtmlElement, limits: ReadLimits) -> Sheet:
    # Cells that reach down from rows above: column -> (text, rows still to come).
    reaching: dict[int, tuple[str, int]] = {}
    rows: list[NumberedRow] = []
    merges: list[Merge] = []
    cells = 0
    for number, line in enumerate(table.iter("tr"), start=1):
        rows.append((number, _row(line, number - 1, reaching, merges, limits)))
        cells += len(rows[-1][1])
        if cells > _MAX_CELLS:
            raise NoTable("memory")
    return Sheet(_title(table), iter(rows), merges)


def _row(
    line: html.HtmlElement,
    top: int,
    reaching: dict[int, tuple[str, int]],
    merges: list[Merge],
    limits: ReadLimits,
) -> Row:
    row: Row = []
    for cell in line.iterchildren("td", "th"):
        _take_reaching(row, reaching)
        text, down, across = _text(cell), _span(cell, "rowspan"), _span(cell, "colspan")
        if down > 1 or across > 1:
            merges.append((top, len(row), top + down - 1, len(row) + across - 1))
        for _ in range(across):
            if down > 1:
                reaching[len(row)] = (text, down - 1)
            row.append(text)
        if len(row) > limits.columns:
            raise NoTable("too-many-columns", limit=limits.columns)
    _take_reaching(row, reaching)
    return row


def _take_reaching(row: Row, reaching: dict[int, tuple[str, int]]) -> None:
    while (found := reaching.pop(len(row), None)) is not None:
        text, down = found
        if down > 1:
            reaching[len(row)] = (text, down - 1)
        row.append(text)


def _span(cell: html.HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isascii() and value.isdigit() else 1


def _text(element: html.HtmlElement) -> str:
    return text_cell(_BLANKS.sub(" ", "".join(element.itertext())).strip())
