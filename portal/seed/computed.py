"""Datasets reckoned by rule: holidays, the lunar-solar calendar, sun, moon and solar terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from statistics import fmean

from astral import LocationInfo
from astral.sun import sun as sun_times
from holidays import country_holidays

from portal.clock import CITY_ZONE, city_time
from portal.seed.astronomy import crossings, elongation, sun_longitude
from portal.seed.dataset import SeedDataset
from portal.seed.described import Cell, Rows, described_datasets
from portal.seed.lunar import (
    ANIMALS,
    ANIMALS_EN,
    BRANCHES,
    STEMS,
    LunarCalendar,
    day_name,
    month_name,
    year_name,
)

CALENDAR_YEARS = range(2020, 2031)
SUN_YEARS = range(2025, 2028)
TET_YEARS = range(1990, 2051)
NAMED_YEARS = range(1900, 2101)
CITY_CENTRE = LocationInfo("Đà Nẵng", "Việt Nam", "Asia/Ho_Chi_Minh", 16.0678, 108.2208)
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
# From the spring equinox on, 15 degrees each; the even ones are principal terms (trung khí).
SOLAR_TERMS = (
    *("Xuân phân", "Thanh minh", "Cốc vũ", "Lập hạ", "Tiểu mãn", "Mang chủng"),
    *("Hạ chí", "Tiểu thử", "Đại thử", "Lập thu", "Xử thử", "Bạch lộ"),
    *("Thu phân", "Hàn lộ", "Sương giáng", "Lập đông", "Tiểu tuyết", "Đại tuyết"),
    *("Đông chí", "Tiểu hàn", "Đại hàn", "Lập xuân", "Vũ thủy", "Kinh trập"),
)
MOON_PHASES = {
    0: ("Trăng mới", "New moon"),
    90: ("Bán nguyệt đầu tháng", "First quarter"),
    180: ("Trăng tròn", "Full moon"),
    270: ("Bán nguyệt cuối tháng", "Last quarter"),
}
_DAY = timedelta(days=1)


def computed_datasets(folder: Path) -> list[SeedDataset]:
    """Every computed dataset; `folder` is `datasets/`, where they are described."""
    tables: dict[str, Rows] = {
        "ngay-le-2020-2030.csv": holiday_rows,
        "tet-nguyen-dan-1990-2050.csv": tet_rows,
        "lich-am-duong-2020-2030.csv": calendar_rows,
        "pha-mat-trang-2020-2030.csv": phase_rows,
        "tiet-khi-2020-2030.csv": term_rows,
        **{f"mat-troi-moc-lan-{year}.csv": partial(sun_rows, year) for year in SUN_YEARS},
        "do-dai-ngay-theo-thang.csv": day_length_rows,
        "can-chi-nam-1900-2100.csv": year_name_rows,
    }
    return described_datasets(folder, tables)


def holiday_rows() -> Iterator[Sequence[Cell]]:
    """Each day off: what it is in both languages, and whether it is in lieu or swapped."""
    vietnamese = country_holidays("VN", years=CALENDAR_YEARS, language="vi")
    english = country_holidays("VN", years=CALENDAR_YEARS, language="en_US")
    for day in sorted(vietnamese):
        name = vietnamese[day]
        swapped = "thay cho ngày" in name
        in_lieu = "nghỉ bù" in name or _is_tet_day_in_lieu(day)
        kind = "hoán đổi" if swapped else "nghỉ bù" if in_lieu else "ngày lễ"
        yield day, WEEKDAYS[day.weekday()], name, english[day], kind


def _is_tet_day_in_lieu(day: date) -> bool:
    """Days around Tết beyond the five of the law stand for those that fall on a weekend."""
    if day.month > 2 or (day.month, day.day) == (1, 1):
        return False
    first = _new_year(day.year)
    return not -1 <= (day - first).days <= 3 and abs((day - first).days) < 7


@cache
def _new_year(year: int) -> date:
    return LunarCalendar(year, year).new_year(year)


def tet_rows() -> Iterator[Sequence[Cell]]:
    """First day, names and leap month of each lunar year."""
    calendar = LunarCalendar(TET_YEARS.start, TET_YEARS.stop - 1)
    leap = {month.year: month.month for month in calendar.months if month.leap}
    for year in TET_YEARS:
        first = calendar.new_year(year)
        animal = (year + 8) % 12
        yield (
            *(year, first, WEEKDAYS[first.weekday()], year_name(year)),
            *(ANIMALS[animal], ANIMALS_EN[animal], leap.get(year)),
        )


def calendar_rows() -> Iterator[Sequence[Cell]]:
    """Each Gregorian day with its lunar day and names."""
    calendar = LunarCalendar(CALENDAR_YEARS.start - 1, CALENDAR_YEARS.stop - 1)
    for day in _days(date(CALENDAR_YEARS.start, 1, 1), date(CALENDAR_YEARS.stop, 1, 1)):
        lunar = calendar.day(day)
        month = lunar.month
        yield (
            *(day, WEEKDAYS[day.weekday()], lunar.day, month.month, month.year, month.leap),
            *(day_name(day), month_name(month), year_name(month.year)),
        )


def phase_rows() -> Iterator[Sequence[Cell]]:
    """The four phases of each month, Viet Nam time."""
    for degrees, moment in crossings(elongation, 90, *_calendar_period()):
        local = _to_minute(moment)
        yield local.date(), f"{local:%H:%M}", *MOON_PHASES[degrees]


def term_rows() -> Iterator[Sequence[Cell]]:
    """The beginning of each solar term, Viet Nam time."""
    for degrees, moment in crossings(sun_longitude, 15, *_calendar_period()):
        local = _to_minute(moment)
        yield local.date(), f"{local:%H:%M}", SOLAR_TERMS[degrees // 15], degrees, degrees % 30 == 0


def sun_rows(year: int) -> Iterator[Sequence[Cell]]:
    """Dawn, sunrise, noon, sunset and dusk of each day of a year at the centre of the city."""
    for day in _days(date(year, 1, 1), date(year + 1, 1, 1)):
        times = sun_times(CITY_CENTRE.observer, date=day, tzinfo=CITY_ZONE)
        shown = (times[name] for name in ("dawn", "sunrise", "noon", "sunset", "dusk"))
        yield day, *(f"{_to_minute(time):%H:%M}" for time in shown), _day_length(times)


def day_length_rows() -> Iterator[Sequence[Cell]]:
    """Means and extremes of each month."""
    days = _days(date(SUN_YEARS.start, 1, 1), date(SUN_YEARS.stop, 1, 1))
    for month, group in groupby(days, key=lambda day: f"{day:%Y-%m}"):
        times = [sun_times(CITY_CENTRE.observer, date=day, tzinfo=CITY_ZONE) for day in group]
        lengths = [_day_length(each) for each in times]
        rise, fall = (_mean_time([each[name] for each in times]) for name in ("sunrise", "sunset"))
        yield month, rise, fall, round(fmean(lengths), 1), min(lengths), max(lengths)


def year_name_rows() -> Iterator[Sequence[Cell]]:
    """Name, stem, branch and animal of each lunar year."""
    for year in NAMED_YEARS:
        stem, branch = (year + 6) % 10, (year + 8) % 12
        yield year, year_name(year), STEMS[stem], BRANCHES[branch], ANIMALS[branch], ANIMALS_EN[branch]


def _days(start: date, end: date) -> Iterator[date]:
    return (start + _DAY * number for number in range((end - start).days))


def _calendar_period() -> tuple[datetime, datetime]:
    start = datetime(CALENDAR_YEARS.start, 1, 1, tzinfo=CITY_ZONE)
    return start.astimezone(UTC), datetime(CALENDAR_YEARS.stop, 1, 1, tzinfo=CITY_ZONE).astimezone(UTC)


def _to_minute(instant: datetime) -> datetime:
    """City time, rounded to the nearest minute."""
    return city_time(instant + timedelta(seconds=30)).replace(second=0, microsecond=0)


def _day_length(times: dict[str, datetime]) -> int:
    return round((times["sunset"] - times["sunrise"]) / timedelta(minutes=1))


def _mean_time(times: Sequence[datetime]) -> str:
    minutes = round(fmean(each.hour * 60 + each.minute + each.second / 60 for each in times))
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
