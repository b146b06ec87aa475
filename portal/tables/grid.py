"""Cells on their way in: text as it is written, and native numbers, dates and truths marked as such."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# A cell is text. What a spreadsheet or a JSON document knows to be a number, a date or a truth is written after
# one of these marks, which are taken out of every text, so that "1.500" typed by hand and the number 1.5 differ.
NUMBER, MOMENT, TRUTH = "\x01", "\x02", "\x03"
MARKS = NUMBER + MOMENT + TRUTH
# Control, bidi-override and invisible characters, surrogates, and eth for đ: `portal.text.clean` says why.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0ðÐ\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)

# Bytes of UTF-8 that are no unwanted character and begin none, but for eth.
_HARMLESS = bytes({*b"\t\n\r", *range(0x20, 0x7F), *range(0x80, 0xF5)} - {0xC2, 0xE2, 0xED, 0xEF})

Row = list[str]
NumberedRow = tuple[int, Row]
"""A line of the sheet, counted from 1, and its cells."""
Merge = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Body:
    """Where the rows of a text lie, for an engine that splits them by itself. `first_line` counts from 1 in the
    file's own lines; `width` is how many cells a line has, `columns` which of them the header names."""

    path: Path
    codec: str
    delimiter: str
    quote: str
    first_line: int = 1
    width: int = 0
    columns: tuple[int, ...] = ()


@dataclass(slots=True)
class Sheet:
    """Rows of cells with their line numbers, not yet told apart into titles, header and data.
    `merges`: first row, first column, last row, last column, from 0."""

    name: str | None
    rows: Iterator[tuple[int, Row]]
    merges: Sequence[Merge] = ()
    # Blank lines end a table in a spreadsheet; in a text file they mean nothing.
    has_blocks: bool = False
    body: Body | None = None


@dataclass(slots=True)
class RawTable:
    """A table whose header is known. Rows are as wide as the header, then one more cell: `t` for a total row."""

    name: str | None
    header: list[str]
    rows: Iterator[Row]
    captions: list[str] = field(default_factory=list)
    unit: str | None = None
    notes: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    raised: dict[int, int] = field(default_factory=dict)
    has_geometry: bool = False
    body: Body | None = None
    # Set once the body was read as it lies; `rows` are then not asked for.
    is_taken: bool = False

    def remark(self, code: str, evidence: str | None = None, count: int = 1) -> None:
        """Counts something seen; the first few pieces of evidence are kept."""
        number, kept = self.notes.get(code, (0, []))
        if evidence and len(kept) < 5:
            kept = [*kept, evidence[:200]]
        self.notes[code] = (number + count, kept)


def text_cell(text: str) -> str:
    """A text in composed letters without characters that nobody sees, our marks among them. Blanks are later work."""
    if text.isascii() and text.isprintable():
        return text
    if _UNWANTED.search(text):
        text = _UNWANTED.sub(_replaced, text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def text_block(text: str) -> bytes:
    """Whole lines as `text_cell` would have them, in UTF-8. Most lines hold nothing unwanted, and that is seen on
    their bytes ten times faster than on their letters."""
    data = text.encode()
    if data.translate(None, _HARMLESS) or "ð" in text or "Ð" in text:
        return text_cell(text).encode()
    if len(data) == len(text) or unicodedata.is_normalized("NFC", text):
        return data
    return unicodedata.normalize("NFC", text).encode()


def _replaced(found: re.Match[str]) -> str:
    return {"\xa0": " ", "ð": "đ", "Ð": "Đ", "\x85": "\n"}.get(found[0], "")


def cell_of(value: object) -> str:
    """A native value as a cell."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return text_cell(value)
    if isinstance(value, bool):
        return TRUTH + ("true" if value else "false")
    if isinstance(value, int):
        return NUMBER + str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return MOMENT + (value.date().isoformat() if is_day else value.isoformat(sep=" ", timespec="seconds"))
    if isinstance(value, datetime.date):
        return MOMENT + value.isoformat()
    return text_cell(str(value))


def plain(cell: str) -> str:
    """The cell without its mark."""
    return cell[1:] if cell[:1] in (NUMBER, MOMENT, TRUTH) else cell


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if value.is_integer() and abs(value) < 1e15:
        return NUMBER + str(int(value))
    return NUMBER + repr(value)
