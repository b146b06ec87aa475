"""Cells as CSV has them: numbers without ornament, and no text that a spreadsheet would run."""

from __future__ import annotations

import datetime
import io
import re
from typing import Any

# What a spreadsheet may take for a formula, wherever the cell came from; full-width forms are folded by some.
_FORMULA = re.compile("[\t\r\n =+\\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?%?")


def guarded(cell: str) -> str:
    """A text that a spreadsheet must not run: an apostrophe before what could be a formula and is no number.
    `-5` stays; `+84905123456` stays, as a number that shows without its plus; `=1+1` and `-2+3` are marked."""
    if cell and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value - value != 0:
        return None
    return value


def csv_text(value: Any) -> str:
    """A cell of a CSV file for programs."""
    found = plain(value)
    if found is None:
        return ""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, float):
        return str(int(found)) if found.is_integer() and abs(found) < 1e15 else repr(found)
    return guarded(found) if isinstance(found, str) else str(found)


def excel_text(value: Any) -> str:
    """As Excel in Vietnamese reads it: decimal comma, day before month."""
    if isinstance(value, float):
        return csv_text(value).replace(".", ",")
    if isinstance(value, datetime.datetime):
        return value.strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(value, datetime.date):
        return value.strftime("%d/%m/%Y")
    return csv_text(value)


def taken(buffer: io.StringIO) -> bytes:
    """What was written so far, as bytes; the buffer is empty again."""
    content = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return content
