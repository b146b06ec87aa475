"""Workbooks laid out for the printer: letterheads, headings inside the table, numbering lines, signatures."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from portal.tables.values import ColumnType, FileReport
from tests.tables.conftest import Read, cells, codes, named

Sheet = Any


def letterhead(sheet: Sheet) -> None:
    sheet.write("A1", "ỦY BAN NHÂN DÂN")
    sheet.write("E1", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    sheet.write("A2", "THÀNH PHỐ")
    sheet.write("E2", "Độc lập - Tự do - Hạnh phúc")
    sheet.write("C4", "DANH SÁCH CƠ SỞ")
    sheet.write_row("A6", ["TT", "Tên cơ sở", "Địa chỉ", "Số giường", "Ngày cấp phép"])
    sheet.write_row("A7", [1, "Bệnh viện A", "124 Hải Phòng", 1500, "01/02/1998"])
    sheet.write_row("A8", [2, "Bệnh viện B", "122 Hải Phòng", 800, "15/12/2001"])
    sheet.write_row("A9", [3, "Phòng khám C", "276 Điện Biên Phủ", None, "5-6-2010"])


def report(sheet: Sheet) -> None:
    sheet.write("A1", "BIỂU SỐ 01: SẢN LƯỢNG")
    sheet.write("A2", "(Kèm theo Báo cáo số 123/BC ngày 05/01/2025)")
    sheet.write_row("A4", ["STT", "Chỉ tiêu", "ĐVT", 2019, 2020, "Ước 2021"])
    sheet.write_row("A5", ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"])
    sheet.write_row("A6", ["A", "KHAI THÁC", "", None, None, None])
    sheet.write_row("A7", ["1", "Cá biển", "Tấn", 35000, 34000, 33500])
    sheet.write_row("A8", ["2", "Tôm", "Tấn", 1200, 1100, "1.050"])
    sheet.write_row("A9", ["", "Tổng cộng", "Tấn", 36200, 35100, 34550])
    sheet.write("E11", "Đà Nẵng, ngày 05 tháng 01 năm 2025")
    sheet.write("B12", "NGƯỜI LẬP BIỂU")
    sheet.write("E12", "THỦ TRƯỞNG ĐƠN VỊ")
    sheet.write("E15", "Nguyễn Văn A")


def yearbook(sheet: Sheet) -> None:
    sheet.merge_range("A1:D1", "12. Dân số trung bình")
    sheet.write("D2", "Đơn vị tính: Nghìn người")
    sheet.merge_range("A4:A5", "Năm\nYear")
    sheet.merge_range("B4:B5", "Tổng số")
    sheet.merge_range("C4:D4", "Phân theo giới tính")
    sheet.write_row("C5", ["Nam", "Nữ"])
    sheet.merge_range("A6:D6", "Nghìn người")
    for line, year in enumerate((2018, 2019), start=6):
        sheet.write_row(line, 0, [year, 1100.5, 540.1, 560.4])
    sheet.write_row(8, 0, ["Sơ bộ 2020", 1169.5, 580.1, 589.4])
    sheet.merge_range("A10:D10", "Cơ cấu (%)")
    for line, year in enumerate((2018, 2019), start=10):
        sheet.write_row(line, 0, [year, 100, 49.1, 50.9])
    sheet.merge_range("A13:D13", "Ghi chú: Số liệu năm 2020 là số sơ bộ.")


def two_tables(sheet: Sheet) -> None:
    sheet.write_row("A1", ["Phường", "Nam", "Nữ"])
    sheet.write_row("A2", ["Hải Châu", 1, 2])
    sheet.write("A4", "Bảng 2. Số hộ")
    sheet.write_row("A5", ["Phường", "Số hộ", "Năm"])
    sheet.write_row("A6", ["An Hải", 3, 2025])


def workbook(fill: Callable[[Sheet], None]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        fill(book.add_worksheet("Biểu"))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def reports(read_all: Read) -> dict[str, FileReport]:
    sheets = {"letterhead": letterhead, "report": report, "yearbook": yearbook, "two": two_tables}
    return read_all({f"{name}.xlsx": workbook(fill) for name, fill in sheets.items()})


def test_a_letterhead_is_no_table(reports: dict[str, FileReport]) -> None:
    (table,) = reports["letterhead.xlsx"].tables
    assert [column.name for column in table.columns] == [
        "TT", "Tên cơ sở", "Địa chỉ", "Số giường", "Ngày cấp phép",
    ]  # fmt: skip
    assert table.rows == 3 and table.captions[-1] == "DANH SÁCH CƠ SỞ"
    assert named(table, "Ngày cấp phép").type is ColumnType.DATE


def test_titles_above_and_signatures_below_are_captions(reports: dict[str, FileReport]) -> None:
    (table,) = reports["report.xlsx"].tables
    assert [named(table, name).type for name in ("2019", "2020", "Ước 2021")] == [ColumnType.INTEGER] * 3
    assert cells(table, "2019") == [None, 35000, 1200, 36200] and table.total_rows == (4,)
    assert table.captions[:2] == ("BIỂU SỐ 01: SẢN LƯỢNG", "(Kèm theo Báo cáo số 123/BC ngày 05/01/2025)")
    assert table.captions[2:] == (
        "Đà Nẵng, ngày 05 tháng 01 năm 2025", "NGƯỜI LẬP BIỂU THỦ TRƯỞNG ĐƠN VỊ", "Nguyễn Văn A",
    )  # fmt: skip


def test_headings_inside_a_table_become_a_column(reports: dict[str, FileReport]) -> None:
    (table,) = reports["yearbook.xlsx"].tables
    assert cells(table, "Phân nhóm") == ["Nghìn người"] * 3 + ["Cơ cấu (%)"] * 2
    assert cells(table, "Năm Year") == [2018, 2019, 2020, 2018, 2019]
    assert "preliminary" in codes(named(table, "Năm Year"))
    assert named(table, "Tổng số").type is ColumnType.DECIMAL
    assert named(table, "Tổng số").unit is None, "the unit above the table is not that of the shares"
    assert table.captions[-1] == "Ghi chú: Số liệu năm 2020 là số sơ bộ."
    assert {note.code for note in table.notes} == {"stacked-header", "section-rows"}


def test_a_title_between_two_tables_belongs_to_the_second(reports: dict[str, FileReport]) -> None:
    first, second = reports["two.xlsx"].tables
    assert (first.rows, first.captions) == (1, ())
    assert (second.rows, second.captions) == (1, ("Bảng 2. Số hộ",))
