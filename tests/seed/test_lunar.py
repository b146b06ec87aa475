"""The calendar of Viet Nam, against an independent program and against what differs from the Chinese one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from vnlunar import convert_solar_to_lunar, get_can_chi, get_lunar_date

from portal.seed.lunar import LunarCalendar, day_name, month_name, year_name


@pytest.fixture(scope="module")
def calendar() -> LunarCalendar:
    return LunarCalendar(1990, 2050)


def test_every_day_of_six_decades_agrees_with_vnlunar(calendar: LunarCalendar) -> None:
    day = calendar.months[0].start
    while day < date(2051, 2, 1):
        ours = calendar.day(day)
        theirs = convert_solar_to_lunar(day.day, day.month, day.year, 7.0)
        assert (ours.day, ours.month.month, ours.month.year, int(ours.month.leap)) == (
            theirs["day"],
            theirs["month"],
            theirs["year"],
            theirs["leap"],
        ), day
        day += timedelta(days=1)


def test_tet_of_viet_nam_where_it_differs_from_china(calendar: LunarCalendar) -> None:
    assert calendar.new_year(2007) == date(2007, 2, 17)
    assert calendar.new_year(2030) == date(2030, 2, 2)
    assert calendar.new_year(2026) == date(2026, 2, 17)


def test_leap_months(calendar: LunarCalendar) -> None:
    leap = {month.year: month.month for month in calendar.months if month.leap}
    assert leap[2020] == 4 and leap[2023] == 2 and leap[2025] == 6 and leap[2033] == 11
    assert 2026 not in leap


def test_names_of_day_month_and_year(calendar: LunarCalendar) -> None:
    for day in (date(2024, 2, 29), date(2025, 7, 25), date(2026, 2, 17), date(2030, 12, 31)):
        month = calendar.day(day).month
        theirs = get_can_chi(get_lunar_date(day.day, day.month, day.year))
        assert day_name(day) == theirs["day"]
        assert month_name(month) == theirs["month"].removesuffix(" (nhuận)")
        assert year_name(month.year) == theirs["year"]
    assert year_name(1984) == "Giáp Tý"
