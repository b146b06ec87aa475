"""Moments as search engines of Lucene's family write them: ISO 8601, and NOW with calendar steps."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

_NOW = re.compile(r"NOW((?:[+-]\d{1,6}[A-Z]+|/[A-Z]+)*)")
_STEP = re.compile(r"([+-]\d{1,6}|/)([A-Z]+)")
_LENGTHS = {
    "MILLI": timedelta(milliseconds=1),
    "MILLISECOND": timedelta(milliseconds=1),
    "SECOND": timedelta(seconds=1),
    "MINUTE": timedelta(minutes=1),
    "HOUR": timedelta(hours=1),
    "DAY": timedelta(days=1),
    "WEEK": timedelta(weeks=1),
}
_LEAST = (1, 1, 1, 0, 0, 0)
_PLACES = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")


def moment(text: str, now: datetime) -> datetime | None:
    """The instant in UTC; None for what is none, or lies outside the calendar."""
    found = _NOW.fullmatch(text)
    try:
        if found:
            return _walk(now.astimezone(UTC), found[1])
        instant = datetime.fromisoformat(text)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, KeyError):
        return None


def _walk(instant: datetime, steps: str) -> datetime:
    for amount, name in _STEP.findall(steps):
        unit = name.removesuffix("S")
        instant = _rounded(instant, unit) if amount == "/" else _moved(instant, int(amount), unit)
    return instant


def _moved(instant: datetime, amount: int, unit: str) -> datetime:
    if unit in _LENGTHS:
        return instant + _LENGTHS[unit] * amount
    months = amount * {"YEAR": 12, "MONTH": 1}[unit] + instant.year * 12 + instant.month - 1
    year, month = divmod(months, 12)
    day = min(instant.day, monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)


def _rounded(instant: datetime, unit: str) -> datetime:
    values = (instant.year, instant.month, instant.day, instant.hour, instant.minute, instant.second)
    kept = values[: _PLACES.index(unit) + 1]
    year, month, day, hour, minute, second = (*kept, *_LEAST[len(kept) :])
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
