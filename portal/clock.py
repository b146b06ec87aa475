"""The time: one replaceable source of the present instant, and the city's own time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

Clock = Callable[[], datetime]
"""Answers the present as an aware UTC instant."""


def system_clock() -> datetime:
    """The present, UTC, to the microsecond."""
    return datetime.now(UTC)


def city_time(instant: datetime) -> datetime:
    """The same instant as the city's clocks show it (+07:00)."""
    return instant.astimezone(CITY_ZONE)


def city_date(instant: datetime) -> date:
    """The calendar day in the city at `instant`."""
    return city_time(instant).date()
