"""Computed datasets against the law, the almanac and each other."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import date, timedelta

from portal.seed.computed import SOLAR_TERMS, computed_datasets
from portal.settings import PROJECT_ROOT

COMPUTED = {dataset.identifier: dataset for dataset in computed_datasets(PROJECT_ROOT / "datasets")}


def rows(identifier: str, file: int = 0) -> list[dict[str, str]]:
    text = COMPUTED[identifier].files[file].content().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def minutes(time: str) -> int:
    hours, rest = time.split(":")
    return int(hours) * 60 + int(rest)


def test_holidays_have_tet_hung_kings_and_two_days_of_national_day() -> None:
    table = rows("ngay-le-2020-2030")
    days = {date.fromisoformat(row["ngay"]): row for row in table}
    tet = {row["nam"]: date.fromisoformat(row["ngay_mung_1"]) for row in rows("tet-nguyen-dan-1990-2050")}
    lunar = {row["ngay"]: row for row in rows("lich-am-duong-2020-2030")}
    for year in range(2020, 2031):
        first = tet[str(year)]
        assert all(first + timedelta(days=number) in days for number in range(-1, 4)), year
        assert days[first]["ten"] == "Tết Nguyên Đán"
        national = [day for day, row in days.items() if day.year == year and row["ten"] == "Quốc khánh"]
        assert date(year, 9, 2) in national
        assert len(national) == (1 if year == 2020 else 2)
        for day, row in days.items():
            if day.year == year and row["ten"] == "Ngày Giỗ Tổ Hùng Vương":
                assert (lunar[row["ngay"]]["ngay_am"], lunar[row["ngay"]]["thang_am"]) == ("10", "3")


def test_days_in_lieu_are_told_from_holidays() -> None:
    kinds = {row["ngay"]: row["loai"] for row in rows("ngay-le-2020-2030")}
    assert kinds["2020-01-23"] == "nghỉ bù"  # 29 Tết, for a Tết day on a Saturday
    assert kinds["2020-01-24"] == "ngày lễ"
    assert kinds["2024-04-29"] == "hoán đổi"
    assert kinds["2028-01-03"] == "nghỉ bù"
    assert kinds["2026-11-24"] == "ngày lễ"
    assert "2025-11-24" not in kinds


def test_the_calendar_has_every_day_once() -> None:
    days = [date.fromisoformat(row["ngay"]) for row in rows("lich-am-duong-2020-2030")]
    assert days[0] == date(2020, 1, 1) and days[-1] == date(2030, 12, 31)
    assert all(after - before == timedelta(days=1) for before, after in itertools.pairwise(days))


def test_full_moon_falls_in_the_middle_of_the_lunar_month() -> None:
    lunar = {row["ngay"]: row for row in rows("lich-am-duong-2020-2030")}
    for row in rows("pha-mat-trang-2020-2030"):
        day = int(lunar[row["ngay"]]["ngay_am"])
        if row["pha"] == "Trăng mới":
            assert day == 1
        if row["pha"] == "Trăng tròn":
            assert 14 <= day <= 17


def test_solar_terms_are_24_a_year_on_their_usual_days() -> None:
    table = rows("tiet-khi-2020-2030")
    usual = {"Lập xuân": (2, 3, 5), "Thanh minh": (4, 4, 5), "Hạ chí": (6, 20, 22), "Đông chí": (12, 21, 23)}
    for year in range(2020, 2031):
        of_year = [row for row in table if row["ngay"].startswith(str(year))]
        assert {row["tiet_khi"] for row in of_year} == set(SOLAR_TERMS) and len(of_year) == 24
        for name, (month, first, last) in usual.items():
            day = date.fromisoformat(next(row["ngay"] for row in of_year if row["tiet_khi"] == name))
            assert day.month == month and first <= day.day <= last
    for row in table:
        assert (row["trung_khi"] == "true") == (int(row["kinh_do_mat_troi"]) % 30 == 0)


def test_no_solar_term_is_too_close_to_midnight_to_be_sure_of_its_day() -> None:
    for row in rows("tiet-khi-2020-2030"):
        assert 15 <= minutes(row["gio"]) <= 24 * 60 - 15, row


def test_the_sun_of_the_city_is_plausible() -> None:
    for number, year in enumerate((2025, 2026, 2027)):
        table = rows("mat-troi-moc-lan", number)
        assert len(table) == 365 and table[0]["ngay"] == f"{year}-01-01"
        for row in table:
            dawn, rise, noon, fall, dusk = (
                minutes(row[name])
                for name in ("binh_minh", "mat_troi_moc", "giua_trua", "mat_troi_lan", "chang_vang")
            )
            assert dawn < rise < noon < fall < dusk
            assert 5 * 60 < rise < 6 * 60 + 25 and 17 * 60 + 10 < fall < 18 * 60 + 30
            assert 20 <= rise - dawn <= 26
            assert abs(fall - rise - int(row["do_dai_ngay_phut"])) <= 1
        longest = max(table, key=lambda row: int(row["do_dai_ngay_phut"]))
        shortest = min(table, key=lambda row: int(row["do_dai_ngay_phut"]))
        assert longest["ngay"][5:7] == "06" and shortest["ngay"][5:7] == "12"


def test_months_sum_up_their_days() -> None:
    days = [row for number in range(3) for row in rows("mat-troi-moc-lan", number)]
    for month in rows("do-dai-ngay-theo-thang"):
        lengths = [int(row["do_dai_ngay_phut"]) for row in days if row["ngay"].startswith(month["thang"])]
        assert (int(month["ngan_nhat_phut"]), int(month["dai_nhat_phut"])) == (min(lengths), max(lengths))


def test_names_of_years() -> None:
    names = {row["nam"]: row for row in rows("can-chi-nam-1900-2100")}
    assert names["1984"]["can_chi"] == "Giáp Tý"
    assert (names["2026"]["can_chi"], names["2026"]["con_giap"]) == ("Bính Ngọ", "Ngựa")
    assert names["2023"]["con_giap_en"] == "Cat"
    assert len(names) == 201
