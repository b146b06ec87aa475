"""Rows as XML, the way CKAN dumps them: `<row _id="1">`, an element for each cell, `xsi:nil` where there is none."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_OPENING = (
    '<?xml version="1.0" encoding="utf-8"?>\n<data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NUMBER_OF_ROW = "_row"


def xml_rows(columns: list[dict[str, Any]], rows: Iterable[list[Any]]) -> Iterator[str]:
    """The document in pieces. Elements are called by the keys of columns, which are names everywhere; the header
    stands beside as `name`."""
    yield _OPENING
    cells = [(each["key"], _header(each["name"])) for each in columns]
    for row in rows:
        pairs = list(zip(cells, row, strict=True))
        number = next((f' _id="{value}"' for (key, _), value in pairs if key == _NUMBER_OF_ROW), "")
        told = (_cell(key, header, value) for (key, header), value in pairs if key != _NUMBER_OF_ROW)
        yield f"\n<row{number}>{''.join(told)}</row>"
    yield "\n</data>\n"


def _header(name: str) -> str:
    return quoteattr(_UNWRITABLE.sub("", name))


def _cell(key: str, header: str, value: Any) -> str:
    text = _text(value)
    if text is None:
        return f'<{key} name={header} xsi:nil="true"/>'
    return f"<{key} name={header}>{escape(_UNWRITABLE.sub('', text))}</{key}>"


def _text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and value - value != 0):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
