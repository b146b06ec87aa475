"""Tables of HTML pages, most of them saved as `.xls` by the systems of offices."""

from __future__ import annotations

import pytest

from portal.tables.values import FileReport
from tests.tables.conftest import Read, cells, named

PAGE = """<html><head><meta charset="iso-8859-1"><title>Báo cáo</title></head><body>
<table border="1"><caption>Số hộ theo phường</caption>
<tr><th rowspan="2">Phường</th><th colspan="2">Số hộ</th></tr>
<tr><th>2024</th><th>2025</th></tr>
<tr><td>Hải Châu</td><td>1.234</td><td>2.345,5</td></tr>
<tr><td>Sơn <b>Trà</b>&nbsp;</td><td>5.000</td><td>6</td></tr>
<tr><td rowspan="2">An Hải</td><td>1.000</td><td>7</td></tr>
<tr><td>2.000</td><td>8</td></tr>
</table>
<table><tr><td>trang trí<table><tr><td>A</td><td>B</td></tr><tr><td>1</td><td>2</td></tr></table></td></tr></table>
</body></html>"""
FILES = {
    "bao-cao.xls": PAGE,
    "trang.html": "<html><body><p>Không có bảng.</p></body></html>",
    "rong.html": "<html><body><table><tr><td colspan='99999'>a</td></tr><tr><td>1</td></tr></table></body></html>",
    "lo.html": f"<html><body>{'<table><tr><td>' * 3000}x{'</td></tr></table>' * 3000}</body></html>",
}


@pytest.fixture(scope="module")
def reports(read_all: Read) -> dict[str, FileReport]:
    return read_all(FILES)


def test_a_page_saved_as_a_workbook_is_read_in_its_own_encoding(reports: dict[str, FileReport]) -> None:
    report = reports["bao-cao.xls"]
    assert (report.format, report.encoding, report.refusal) == ("HTML", "utf-8", None)
    table = report.tables[0]
    assert table.name == "Số hộ theo phường"
    assert [each.name for each in table.columns] == ["Phường", "Số hộ - 2024", "Số hộ - 2025"]
    assert cells(table, "Phường") == ["Hải Châu", "Sơn Trà", "An Hải", "An Hải"], "a cell reaches down"
    assert cells(table, "Số hộ - 2024") == [1234, 5000, 1000, 2000]
    assert cells(table, "Số hộ - 2025") == [2345.5, 6, 7, 8]


def test_tables_that_hold_tables_are_layout(reports: dict[str, FileReport]) -> None:
    second = reports["bao-cao.xls"].tables[1]
    assert len(reports["bao-cao.xls"].tables) == 2
    assert cells(second, named(second, "A")) == [1]


def test_pages_without_tables_and_hostile_ones_are_refused_by_name(reports: dict[str, FileReport]) -> None:
    assert reports["trang.html"].refusal and reports["trang.html"].refusal.code == "not-a-table"
    assert reports["rong.html"].refusal is None, "a span is bounded"
    report = reports["lo.html"]
    assert report.tables or report.refusal, "depth costs nothing"
