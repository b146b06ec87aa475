"""JSON values that several forms share: texts in two languages, instants, days."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import orjson

from portal.catalog.models import When
from portal.clock import city_time
from portal.text import Language, LocalizedText

JsonValue = Mapping[str, "JsonValue"] | Sequence["JsonValue"] | str | int | float | bool | None
JsonObject = dict[str, JsonValue]

_SURROGATES = re.compile("[\ud800-\udfff]")


def json_bytes(value: JsonValue) -> bytes:
    """The value as UTF-8. Lone halves of surrogate pairs, which UTF-8 cannot hold, are left out."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return orjson.dumps(_without_surrogates(value))


def _without_surrogates(value: JsonValue) -> JsonValue:
    match value:
        case str():
            return _SURROGATES.sub("", value)
        case Mapping():
            return {_SURROGATES.sub("", key): _without_surrogates(each) for key, each in value.items()}
        case Sequence():
            return [_without_surrogates(each) for each in value]
        case _:
            return value


def stated(value: JsonObject) -> JsonObject:
    """Without the members that say nothing: null, empty text, empty list, empty object."""
    return {name: each for name, each in value.items() if each is not None and each not in ("", [], {})}


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
