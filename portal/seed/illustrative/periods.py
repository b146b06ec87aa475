"""Periods that a table may cover: years, halves, quarters, months and spans of years, with their names."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cache

from portal.seed.illustrative.subjects import PeriodKind

FIRST_YEAR = 2018
LAST_DAY = date(2026, 9, 30)
# From this day the city has the present wards and communes and no districts.
NEW_UNITS_SINCE = date(2025, 7, 1)

_ROMAN = ("I", "II", "III", "IV")
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_LENGTH = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time from `start` to `end`, both included."""

    kind: PeriodKind
    start: date
    end: date

    @property
    def code(self) -> str:
        """Short and sortable: 2024, 2024-H1, 2024-Q3, 2024-07, 2019-2024."""
        year, month = self.start.year, self.start.month
        return {
            "year": f"{year}",
            "half": f"{year}-H{month // 6 + 1}",
            "quarter": f"{year}-Q{(month - 1) // 3 + 1}",
            "month": f"{year}-{month:02}",
            "span": f"{year}-{self.end.year}",
        }[self.kind]

    @property
    def vi(self) -> str:
        """`năm 2024`, `quý III năm 2024`, `tháng 7 năm 2024` ..., to stand inside a sentence."""
        year, month = self.start.year, self.start.month
        return {
            "year": f"năm {year}",
            "half": f"6 tháng {'đầu' if month == 1 else 'cuối'} năm {year}",
            "quarter": f"quý {_ROMAN[(month - 1) // 3]} năm {year}",
            "month": f"tháng {month} năm {year}",
            "span": f"giai đoạn {year} - {self.end.year}",
        }[self.kind]

    @property
    def short_vi(self) -> str:
        """The same with a stroke, as titles often have it: `quý III/2024`, `tháng 7/2024`."""
        return self.vi.replace(" năm ", "/") if self.kind in ("quarter", "month") else self.vi

    @property
    def en(self) -> str:
        year, month = self.start.year, self.start.month
        return {
            "year": f"{year}",
            "half": f"{'first' if month == 1 else 'second'} half of {year}",
            "quarter": f"quarter {(month - 1) // 3 + 1} of {year}",
            "month": f"{_MONTHS_EN[month - 1]} {year}",
            "span": f"{year}-{self.end.year}",
        }[self.kind]

    @property
    def years(self) -> float:
        """The length in years, to scale what grows with time."""
        return ((self.end - self.start).days + 1) / 365

    def parts(self, kind: PeriodKind) -> tuple[Period, ...]:
        """The months, quarters or years of this period, in order."""
        return tuple(
            part
            for year in range(self.start.year, self.end.year + 1)
            for part in _parts_of_year(kind, year)
            if part.start >= self.start and part.end <= self.end
        )


@cache
def periods(kind: PeriodKind, *, open_year: bool) -> tuple[Period, ...]:
    """All periods of a kind that had ended by LAST_DAY; with `open_year`, also the year then running."""
    if kind == "span":
        last = LAST_DAY.year - 1
        return tuple(
            Period("span", date(first, 1, 1), date(end, 12, 31))
            for first in range(FIRST_YEAR, last - 3)
            for end in range(first + 4, last + 1)
        )
    ended = tuple(
        part
        for year in range(FIRST_YEAR, LAST_DAY.year + 1)
        for part in _parts_of_year(kind, year)
        if part.end <= LAST_DAY
    )
    running = Period("year", date(LAST_DAY.year, 1, 1), LAST_DAY)
    return (*ended, running) if kind == "year" and open_year else ended


@cache
def _parts_of_year(kind: PeriodKind, year: int) -> tuple[Period, ...]:
    length = _LENGTH[kind]
    return tuple(
        Period(kind, date(year, first, 1), date(year, last, monthrange(year, last)[1]))
        for first in range(1, 13, length)
        for last in (first + length - 1,)
    )
