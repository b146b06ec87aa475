"""Values of cells as people read them, in the language of the page."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace

from portal.tables.query import Value
from portal.tables.schema import Field
from portal.tables.values import ColumnType
from portal.text import Language
from portal.web import filters
from portal.web.charts.numbers import written
from portal.web.charts.periods import label, read_period
from portal.web.charts.words import words

_LONGEST = 300
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,500}")
_PLAIN_NUMBERS = (ColumnType.LATITUDE, ColumnType.LONGITUDE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `address`: where a text that is an address leads. `is_odd`: kept as text in a column of another
    type."""

    text: str
    is_number: bool = False
    is_missing: bool = False
    is_odd: bool = False
    address: str = ""


_MISSING = Cell("–", is_missing=True)


def cell(field: Field, value: Value, odd: str | None, language: Language) -> Cell:
    """A cell of a column."""
    if odd is not None:
        return Cell(_cut(odd), is_odd=True)
    if value is None:
        return replace(_MISSING, is_number=field.is_number)
    text = shown(field.type, value, language)
    is_address = field.is_text and isinstance(value, str) and _ADDRESS.fullmatch(value.strip())
    return Cell(_cut(text), is_number=field.is_number, address=str(value).strip() if is_address else "")


def figure(value: Value, language: Language) -> Cell:
    """A cell of a measure of groups."""
    if value is None:
        return replace(_MISSING, is_number=True)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(written(value, language, 15), is_number=True)
    return Cell(_cut(str(value)))


def shown(type_: ColumnType, value: Value, language: Language) -> str:
    """A value as text, by the type of its column."""
    if isinstance(value, bool):
        return words("true" if value else "false", language)
    if type_ in _PLAIN_NUMBERS and isinstance(value, int | float):
        return written(value, language, 10)
    if type_ is ColumnType.YEAR:
        return str(value)
    if type_ in (ColumnType.MONTH, ColumnType.QUARTER):
        period = read_period(type_, value)
        return label(period, language) if period else str(value)
    if type_ is ColumnType.DATE:
        return _day(str(value))
    if type_ is ColumnType.TIMESTAMP:
        return _moment(str(value))
    if isinstance(value, int | float):
        return written(value, language, 15)
    return str(value)


def _day(text: str) -> str:
    try:
        return filters.day(datetime.date.fromisoformat(text[:10]))
    except ValueError:
        return text


def _moment(text: str) -> str:
    clock = text[11:16]
    return f"{_day(text)} {clock}".strip() if clock not in ("", "00:00") else _day(text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
