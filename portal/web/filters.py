"""The four filters of templates: texts, dates, numbers and sizes, each in the language of the page."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import gettext
from markupsafe import Markup

from portal.catalog.models import When
from portal.clock import city_date
from portal.text import Language, LocalizedText
from portal.web.context import language

_DATE_PATTERNS: dict[Language, str] = {"vi": "dd/MM/yyyy", "en": "d MMM yyyy"}
_UNITS = ("B", "KB", "MB", "GB", "TB")


def local(text: LocalizedText | str | None) -> str:
    """The text in the language of the page, or in Vietnamese where there is no translation."""
    return text.in_language(language()) if isinstance(text, LocalizedText) else text or ""


def lang(text: LocalizedText) -> Markup:
    """The attribute ` lang="vi"` when an English page must show a Vietnamese text; otherwise nothing."""
    return Markup(' lang="vi"') if language() == "en" and text.vi and not text.en else Markup("")


def day(value: When) -> str:
    """21/11/2026, or 21 Nov 2026; instants as the city's calendar has them."""
    as_date = city_date(value) if isinstance(value, datetime) else value
    return format_date(as_date, _DATE_PATTERNS[language()], locale=language())


def number(value: float) -> str:
    """1.234 in Vietnamese, 1,234 in English."""
    text: str = format_decimal(value, locale=language())
    return text


def size(byte_count: int) -> str:
    """12 KB, 1,4 MB: one decimal below ten, powers of 1024."""
    value, unit = float(byte_count), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    pattern = "0.#" if value < 10 and unit else "0"
    return f"{format_decimal(value, pattern, locale=language())} {_UNITS[unit]}"


def period(start: date | None, end: date | None) -> str:
    """2024, 2021–2024, 01/03/2024 – 31/05/2024, or with one end open; empty when nothing is known."""
    if start and end and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
    if start and end:
        return f"{day(start)} – {day(end)}"
    if start:
        since: str = gettext("since %(day)s", day=day(start))
        return since
    until: str = gettext("until %(day)s", day=day(end)) if end else ""
    return until


def register(app: Flask) -> None:
    """Adds the filters to an app's templates."""
    app.jinja_env.filters |= {"local": local, "lang": lang, "day": day, "number": number, "size": size}
