"""Workbooks of Excel 97 to 2003: what is in the file is BIFF8, not XLSX under an old name."""

from __future__ import annotations

import datetime

import pytest

from portal.tables.values import FileReport
from tests.tables.biff import workbook
from tests.tables.conftest import Read, cells, named

DAYS = [datetime.date(2009, 3, 1), datetime.date(2010, 12, 31)]
BOOK = workbook(
    {
        "Dân số": [
            ["DÂN SỐ THÀNH PHỐ NĂM 2009", None, None, None, None],
            ["Quận", "Phường", "Số hộ", "Tỉ lệ (%)", "Ngày"],
            ["Hải Châu", "Thạch Thang", 4120, 12.5, DAYS[0]],
            [None, "Hòa Cường", 3987, 0.25, DAYS[1]],
        ],
        "Trống": [],
        "Có, không": [["Mã", "Đã nộp"], ["007", True], ["012", False]],
    },
    {"Dân số": [(2, 3, 0, 0)]},
)
OLD_FONT = workbook({"Sheet1": [["Tªn", "Sè"], ["§µ N½ng", 1], ["H¶i Ch©u", 2], ["Thanh Khª", 3]]})


@pytest.fixture(scope="module")
def reports(read_all: Read) -> dict[str, FileReport]:
    return read_all({"book.xls": BOOK, "no-name": BOOK, "font.xls": OLD_FONT, "cut.xls": BOOK[:1500]})


@pytest.mark.parametrize("name", ["book.xls", "no-name"])
def test_sheets_types_and_merged_cells(name: str, reports: dict[str, FileReport]) -> None:
    report = reports[name]
    assert (report.format, report.refusal) == ("XLS", None)
    people, paid = report.tables
    assert [(table.name, table.rows) for table in report.tables] == [("Dân số", 2), ("Có, không", 2)]
    assert people.captions == ("DÂN SỐ THÀNH PHỐ NĂM 2009",)
    assert [column.type.value for column in people.columns] == ["text", "text", "integer", "decimal", "date"]
    assert cells(people, "Quận") == ["Hải Châu", "Hải Châu"]
    assert (cells(people, "Số hộ"), cells(people, "Tỉ lệ (%)")) == ([4120, 3987], [12.5, 0.25])
    assert cells(people, "Ngày") == DAYS
    assert (named(paid, "Mã").type, cells(paid, "Mã")) == ("identifier", ["007", "012"])
    assert cells(paid, "Đã nộp") == [True, False]


def test_an_old_font_in_an_old_workbook(reports: dict[str, FileReport]) -> None:
    (table,) = reports["font.xls"].tables
    assert cells(table, "Tên") == ["Đà Nẵng", "Hải Châu", "Thanh Khê"]
    assert [note.code for note in reports["font.xls"].notes] == ["old-font"]


def test_a_workbook_that_was_cut_is_refused(reports: dict[str, FileReport]) -> None:
    refusal = reports["cut.xls"].refusal
    assert refusal is not None and refusal.code == "damaged"
