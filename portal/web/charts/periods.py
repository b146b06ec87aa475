"""Years, months, quarters and days on an axis: their order, their names, and those that are missing between."""

from __future__ import annotations

import datetime
import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from babel.dates import format_date

from portal.tables.values import ColumnType
from portal.text import Language
from portal.web.charts.values import Mark
from portal.web.charts.words import words

PERIODS = frozenset(
    {ColumnType.YEAR, ColumnType.QUARTER, ColumnType.MONTH, ColumnType.DATE, ColumnType.TIMESTAMP}
)
_ROMAN = ("I", "II", "III", "IV")
_MONTHS = "January February March April May June July August September October November December".split()
_FILLED = 400
# A line goes on over weekends and holidays, not over a season.
_LONGEST_STEP = 4.5
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Period:
    """A point of time. `order`: counted in its own steps (years, months, quarters, days). `is_told`: False for
    the middle of a long time without figures, which has no name."""

    type: ColumnType
    order: float
    has_year: bool = True
    is_told: bool = True


def read_period(type_: ColumnType, value: object) -> Period | None:
    """A value of a column of periods, as rows have it."""
    text = str(value).strip()
    try:
        match type_:
            case ColumnType.YEAR:
                return Period(type_, int(float(text)))
            case ColumnType.MONTH | ColumnType.QUARTER:
                return _part_of_year(type_, text)
            case ColumnType.DATE:
                return Period(type_, datetime.date.fromisoformat(text[:10]).toordinal())
            case ColumnType.TIMESTAMP:
                moment = datetime.datetime.fromisoformat(text)
                return Period(type_, moment.toordinal() + _second_of(moment) / _DAY_SECONDS)
    except (ValueError, OverflowError):
        return None
    return None


def _second_of(moment: datetime.datetime) -> float:
    return (moment.hour * 60 + moment.minute) * 60 + moment.second + moment.microsecond / 1_000_000


def _part_of_year(type_: ColumnType, text: str) -> Period | None:
    per_year = 12 if type_ is ColumnType.MONTH else 4
    if found := re.fullmatch(r"(\d{4})-Q?(\d{1,2})", text):
        return Period(type_, int(found[1]) * per_year + int(found[2]) - 1)
    number = int(float(text))
    return Period(type_, number - 1, has_year=False) if 1 <= number <= per_year else None


def label(period: Period, language: Language) -> str:
    """Short, for an axis: `2023`, `09/2025`, `III/2025`, `21/11/26`, `21/11/26 10:05`."""
    order = int(period.order)
    match period.type:
        case ColumnType.YEAR:
            return str(order)
        case ColumnType.MONTH:
            month = f"{order % 12 + 1:02d}" if language == "vi" else _MONTHS[order % 12][:3]
            if not period.has_year:
                return f"T{order % 12 + 1}" if language == "vi" else month
            return f"{month}/{order // 12}" if language == "vi" else f"{month} {order // 12}"
        case ColumnType.QUARTER:
            quarter = _ROMAN[order % 4] if language == "vi" else f"Q{order % 4 + 1}"
            joined = f"{quarter}/{order // 4}" if language == "vi" else f"{quarter} {order // 4}"
            return joined if period.has_year else quarter
    pattern = "dd/MM/yy" if language == "vi" else "d MMM yy"
    return format_date(_day_of(period), pattern, locale=language) + _hour(period, is_midnight_told=False)


def phrase(period: Period, language: Language) -> str:
    """For a sentence: `năm 2023`, `tháng 9/2025`, `quý III/2025`, `ngày 21/11/2026`."""
    order = int(period.order)
    match period.type:
        case ColumnType.YEAR:
            return words("year", language, year=order)
        case ColumnType.MONTH:
            key = "month" if period.has_year else "bare-month"
            return words(key, language, month=order % 12 + 1, name=_MONTHS[order % 12], year=order // 12)
        case ColumnType.QUARTER:
            key = "quarter" if period.has_year else "bare-quarter"
            return words(key, language, roman=_ROMAN[order % 4], quarter=order % 4 + 1, year=order // 4)
    pattern = "dd/MM/yyyy" if language == "vi" else "d MMM yyyy"
    day = format_date(_day_of(period), pattern, locale=language)
    return words("date", language, date=day) + _hour(period)


def _seconds(period: Period) -> int:
    # Rounded before the day is taken: a double holds the seconds of our days, but not to the last digit.
    return round(period.order * _DAY_SECONDS)


def _day_of(period: Period) -> datetime.date:
    return datetime.date.fromordinal(_seconds(period) // _DAY_SECONDS)


def _hour(period: Period, *, is_midnight_told: bool = True) -> str:
    if period.type is not ColumnType.TIMESTAMP:
        return ""
    minutes, second = divmod(_seconds(period) % _DAY_SECONDS, 60)
    if not (minutes or second or is_midnight_told):
        return ""
    return f" {minutes // 60:02d}:{minutes % 60:02d}" + (f":{second:02d}" if second else "")


def period_marks(
    type_: ColumnType, figures: Sequence[tuple[object, float | None]], language: Language
) -> tuple[Mark, ...]:
    """Marks in the order of time, with a gap for every period that is missing between two others."""
    found = {
        period: value
        for each, value in figures
        if each is not None and (period := read_period(type_, each)) is not None
    }
    ordered = sorted(found, key=lambda period: period.order)
    return tuple(
        Mark(label(each, language), found.get(each), phrase(each, language), each.order)
        if each.is_told
        else Mark("", None, position=each.order)
        for each in _whole(ordered)
    )


def _whole(ordered: Sequence[Period]) -> list[Period]:
    if len(ordered) < 3:
        return list(ordered)
    if ordered[0].type in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return _broken(ordered)
    first, last = int(ordered[0].order), int(ordered[-1].order)
    step = math.gcd(*(int(each.order) - first for each in ordered))
    if (last - first) / step > _FILLED:
        return list(ordered)
    known = {int(each.order): each for each in ordered}
    return [
        known.get(order) or Period(ordered[0].type, order, ordered[0].has_year)
        for order in range(first, last + 1, step)
    ]


def _broken(ordered: Sequence[Period]) -> list[Period]:
    """Days are far apart as they come; where one is very late, the line is broken in between."""
    steps = [after.order - before.order for before, after in pairwise(ordered)]
    usual = statistics.median(steps)
    result = [ordered[0]]
    for step, period in zip(steps, ordered[1:], strict=True):
        if step > usual * _LONGEST_STEP:
            result.append(Period(period.type, result[-1].order + step / 2, is_told=False))
        result.append(period)
    return result
