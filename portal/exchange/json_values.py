"""JSON values of any make as texts, words, days and periods; what cannot be read is empty, never an error."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from portal.catalog.services.distributions import is_address
from portal.clock import CITY_ZONE
from portal.text import clean, clean_line

# The integers that 64 bits hold.
_LARGEST = 2**63


def when(value: Any) -> date | datetime | None:
    """A day or an instant out of ISO 8601 or `YYYY-MM-DD HH:MM` (city time); None for anything else."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (
        (instant if instant.tzinfo else instant.replace(tzinfo=CITY_ZONE))
        .astimezone(UTC)
        .replace(microsecond=0)
    )


def period(value: Any) -> tuple[date | None, date | None]:
    if not isinstance(value, list) or len(value) != 2:
        return None, None
    start, end = _bound(value[0], 1, 1), _bound(value[1], 12, 31)
    return (start, end) if not (start and end and end < start) else (None, None)


def _bound(value: Any, month: int, day: int) -> date | None:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 9999:
        return date(value, month, day)
    if isinstance(value, str) and re.fullmatch(r"\d{4}", value) and value != "0000":
        return date(int(value), month, day)
    moment = when(value)
    return moment.date() if isinstance(moment, datetime) else moment


def line_of(value: Any) -> str:
    return (
        clean_line(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    )


def text_of(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def line_or_none(value: Any) -> str | None:
    return line_of(value) or None


def text_or_none(value: Any) -> str | None:
    return text_of(value) or None


def address_or_none(value: Any) -> str | None:
    address = line_of(value)
    return address if is_address(address) else None


def words(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(filter(None, (line_of(each) for each in items))))


def languages(value: Any) -> list[str]:
    items = (
        value if isinstance(value, list) else re.split(r"[+,;/\s]+", value) if isinstance(value, str) else []
    )
    return list(dict.fromkeys(filter(None, (line_of(each) for each in items))))


def is_deeper(value: Any, most: int) -> bool:
    """Whether lists and objects are nested more than `most` deep; takes no stack for it."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > most:
            return True
        level = [inner for each in level for inner in _inside(each)]
    return False


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def clean_value(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_value(each) for each in value]
    if isinstance(value, dict):
        return {clean_line(str(key)): clean_value(each) for key, each in value.items()}
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        # Many readers of JSON, and writers too, know no larger numbers.
        return str(value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
