"""The lunar-solar calendar of Viet Nam, reckoned at UTC+7 from new moons and the terms of the sun.

Rules (the same as in the official almanac): a month begins on the day of the new moon; the winter solstice
lies in month 11; when thirteen months lie between two months 11, the first without a principal term is leap.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

from portal.clock import city_date
from portal.seed.astronomy import crossings, elongation, sun_longitude

STEMS = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
BRANCHES = ("Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi")
ANIMALS = ("Chuột", "Trâu", "Hổ", "Mèo", "Rồng", "Rắn", "Ngựa", "Dê", "Khỉ", "Gà", "Chó", "Lợn")
ANIMALS_EN = (
    *("Rat", "Buffalo", "Tiger", "Cat", "Dragon", "Snake"),
    *("Horse", "Goat", "Monkey", "Rooster", "Dog", "Pig"),
)
_ORDINAL_TO_JULIAN_DAY = 1721425


@dataclass(frozen=True, slots=True)
class LunarMonth:
    """A month from its first day (Gregorian) on; `year` is the lunar year."""

    start: date
    year: int
    month: int
    leap: bool


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day of the lunar calendar."""

    month: LunarMonth
    day: int


class LunarCalendar:
    """Every month of the lunar years `first_year` to `last_year`."""

    def __init__(self, first_year: int, last_year: int) -> None:
        start = datetime(first_year - 1, 11, 1, tzinfo=UTC)
        end = datetime(last_year + 2, 1, 1, tzinfo=UTC)
        moons = [city_date(moment) for _, moment in crossings(elongation, 360, start, end)]
        terms = [(degrees, city_date(moment)) for degrees, moment in crossings(sun_longitude, 30, start, end)]
        principal = [day for _, day in terms]
        elevenths = [bisect_right(moons, day) - 1 for degrees, day in terms if degrees == 270]
        months: list[LunarMonth] = []
        for year, (first, following) in enumerate(pairwise(elevenths), start=first_year):
            months += _numbered(moons[first : following + 1], principal, year)
        self.months = [month for month in months if first_year <= month.year <= last_year]
        self._starts = [month.start for month in self.months]

    def day(self, day: date) -> LunarDay:
        """The lunar day of a Gregorian day; the day must lie in the years of this calendar."""
        month = self.months[bisect_right(self._starts, day) - 1]
        return LunarDay(month, (day - month.start).days + 1)

    def new_year(self, year: int) -> date:
        """The first day of Tết Nguyên Đán."""
        return next(
            each.start for each in self.months if each.year == year and each.month == 1 and not each.leap
        )


def _numbered(starts: Sequence[date], principal: Sequence[date], year: int) -> Iterator[LunarMonth]:
    """Months from month 11 of `year` - 1 on; `starts` ends with the next month 11."""
    leap_due = len(starts) == 14
    number = 11
    for index, (start, following) in enumerate(pairwise(starts)):
        has_term = bisect_left(principal, following) > bisect_left(principal, start)
        leap = leap_due and index > 0 and not has_term
        if leap:
            leap_due = False
        elif index > 0:
            number = number % 12 + 1
        # After month 11 or 12 of the old year come 1 to 10 of the new one.
        yield LunarMonth(start, year - 1 if number > 10 else year, number, leap)


def year_name(year: int) -> str:
    """Can chi of a lunar year: 2026 is Bính Ngọ."""
    return f"{STEMS[(year + 6) % 10]} {BRANCHES[(year + 8) % 12]}"


def day_name(day: date) -> str:
    """Can chi of a day."""
    number = day.toordinal() + _ORDINAL_TO_JULIAN_DAY
    return f"{STEMS[(number + 9) % 10]} {BRANCHES[(number + 1) % 12]}"


def month_name(month: LunarMonth) -> str:
    """Can chi of a lunar month; a leap month bears the name of the month before."""
    stem = (month.year * 12 + month.month + 3) % 10
    return f"{STEMS[stem]} {BRANCHES[(month.month + 1) % 12]}"
