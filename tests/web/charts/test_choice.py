"""Which chart comes first, in which order its marks stand, and what its sentence says."""

from __future__ import annotations

import pytest

from portal.tables.values import Column, ColumnType, Profile
from portal.text import Language
from portal.web.charts.choice import Plan, chart_of, first_plan
from portal.web.charts.draw import drawn
from portal.web.charts.meaning import function_for, unit_column
from portal.web.charts.values import Chart

T = ColumnType


def column(name: str, type_: ColumnType, distinct: int = 5, rows: int = 10, **more: object) -> Column:
    unit = more.pop("unit", None)
    profile = Profile(rows, 0, distinct, **more)  # type: ignore[arg-type]
    return Column(0, name, name, type_, "", profile, unit)  # type: ignore[arg-type]


def drawn_of(
    plan: Plan, figures: list[tuple[object, float | None]], language: Language = "vi", total: int = 0
) -> Chart:
    return chart_of(plan, figures, total or len(figures), "c", language)


YEAR = column("Năm", T.YEAR, 10)
WARD = column("Phường", T.TEXT, 5)
PEOPLE = column("Dân số", T.INTEGER, 9, unit="người")
RAIN = column("Lượng mưa", T.DECIMAL, 9, unit="mm")


@pytest.mark.parametrize(
    ("columns", "by", "measure"),
    [
        ([WARD, YEAR, PEOPLE], "Năm", "Dân số"),
        ([WARD, PEOPLE], "Phường", "Dân số"),
        ([column("STT", T.INTEGER, 10), WARD, PEOPLE], "Phường", "Dân số"),
        ([column("Số", T.INTEGER, 10, least="1", most="10"), WARD, PEOPLE], "Phường", "Dân số"),
        ([column("Năm", T.YEAR, 1), WARD, PEOPLE], "Phường", "Dân số"),
        ([column("lat", T.LATITUDE), WARD], "Phường", None),
        ([WARD, column("Năm 2019", T.INTEGER), column("Năm 2021", T.INTEGER)], "Phường", "Năm 2021"),
        ([column("Mô tả", T.TEXT, 5, examples=("x" * 90,)), WARD, PEOPLE], "Phường", "Dân số"),
        ([PEOPLE], None, "Dân số"),
        ([column("Mã sông", T.IDENTIFIER, 5), column("Tên sông", T.TEXT, 10), PEOPLE], "Tên sông", "Dân số"),
        ([column("Tên", T.TEXT, 10), WARD], "Phường", None),
    ],
)
def test_the_first_chart(columns: list[Column], by: str | None, measure: str | None) -> None:
    plan = first_plan(columns)
    assert plan is not None
    assert (plan.by.name if plan.by else None, plan.measure.name if plan.measure else None) == (by, measure)


def test_names_that_are_all_different_make_no_chart_by_themselves() -> None:
    assert first_plan([column("Tên", T.TEXT, 10)]) is None
    assert first_plan([]) is None


@pytest.mark.parametrize(
    ("name", "unit", "function"),
    [
        ("Dân số", "người", "sum"),
        ("Diện tích (ha)", "ha", "sum"),
        ("Thu ngân sách", "triệu đồng", "sum"),
        ("Số lượt khách", None, "sum"),
        ("Tỷ lệ", "%", "avg"),
        ("Mật độ dân số", "người/km2", "avg"),
        ("Nhiệt độ", "°C", "avg"),
        ("pH", None, "avg"),
        ("Số hộ nghèo", None, "sum"),
        ("Sơ bộ 2022", None, "avg"),
        ("Dân số trung bình", "nghìn người", "avg"),
    ],
)
def test_only_what_adds_up_is_added(name: str, unit: str | None, function: str) -> None:
    assert function_for(column(name, T.DECIMAL, unit=unit)) == function


def test_periods_stand_in_order_with_the_missing_between() -> None:
    found = drawn_of(Plan(YEAR, PEOPLE, "sum"), [(2019, 3.0), (2015, 1.0), (2016, 2.0), (2018, 5.0)])
    assert [(mark.label, mark.value) for mark in found.marks] == [
        ("2015", 1.0), ("2016", 2.0), ("2017", None), ("2018", 5.0), ("2019", 3.0),
    ]  # fmt: skip
    censuses = drawn_of(Plan(YEAR, PEOPLE, "sum"), [(1999, 1.0), (2009, 2.0), (2019, 3.0)])
    assert len(censuses.marks) == 3


@pytest.mark.parametrize(
    ("type_", "values", "vi", "en"),
    [
        (T.MONTH, ("2024-12", "2025-01", "2025-03"), "12/2024 01/2025 02/2025 03/2025",
         "Dec 2024 Jan 2025 Feb 2025 Mar 2025"),
        (T.QUARTER, ("2024-Q4", "2025-Q1", "2025-Q2"), "IV/2024 I/2025 II/2025", "Q4 2024 Q1 2025 Q2 2025"),
        (T.MONTH, (1, 2, 3), "T1 T2 T3", "Jan Feb Mar"),
        (T.QUARTER, (1, 2, 4), "I II III IV", "Q1 Q2 Q3 Q4"),
        (T.DATE, ("2025-01-30", "2025-01-31", "2025-02-01"), "30/01/25 31/01/25 01/02/25",
         "30 Jan 25 31 Jan 25 1 Feb 25"),
    ],
)  # fmt: skip
def test_periods_are_named_as_people_name_them(
    type_: ColumnType, values: tuple[object, ...], vi: str, en: str
) -> None:
    plan = Plan(column("Kỳ", type_), RAIN, "avg")
    for language, expected in (("vi", vi), ("en", en)):
        chart = drawn_of(plan, [(each, 1.0) for each in values], language)  # type: ignore[arg-type]
        assert " ".join(mark.label for mark in chart.marks) == expected


def test_a_long_time_without_days_breaks_the_line() -> None:
    days = [f"2025-01-{day:02d}" for day in (1, 2, 3, 6, 7, 28, 29)]
    found = drawn_of(Plan(column("Ngày", T.DATE), RAIN, "avg"), [(day, 1.0) for day in days])
    assert [mark.value for mark in found.marks].count(None) == 1
    assert "Không có số liệu" not in drawn(found).summary


@pytest.mark.parametrize(
    ("figures", "vi", "en"),
    [
        (
            [(2015, 1000.0), (2016, 1500.0), (2017, 1200.0)],
            ("Từ năm 2015 đến năm 2017, số liệu tăng từ 1.000 người lên 1.200 người (20%); "
            "cao nhất là năm 2016 (1.500 người)."),
            ("From 2015 to 2017 the figure rose from 1,000 người to 1,200 người (20%); "
            "the highest is 2016 (1,500 người)."),
        ),
        (
            [(2015, 10.0), (2016, -5.0)],
            "Từ năm 2015 đến năm 2016, số liệu giảm từ 10 người xuống −5 người.",
            "From 2015 to 2016 the figure fell from 10 người to −5 người.",
        ),
        (
            [(2015, 10.0), (2016, None), (2017, 10.0), (2018, 10.0)],
            "Mọi số liệu đều bằng 10 người. Không có số liệu cho 1 trên 4 mốc thời gian.",
            "All figures are 10 người. No figure for 1 of 4 periods.",
        ),
        ([(2015, 7.0)], "Chỉ có một số liệu: năm 2015, 7 người.", "There is only one figure: 2015, 7 người."),
        ([(2015, None)], "Không có số liệu để vẽ.", "There are no figures to draw."),
    ],
)  # fmt: skip
def test_what_one_sees_in_time(figures: list[tuple[object, float | None]], vi: str, en: str) -> None:
    plan = Plan(YEAR, PEOPLE, "sum")
    assert drawn(drawn_of(plan, figures)).summary == vi
    assert drawn(drawn_of(plan, figures, "en")).summary == en


def test_what_one_sees_of_things() -> None:
    plan = Plan(WARD, PEOPLE, "sum")
    said = drawn(drawn_of(plan, [("A", 9.0), ("B", 9.0), ("C", 1.0)])).summary
    assert said == "Cao nhất: A và 1 mục khác (9 người); thấp nhất: C (1 người)."
    # Nobody knows how low the others are.
    part = drawn(drawn_of(plan, [("A", 9.0), ("B", 8.0)], total=30)).summary
    assert part == "Cao nhất: A (9 người). Biểu đồ chỉ vẽ 2 mục đầu; 28 mục khác nằm trong bảng."


def test_changes_of_shares_are_told_in_points() -> None:
    plan = Plan(YEAR, column("Tỷ lệ", T.DECIMAL, unit="%"), "avg")
    said = drawn(drawn_of(plan, [(2015, 10.0), (2016, 12.5)])).summary
    assert said == "Từ năm 2015 đến năm 2016, số liệu tăng từ 10% lên 12,5% (2,5 điểm phần trăm)."


def test_sums_and_averages_say_what_they_are() -> None:
    several = column("Phường", T.TEXT, 5, 50)
    assert drawn_of(Plan(several, PEOPLE, "sum"), [("A", 1.0)]).measure == "Tổng Dân số"
    assert drawn_of(Plan(several, RAIN, "avg"), [("A", 1.0)], "en").measure == "Average of Lượng mưa"
    assert drawn_of(Plan(several, None), [("A", 1.0)]).measure == "Số dòng"
    assert drawn_of(Plan(column("Phường", T.TEXT, 10), PEOPLE, "sum"), [("A", 1.0)]).measure == "Dân số"


def test_names_that_count_stand_as_they_count() -> None:
    ages = [("10-14 tuổi", 9.0), ("Dưới 5 tuổi", 7.0), ("5-9 tuổi", 8.0)]
    plan = Plan(WARD, PEOPLE, "sum")
    assert [mark.label for mark in drawn_of(plan, ages).marks] == ["Dưới 5 tuổi", "5-9 tuổi", "10-14 tuổi"]
    part = drawn_of(plan, ages, total=9)
    assert [mark.value for mark in part.marks] == [9.0, 7.0, 8.0], "of a part, the largest come first"
    roads = [("Đường 2 Tháng 9", 3.0), ("Đường 30 Tháng 4", 2.0), ("Phố Bạch Đằng", 1.0)]
    assert [mark.value for mark in drawn_of(plan, roads).marks] == [3.0, 2.0, 1.0]


def test_rows_of_totals_are_told_and_not_drawn() -> None:
    found = drawn_of(Plan(WARD, PEOPLE, "sum"), [("Toàn thành phố", 10.0), ("A", 6.0), ("B", 4.0)])
    assert [mark.label for mark in found.marks] == ["A", "B"]
    assert (
        drawn(found).summary
        == "Cao nhất: A (6 người); thấp nhất: B (4 người). Không vẽ dòng tổng: Toàn thành phố."
    )


@pytest.mark.parametrize(
    ("name", "examples", "is_unit"),
    [
        ("ĐVT", ("ha", "tạ/ha"), True),
        ("Đơn vị tính", ("Người", "Tỷ đồng"), True),
        ("Đơn vị", ("Ha", "Tấn", "Triệu đồng"), True),
        ("Đơn vị", ("Sở Y tế", "Sở Xây dựng"), False),
        ("Phường", ("ha",), False),
    ],
)
def test_a_column_of_units_is_known(name: str, examples: tuple[str, ...], is_unit: bool) -> None:
    found = column(name, T.TEXT, len(examples) + 1, examples=examples)
    assert (unit_column([WARD, found]) is found) == is_unit


def test_no_share_is_told_of_temperatures() -> None:
    plan = Plan(YEAR, column("Nhiệt độ", T.DECIMAL, unit="°C"), "avg")
    said = drawn(drawn_of(plan, [(2015, 20.0), (2016, 22.0)])).summary
    assert said == "Từ năm 2015 đến năm 2016, số liệu tăng từ 20 °C lên 22 °C."
