"""Where tables are in a sheet: captions, stacked and merged headers, totals, notes, several tables."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest
import xlsxwriter

from portal.tables.values import FileReport, Overrides, Table
from tests.tables.conftest import Read, cells, named

PRINTED = """BẢNG GIÁ ĐẤT NĂM 2024;;;
(Đơn vị tính: triệu đồng);;;
STT;Tên đường;Năm 2023;
;;Lúa;Ngô
(1);(2);(3);(4)
1;Lê Lợi;1.234,5;2.345.678
2;Trần Phú;12,5;1.200
STT;Tên đường;Năm 2023 - Lúa;Năm 2023 - Ngô
3;Bạch Đằng;7,5;1.300
;;;
;Tổng cộng;1.254,5;2.348.178
Nguồn: Sở Xây dựng;;;
"""
TEXTS = {
    "printed.csv": PRINTED,
    "duplicates.csv": "Tên,Giá trị,Giá trị,,\nA,1,2,,x\nB,3,4,,y\n",
    "nameless.csv": "1,Hải Châu,25.5\n2,Thanh Khê,30.25\n3,Sơn Trà,11.1\n",
    "years.csv": "Chỉ tiêu,2019,2020\nDân số,1134310,1169500\nSố xã,11,11\n",
    "sep.csv": 'sep=|\ntên|số\n"a|b"|1\nc|2\n',
    "quotes.csv": "tên,số\n'a, b',1\n'c','2'\n'd','3'\n",
    "wide.csv": "a,b\n" + "".join(f"{n},x\n" for n in range(300)) + "300,x,y\n",
}


def workbook() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    first = book.add_worksheet("Dân số")
    first.merge_range("A1:E1", "Dân số thành phố")
    first.write("E2", "ĐVT: nghìn người")
    first.merge_range("A3:A4", "STT")
    first.merge_range("B3:B4", "Quận")
    first.merge_range("C3:D3", "Năm 2023")
    first.merge_range("E3:E4", "Ngày")
    first.write_row("C4", ["Nam", "Nữ"])
    for line, (name, men, women) in enumerate([("Hải Châu", 100.5, 101), ("Sơn Trà", 70, 71)], start=4):
        first.write_row(line, 0, [line - 3, name, men, women])
        first.write_datetime(line, 4, datetime.datetime(2024, 1, line), day)
    first.write_row(6, 0, ["", "Tổng cộng", 170.5, 172])
    first.write_row(8, 0, ["Ghi chú: số liệu sơ bộ"])
    first.write_row(10, 0, ["Phường", "Số hộ"])
    first.write_row(11, 0, ["An Hải", 12])
    first.write_row(13, 0, ["Hòa Cường", 15])
    beside = book.add_worksheet("Cạnh nhau")
    beside.write_row(0, 0, ["Tên", "Số", "", "Tên", "Số"])
    beside.write_row(1, 0, ["a", 1, "", "x", 5])
    beside.write_row(2, 0, ["b", 2, "", "y", 6])
    book.add_worksheet("Trống")
    book.add_chartsheet("Biểu đồ")
    merged = book.add_worksheet("Gộp ô")
    merged.write_row(0, 0, ["Quận", "Phường", "Công thức", "Đúng"])
    merged.merge_range("A2:A3", "Hải Châu")
    merged.write_row(1, 1, ["Thạch Thang"])
    merged.write_string(2, 1, "=HYPERLINK(1)")
    merged.write_formula("C2", "=1+1", None, 2)
    merged.write_formula("C3", "=2+2", None, 4)
    merged.write_boolean("D2", True)
    merged.write_boolean("D3", False)
    book.close()
    return buffer.getvalue()


def open_document(rows: list[list[object]]) -> bytes:
    """The smallest ODS that a reader takes."""

    def cell(value: object) -> str:
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Bảng một">{lines}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        mimetype = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr("mimetype", mimetype, compress_type=zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest '
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            + entry.format("/", mimetype)
            + entry.format("content.xml", "text/xml")
            + "</manifest:manifest>",
        )
    return buffer.getvalue()


@pytest.fixture(scope="module")
def reports(read_all: Read) -> dict[str, FileReport]:
    sheet = open_document([["Tên", "Số"], ["Hòa Vang", 3], ["Cẩm Lệ", 2.5]])
    return read_all({**TEXTS, "book.xls": workbook(), "open.ods": sheet})


def only(report: FileReport) -> Table:
    assert report.refusal is None
    (table,) = report.tables
    return table


def names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def seen(table: Table) -> set[str]:
    return {note.code for note in table.notes}


def test_a_printed_page_is_one_table(reports: dict[str, FileReport]) -> None:
    table = only(reports["printed.csv"])
    assert names(table) == ["STT", "Tên đường", "Năm 2023 - Lúa", "Năm 2023 - Ngô"]
    assert cells(table, "Năm 2023 - Lúa") == [1234.5, 12.5, 7.5, 1254.5]
    assert table.captions == ("BẢNG GIÁ ĐẤT NĂM 2024", "(Đơn vị tính: triệu đồng)", "Nguồn: Sở Xây dựng")
    assert named(table, "Năm 2023 - Ngô").unit == "triệu đồng"
    assert named(table, "STT").unit is None
    assert seen(table) == {"stacked-header", "numbering-row", "repeated-header"}


def test_total_rows_stay_and_do_not_spoil_the_figures(reports: dict[str, FileReport]) -> None:
    table = only(reports["printed.csv"])
    assert (table.rows, table.total_rows) == (4, (4,))
    profile = named(table, "Năm 2023 - Lúa").profile
    assert (profile.most, profile.mean) == ("1234.5", pytest.approx(418.17, abs=0.01))


def test_names_used_twice_and_missing_names_are_told(reports: dict[str, FileReport]) -> None:
    table = only(reports["duplicates.csv"])
    assert names(table) == ["Tên", "Giá trị", "Giá trị (2)", "Cột 5"]
    assert [column.key for column in table.columns] == ["ten", "gia_tri", "gia_tri_2", "cot_5"]
    assert seen(table) == {"duplicate-name", "empty-column", "nameless-column"}


def test_a_table_without_header_loses_no_row(reports: dict[str, FileReport]) -> None:
    table = only(reports["nameless.csv"])
    assert (names(table), table.rows, seen(table)) == (["Cột 1", "Cột 2", "Cột 3"], 3, {"no-header"})


def test_reasons_show_cells_as_people_see_them(reports: dict[str, FileReport]) -> None:
    tables = [table for report in reports.values() for table in report.tables]
    notes = [
        note for table in tables for column in table.columns for note in (*column.decisions, *column.warnings)
    ]
    assert notes
    assert [each for note in notes for each in note.evidence if not each.isprintable()] == []


def test_years_are_a_header_and_no_data(reports: dict[str, FileReport]) -> None:
    table = only(reports["years.csv"])
    assert (names(table), table.rows) == (["Chỉ tiêu", "2019", "2020"], 2)


@pytest.mark.parametrize(("name", "first"), [("sep.csv", ["a|b", "c"]), ("quotes.csv", ["a, b", "c", "d"])])
def test_dialects(name: str, first: list[str], reports: dict[str, FileReport]) -> None:
    table = only(reports[name])
    assert (names(table), cells(table, "tên")) == (["tên", "số"], first)


def test_a_line_that_is_too_long_is_counted_and_loses_nothing(reports: dict[str, FileReport]) -> None:
    table = only(reports["wide.csv"])
    assert cells(table, "b")[-1] == "x | y"
    assert [(note.code, note.evidence) for note in table.notes] == [("long-row", ("302",))]


def test_every_table_of_every_sheet_is_a_table(reports: dict[str, FileReport]) -> None:
    report = reports["book.xls"]
    assert (report.format, report.refusal) == ("XLSX", None)
    assert [(table.name, table.rows, names(table)) for table in report.tables] == [
        ("Dân số", 3, ["STT", "Quận", "Năm 2023 - Nam", "Năm 2023 - Nữ", "Ngày"]),
        ("Dân số", 2, ["Phường", "Số hộ"]),
        ("Cạnh nhau", 2, ["Tên", "Số"]),
        ("Cạnh nhau", 2, ["Tên", "Số"]),
        ("Gộp ô", 2, ["Quận", "Phường", "Công thức", "Đúng"]),
    ]
    people, homes, left, right, merged = report.tables
    assert people.captions == ("Dân số thành phố", "ĐVT: nghìn người", "Ghi chú: số liệu sơ bộ")
    assert cells(people, "Ngày") == [datetime.date(2024, 1, 4), datetime.date(2024, 1, 5), None]
    assert cells(homes, "Phường") == ["An Hải", "Hòa Cường"]
    assert (cells(left, "Số"), cells(right, "Số")) == ([1, 2], [5, 6])
    assert cells(merged, "Quận") == ["Hải Châu", "Hải Châu"]
    assert (cells(merged, "Công thức"), cells(merged, "Đúng")) == ([2, 4], [True, False])
    assert cells(merged, "Phường") == ["Thạch Thang", "=HYPERLINK(1)"]


def test_open_document(reports: dict[str, FileReport]) -> None:
    table = only(reports["open.ods"])
    assert (table.name, cells(table, "Số")) == ("Bảng một", [3.0, 2.5])


def test_a_steward_says_where_the_header_is(read_all: Read) -> None:
    text = "x;y\nlinh tinh;1\ntên;số\na;1\nb;2\n"
    report = read_all({"a.csv": text}, {"a.csv": Overrides(header_row=3)})["a.csv"]
    assert (names(only(report)), only(report).rows) == (["tên", "số"], 2)
    none = read_all({"a.csv": "a;1\nb;2\n"}, {"a.csv": Overrides(header_row=0)})["a.csv"]
    assert (names(only(none)), only(none).rows) == (["Cột 1", "Cột 2"], 2)
