"""JSON values that several forms share: texts in two languages, instants, days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from portal.catalog.models import When
from portal.clock import city_time
from portal.text import Language, LocalizedText

JsonValue = Mapping[str, "JsonValue"] | Sequence["JsonValue"] | str | int | float | bool | None
JsonObject = dict[str, JsonValue]


def instant(value: datetime | None) -> str | None:
    """ISO 8601 to the second as the city's clocks show it, `+07:00`."""
    return city_time(value).isoformat(timespec="seconds") if value else None


def day_or_instant(value: When | None) -> str | None:
    """A day stays a day, an instant gets the city's offset."""
    return instant(value) if isinstance(value, datetime) else day(value)


def day(value: date | None) -> str | None:
    """ISO 8601."""
    return value.isoformat() if value else None


def localized(name: str, text: LocalizedText, language: Language) -> JsonObject:
    """`name` in the language asked for, and `name_i18n` with both; null where nothing is stated."""
    return {
        name: text.in_language(language) or None,
        f"{name}_i18n": {"vi": text.vi or None, "en": text.en or None},
    }
