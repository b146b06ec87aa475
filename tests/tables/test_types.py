"""Types are judged on all cells of a column: numbers in both writings, periods, codes, places, units."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pytest

from portal.tables.notes import sentence
from portal.tables.values import ColumnOverride, ColumnType, FileReport, Overrides, Table
from tests.tables.conftest import Read, cells, codes, named

# ruff: noqa: E501 - one case, one line.
# name of the column: cells, type, stored values, a decision that must be among the reasons
CASES: dict[str, tuple[Sequence[str], str, Sequence[Any], str]] = {
    "gia thousands": (["162.160", "44.540", "9.660"], "integer", [162160, 44540, 9660], "point-groups-zeros"),
    "gia beside": (["162.160", "38.3", "120.520"], "decimal", [162160, 38.3, 120520], "point-in-two-senses"),
    "dt proved": (["96.736", "1439.6", "16.704"], "decimal", [96.736, 1439.6, 16.704], "decimal-point-proved"),
    "dt vi": (["1.234,5", "1.234", "12,25"], "decimal", [1234.5, 1234, 12.25], "point-groups-proved"),
    "dt en": (["1,234.5", "1,234", "12.25"], "decimal", [1234.5, 1234, 12.25], "comma-groups-proved"),
    "groups": (["1.234.567", "1.234", "2.001"], "integer", [1234567, 1234, 2001], "point-groups-proved"),
    "zero led": (["0.303", "1.817", "0.052"], "decimal", [0.303, 1.817, 0.052], "decimal-point-proved"),
    "ungrouped": (["1537.505", "1137", "992"], "decimal", [1537.505, 1137, 992], "decimal-point-proved"),
    "blanks": (["1 234 567", "12 345", "7"], "integer", [1234567, 12345, 7], "integer"),
    "negative": (["-5", "(12)", "+7"], "integer", [-5, -12, 7], "integer"),
    "share": (["12,5%", "7%", "100 %"], "decimal", [12.5, 7, 100], "decimal-comma-proved"),
    "tỉ lệ (%)": (["105.125", "99.250", "100"], "decimal", [105.125, 99.25, 100], "decimal-point-by-kind"),
    "money": (["1.200.000 đ", "350.000đ", "75.500 VNĐ"], "integer", [1200000, 350000, 75500], "point-groups-proved"),
    "power": (["1.2E+3", "5", "7"], "decimal", [1200, 5, 7], "decimal"),
    "maxi": (["9007199254740993", "1", "2"], "integer", [9007199254740993, 1, 2], "integer"),
    "nothing": (["-", "12", "..."], "integer", [None, 12, None], "missing-marks"),
    "postal": (["0164", "5500", "0001"], "identifier", ["0164", "5500", "0001"], "leading-zero"),
    "mixed codes": (["0164A", "5500", "12"], "text", ["0164A", "5500", "12"], "text"),
    "long digits": (["12345678901234567890", "1", "2"], "identifier", ["12345678901234567890", "1", "2"], "leading-zero"),
    "Mã sông": (["5", "5.1", "5.1.14"], "identifier", ["5", "5.1", "5.1.14"], "code-by-header"),
    "Số điện thoại": (["0905123456", "0236 3821", "1022"], "identifier", ["0905123456", "0236 3821", "1022"], "code-by-header"),
    "ngày": (["01/02/2024", "25-12-2024", "3.4.2023"], "date", ["2024-02-01", "2024-12-25", "2023-04-03"], "day-first"),
    "us day": (["01/13/2024", "12/25/2024", "03/04/2024"], "date", ["2024-01-13", "2024-12-25", "2024-03-04"], "month-first"),
    "iso day": (["2024-01-13", "2024-12-25", "2024-03-04"], "date", ["2024-01-13", "2024-12-25", "2024-03-04"], "date"),
    "words day": (["ngày 2 tháng 9 năm 2025", "10 tháng 1 năm 2024", "ngày 1 tháng 2 năm 2023"], "date", ["2025-09-02", "2024-01-10", "2023-02-01"], "date"),
    "lúc": (["2024-01-13 08:05", "2024-01-13T09:00:01", "2024-01-14 10:00"], "timestamp", ["2024-01-13 08:05:00", "2024-01-13 09:00:01", "2024-01-14 10:00:00"], "timestamp"),
    "kỳ": (["Tháng 1/2024", "T12/2024", "Tháng 2 năm 2023"], "month", ["2024-01", "2024-12", "2023-02"], "month"),
    "bare month": (["Tháng 1", "Tháng 12", "tháng 2"], "month", [1, 12, 2], "month"),
    "quý": (["Quý III/2025", "Q1/2024", "2013Q4"], "quarter", ["2025-Q3", "2024-Q1", "2013-Q4"], "quarter"),
    "Năm": (["2019", "Sơ bộ 2023", "Năm 2021"], "year", [2019, 2023, 2021], "preliminary"),
    "count 2019": (["2019", "2020", "1999"], "integer", [2019, 2020, 1999], "integer"),
    "có không": (["Có", "không", "Có"], "boolean", [True, False, True], "boolean"),
    "kinh độ (dms)": (["108°12'36\"E", "108° 13' 30,0\" Đ", "108º15'"], "longitude", [108.21, 108.225, 108.25], "degrees"),
    "vi_do": (["16.05", "16.06", "15.9"], "latitude", [16.05, 16.06, 15.9], "latitude"),
    "Vĩ độ": (["16.05", "16,060", "15.9"], "latitude", [16.05, 16.06, 15.9], "latitude"),
    "Kinh độ": (["108.123", "108.21", "190.5"], "longitude", [108.123, 108.21, None], "longitude"),
    "tọa độ": (["16.05, 108.2", "16.06,108.21", "(16.07; 108.22)"], "point", ["16.05, 108.2", "16.06,108.21", "(16.07; 108.22)"], "point"),
    "no months": (["45/2024", "99/2023", "1/2022"], "text", ["45/2024", "99/2023", "1/2022"], "text"),
    "four places": (["16.0544", "12.2024", "1.2023"], "decimal", [16.0544, 12.2024, 1.2023], "decimal-point-proved"),
    "words": (["một", "hai", "3"], "text", ["một", "hai", "3"], "text"),
}  # fmt: skip


def csv_of(columns: dict[str, Sequence[str]]) -> str:
    rows = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    return "".join("\t".join(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def reports(read_all: Read) -> dict[str, FileReport]:
    alone = {f"{name}.tsv": csv_of({"tên": ["a", "b", "c"], name: case[0]}) for name, case in CASES.items()}
    return read_all(alone)


@pytest.mark.parametrize("name", CASES)
def test_what_a_column_is(name: str, reports: dict[str, FileReport]) -> None:
    _, kind, values, reason = CASES[name]
    (table,) = reports[f"{name}.tsv"].tables
    column = named(table, name)
    assert (column.type.value, [plain(value) for value in cells(table, column)]) == (kind, list(values))
    assert reason in codes(column)
    for note in (*column.decisions, *column.warnings):
        said = sentence(note)
        assert said.vi and said.en and "{" not in said.vi + said.en


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, datetime.date) else value


def table_of(read_all: Read, text: str, overrides: Overrides | None = None, name: str = "a.csv") -> Table:
    report = read_all({name: text}, {name: overrides or Overrides()})[name]
    assert report.refusal is None
    return report.tables[0]


def test_the_last_of_many_rows_is_judged_too(read_all: Read) -> None:
    rows = "".join(f"x;{number}\n" for number in range(1, 40_001))
    table = table_of(read_all, "tên;số\n" + rows + "x;0164A\n")
    column = named(table, "số")
    assert (column.type, column.profile.misfits, column.profile.misfit_samples) == ("integer", 1, ("0164A",))
    assert column.text_key is not None
    assert cells(table, column)[-1] is None
    assert column.profile.rows == 40_001


def test_cells_that_do_not_fit_are_counted_and_kept(read_all: Read) -> None:
    rows = "".join(f"{number}\n" for number in range(18)) + "500-600\n500 người\n"
    table = table_of(read_all, "sức chứa\n" + rows)
    (column,) = table.columns
    assert (column.type, column.profile.misfits) == ("integer", 2)
    assert column.profile.misfit_samples == ("500-600", "500 người")
    assert (column.profile.least, column.profile.most, column.profile.mean) == ("0", "17", 8.5)
    assert sum(each.count for each in column.profile.bins) == 18
    assert [note.code for note in column.warnings] == ["misfits"]


def test_neighbours_prove_what_a_column_alone_does_not(read_all: Read) -> None:
    table = table_of(read_all, "a;b;c\nx;3,295;294.3\ny;31;77.02\n")
    assert cells(table, "b") == [3295, 31]
    assert "comma-groups-neighbours" in codes(named(table, "b"))
    vietnamese = table_of(read_all, "a;b;c\nx;3,295;1.294,3\ny;31;77,02\n")
    assert cells(vietnamese, "b") == [3.295, 31]


def test_a_steward_overrules_type_marks_and_unit(read_all: Read) -> None:
    overrides = Overrides(
        columns=(
            ColumnOverride("giá", decimal_mark="."),
            ColumnOverride("số", type=ColumnType.TEXT),
            ColumnOverride("dt", unit="ha"),
        )
    )
    table = table_of(read_all, "giá;số;dt\n162.160;1;5\n44.540;2;6\n", overrides)
    assert cells(table, "giá") == [162.16, 44.54]
    assert cells(table, "số") == ["1", "2"]
    assert named(table, "dt").unit == "ha"
    assert "marks-chosen" in codes(named(table, "giá"))
    assert "type-chosen" in codes(named(table, "số"))
    assert "unit-chosen" in codes(named(table, "dt"))


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Năm 2019 (ĐVT:%)", "%"),
        ("Ước tính (ĐVT: Triệu đồng)", "Triệu đồng"),
        ("Dung tích (triệu m3)", "triệu m3"),
        ("Năng suất (tạ/ha)", "tạ/ha"),
        ("Diện tích mặt nước 103 (m2)", "10³ m2"),
        ("So với cùng kỳ (%) - 9 tháng", "%"),
        ("Số trường (công lập)", None),
        ("Dân số", None),
    ],
)
def test_units_come_from_the_header(header: str, unit: str | None, read_all: Read) -> None:
    assert named(table_of(read_all, f"tên;{header}\na;1.5\nb;2.5\n"), header).unit == unit


def test_places_are_made_from_one_cell_and_from_the_survey_grid(read_all: Read) -> None:
    point = table_of(read_all, 'tên,tọa độ\na,"108.2, 16.05"\nb,"108.21, 16.06"\n')
    assert cells(point, "Vĩ độ (WGS84)") == [16.05, 16.06]
    assert point.is_mapped
    grid = table_of(read_all, "tên;X;Y\nĐài khí tượng;1776975.5;548071.2\nb;1773000;552000\n")
    latitude, longitude = cells(grid, "Vĩ độ (WGS84)")[0], cells(grid, "Kinh độ (WGS84)")[0]
    assert (round(latitude, 3), round(longitude, 3)) == (16.066, 108.201)
    assert grid.is_mapped and named(grid, "Vĩ độ (WGS84)").derived


def test_unit_codes_of_the_city_are_told_by_the_list_that_is_passed_in(read_all: Read) -> None:
    text = "ward_code;dân số\n20194;10\n20197;20\n"
    report = read_all({"a.csv": text}, unit_codes=["20194", "20197", "20200"])["a.csv"]
    column = named(report.tables[0], "ward_code")
    assert (column.type, cells(report.tables[0], column)) == ("unit_code", ["20194", "20197"])
