"""The page of a table: its states are addresses, nothing in a cell acts, and what may not be seen is not there."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.text import LANGUAGES
from tests.web.explore.conftest import Tables
from tests.web.reading import HTML, Page, read, words


def page_of(tables: Tables, uuid: object, query: str = "", prefix: str = "/bang") -> Page:
    return read(tables.client, f"{prefix}/{uuid}{'?' if query else ''}{query}")


def cells(page: Page) -> list[list[str]]:
    (table,) = [each for each in page.all("table") if each.get("class") == "rows"][:1] or [None]
    assert table is not None
    body = next(table.iter("tbody"))
    return [[words(cell) for cell in row] for row in body.iter("tr")]


def heads(page: Page) -> list[Element]:
    table = next(each for each in page.all("table") if each.get("class") == "rows")
    return list(next(table.iter("thead")).iter("th"))


def count(page: Page) -> str:
    return words(next(each for each in page.root.iter() if each.get("id") == "count"))


def link(page: Page, *said: str) -> str:
    found = [each for each in page.all("a") if all(part in words(each) for part in said)]
    assert found, said
    return found[0].get("href", "")


def test_rows_are_written_as_the_language_has_them(tables: Tables) -> None:
    page = page_of(tables, tables.wards)
    assert cells(page)[0] == ["Hải Châu", "131.427", "7,58", "01/07/2025"]
    assert cells(page)[4] == ["Hoàng Sa", "–trống", "305", "–trống"]
    assert count(page) == "5 dòng"
    english = page_of(tables, tables.wards, prefix="/en/tables")
    assert cells(english)[0] == ["Hải Châu", "131,427", "7.58", "1 Jul 2025"]
    assert count(english) == "5 rows"


def test_the_page_tells_where_rows_come_from(tables: Tables) -> None:
    page = page_of(tables, tables.wards)
    (origin,) = page.with_class("origin")
    assert "Từ tệp bang.csv (phiên bản 1)" in words(origin)
    assert link(page, "Tệp gốc").startswith(f"/tai-ve/{tables.wards}/v1/")
    assert page.one("link", rel="canonical").get("href", "").endswith(f"/bang/{tables.wards}")


def test_a_click_sorts_upwards_then_downwards_then_not(tables: Tables) -> None:
    seen = []
    address = f"/bang/{tables.wards}"
    for _ in range(3):
        page = read(tables.client, address)
        head = heads(page)[1]
        seen.append((head.get("aria-sort"), cells(page)[0][0]))
        address = next(head.iter("a")).get("href", "").partition("#")[0]
    assert seen == [(None, "Hải Châu"), ("ascending", "An Khê"), ("descending", "Thanh Khê")]
    assert address == f"/bang/{tables.wards}"


def test_the_address_is_the_state(tables: Tables) -> None:
    query = "dan_so__ge=100000&phuong__contains=h&sort=-dan_so&q=kh%C3%AA"
    page = page_of(tables, tables.wards, query)
    assert [row[0] for row in cells(page)] == ["Thanh Khê"]
    assert count(page) == "1 trên 5 dòng"
    inputs = {each.get("name"): each.get("value") for each in page.all("input")}
    assert inputs["dan_so__ge"] == "100000" and inputs["phuong__contains"] == "h" and inputs["q"] == "khê"
    assert inputs["sort"] == "-dan_so", "what the form does not show is carried along"
    removing = [words(each) for each in page.all("a") if "Bỏ bộ lọc" in words(each)]
    assert removing == [
        "Bỏ bộ lọc Tìm kiếm: “khê”",
        "Bỏ bộ lọc Dân số: từ 100.000",
        "Bỏ bộ lọc Phường: có chứa “h”",
    ]
    lifted = read(tables.client, link(page, "Bỏ bộ lọc", "Dân số"))
    assert "dan_so__ge" not in " ".join(
        each.get("href", "") for each in lifted.all("a") if "Bỏ bộ lọc" in words(each)
    )


def test_what_a_form_sends_along_empty_is_left_out_of_the_address(tables: Tables) -> None:
    answer = tables.client.get(
        f"/bang/{tables.wards}?q=&dan_so__ge=&dan_so__le=120000&select=phuong&select=dan_so"
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/bang/{tables.wards}?select=phuong%2Cdan_so&dan_so__le=120000"
    page = read(tables.client, answer.headers["Location"])
    assert [words(each).split(" ")[0] for each in heads(page)] == ["Phường", "Dân"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("dan_so__ge=nhi%E1%BB%81u", "Cần một số, không có dấu chấm phần nghìn, ví dụ 1200."),
        ("ngay_do__ge=1%2F7%2F2025", "Cần ngày dạng năm-tháng-ngày, ví dụ 2025-07-01."),
        ("khong_co=1", "Bảng không có cột “khong_co”."),
        ("sort=khong_co", "Không sắp xếp được theo “khong_co”."),
        ("limit=0", "Từ 1 đến 10000."),
        ("limit=9000", "Trang này hiện nhiều nhất 500 dòng mỗi lần"),
        ("after=xyz", "Mã trang không hợp lệ."),
        ("where=%7B", "JSON không đọc được."),
        ("sort=phuong&sort=dan_so", "Tham số lặp lại."),
    ],
)
def test_what_is_wrong_is_told_and_the_rest_is_shown(tables: Tables, query: str, said: str) -> None:
    page = page_of(tables, tables.wards, f"{query}&phuong__starts=h")
    assert page.status == 200
    assert [row[0] for row in cells(page)][:2] and {row[0] for row in cells(page)} == {
        "Hải Châu",
        "Hòa Cường",
        "Hoàng Sa",
    }
    (alert,) = page.all("div", role="alert")
    assert said in words(alert)
    assert page.one("meta", name="robots").get("content") == "noindex"


def test_a_wrong_value_stays_in_its_field_with_the_sentence_beside_it(tables: Tables) -> None:
    page = page_of(tables, tables.wards, "dan_so__ge=abc")
    (field,) = page.all("input", name="dan_so__ge")
    assert field.get("value") == "abc" and field.get("aria-invalid") == "true"
    (problem,) = [each for each in page.root.iter() if each.get("id") == field.get("aria-describedby")]
    assert words(problem) == "Cần một số, không có dấu chấm phần nghìn, ví dụ 1200."


def test_pages_follow_each_other_and_lead_back(tables: Tables) -> None:
    address, found, turns = f"/bang/{tables.many}", [], 0
    while address:
        page = read(tables.client, address)
        found += [row[0] for row in cells(page)]
        following = [each.get("href", "") for each in page.all("a", rel="next nofollow")]
        address, turns = (following[0].partition("#")[0] if following else ""), turns + 1
    assert found == [f"{number:04d}" for number in range(230)] and turns == 5
    assert link(page, "Về các dòng đầu").partition("#")[0] == f"/bang/{tables.many}"


def test_a_frequent_value_is_a_filter_that_can_be_lifted(tables: Tables) -> None:
    page = page_of(tables, tables.visitors)
    address = link(page, "Quốc tế", "4")
    narrowed = read(tables.client, address)
    assert {row[1] for row in cells(narrowed)} == {"Quốc tế"}
    (again,) = [
        each for each in narrowed.all("a") if each.get("aria-current") == "true" and "Quốc tế" in words(each)
    ]
    assert again.get("href") == f"/bang/{tables.visitors}"


def test_a_condition_is_known_again_in_its_short_spelling(tables: Tables) -> None:
    long = link(page_of(tables, tables.visitors), "Quốc tế", "4")
    assert "__eq=" in long
    narrowed = read(tables.client, long.replace("__eq=", "="))
    chosen = [words(each) for each in narrowed.all("a") if each.get("aria-current") == "true"]
    assert any("Quốc tế" in each for each in chosen)
    other = read(tables.client, link(narrowed, "Nội địa", "4"))
    assert {row[1] for row in cells(other)} == {"Nội địa"}, "it takes the place of the other"


def test_columns_tell_what_they_hold_and_why(tables: Tables) -> None:
    page = page_of(tables, tables.wards)
    (menu,) = page.all("details", id="column-dan_so")
    said = words(menu)
    for each in ("số nguyên", "Nhỏ nhất 94.520", "Lớn nhất 201.240", "Ô trống 1"):
        assert each in said
    assert "Mọi ô đều là số nguyên" in said
    assert [each.get("role") for each in menu.iter("{http://www.w3.org/2000/svg}svg")] == ["img"]


def test_a_chart_has_its_sentence_its_figures_and_its_choices(tables: Tables) -> None:
    page = page_of(tables, tables.visitors, "view=chart")
    assert "số liệu tăng từ 450 nghìn lượt lên 570 nghìn lượt (26,7%)" in page.words
    assert "Không có số liệu cho 1 trên 5 mốc thời gian." in page.words
    assert cells(page)[:3] == [["2015", "450"], ["2016", "480"], ["2017", "–"]]
    assert "Minh họa – không phải số liệu thật" in page.words
    other = page_of(tables, tables.visitors, "view=chart&chart-by=loai_khach&chart-as=count")
    assert "Số dòng theo Loại khách" in other.words
    grouped = read(tables.client, link(page, "Xem toàn bộ các số liệu này dưới dạng bảng"))
    assert cells(grouped)[0] == ["2019", "570", "2"], "and of how many rows"
    assert count(grouped) == "4 nhóm"


def test_a_chart_follows_the_filters(tables: Tables) -> None:
    page = page_of(tables, tables.visitors, "view=chart&loai_khach__eq=Qu%E1%BB%91c+t%E1%BA%BF")
    assert cells(page)[0] == ["2015", "150"]
    assert "Lượt khách (nghìn lượt) theo Năm" in page.words
    assert "Tổng Lượt khách" not in page.words, "each figure is that of one row"
    hidden = {each.get("name"): each.get("value") for each in page.all("input", type="hidden")}
    assert hidden["loai_khach__eq"] == "Quốc tế" and hidden["view"] == "chart"


def test_rows_of_different_units_are_drawn_one_unit_at_a_time(tables: Tables) -> None:
    page = page_of(tables, tables.mixed, "view=chart")
    assert not any(each.get("id") == "chart-title" for each in page.root.iter())
    narrowed = read(tables.client, link(page, "tấn"))
    assert "Năm 2024 (tấn) theo Cây trồng" in narrowed.words, (
        "what tells all rows apart, not an average of groups"
    )
    assert "Cao nhất: Điều (50 tấn); thấp nhất: Ngô (30 tấn)." in narrowed.words


def test_programs_and_downloads_ask_for_exactly_what_is_seen(tables: Tables) -> None:
    page = page_of(tables, tables.wards, "dan_so__ge=100000&sort=-dan_so&limit=2")
    (api,) = [each for each in page.all("details") if each.get("id") == "api"]
    addresses = [part.strip('"') for part in words(api).split() if "/api/v1/tables/" in part]
    rows = urlsplit(addresses[0])
    assert rows.path == f"/api/v1/tables/{tables.wards}/rows"
    assert parse_qsl(rows.query) == [("dan_so__ge", "100000"), ("sort", "-dan_so"), ("limit", "2")]
    takes = {
        words(each): each.get("href", "")
        for each in page.all("a", rel="nofollow")
        if each.get("download") is not None
    }
    assert list(takes) == ["CSV", "CSV cho Excel", "XLSX", "JSON", "JSON lines", "Parquet"]
    export = urlsplit(takes["CSV cho Excel"])
    assert export.path == f"/api/v1/tables/{tables.wards}/export.excel.csv"
    assert parse_qsl(export.query) == [("dan_so__ge", "100000"), ("sort", "-dan_so")], (
        "all of it, not this page"
    )


def test_what_programs_are_told_to_ask_answers_what_is_seen(tables: Tables) -> None:
    page = page_of(tables, tables.wards, "dan_so__ge=100000&sort=-dan_so&select=phuong%2Cdan_so&q=h")
    seen = [row[0] for row in cells(page)]
    rows = tables.client.get(_path(next(each for each in _told(page) if "/rows" in each)))
    assert (
        [row["phuong"] for row in rows.get_json()["rows"]] == seen == ["Thanh Khê", "Hải Châu", "Hòa Cường"]
    )
    exports = {each for each in _told(page) if "/export." in each}
    assert len(exports) == 1
    exported = tables.client.get(_path(exports.pop()))
    lines = exported.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Phường", *seen]
    for each in page.all("a"):
        if "/export." in each.get("href", ""):
            assert tables.client.get(each.get("href", "")).status_code == 200, each.get("href")


def _told(page: Page) -> list[str]:
    """Every address within quotation marks in the drawer for programs."""
    (drawer,) = [each for each in page.all("details") if each.get("id") == "api"]
    return [part for part in words(drawer).split('"') if part.startswith("http")]


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_nothing_in_a_cell_is_markup_or_an_address_that_acts(tables: Tables) -> None:
    for query in ("", "view=chart&chart-by=ten", "ten__contains=script", "q=onerror"):
        for suffix in ("", "/embed"):
            page = page_of(tables, f"{tables.hostile}{suffix}", query)
            assert not page.all("img", src="x")
            assert all("alert" not in words(each) for each in page.all("script"))
            assert not any(name.startswith("on") for each in page.root.iter() for name in each.attrib)
            for each in page.all("a"):
                assert each.get("href", "").startswith(("/", "#", "http", "tel:1022")), each.get("href")
    page = page_of(tables, tables.hostile)
    (outside,) = [each for each in page.all("a") if each.get("href") == "https://danang.gov.vn/?a=1&b=2"]
    assert outside.get("rel") == "noopener noreferrer nofollow ugc"


def test_drafts_and_the_unknown_answer_alike_and_withdrawn_ones_are_gone(tables: Tables) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    for prefix in ("/bang", "/en/tables"):
        for suffix in ("", "/embed", "?view=chart"):
            for each in (tables.draft, unknown, tables.refused, "abc"):
                assert tables.client.get(f"{prefix}/{each}{suffix}", headers=HTML).status_code == 404
            gone = tables.client.get(f"{prefix}/{tables.withdrawn}{suffix}", headers=HTML)
            assert gone.status_code == 410
            assert "Hải Châu" not in gone.get_data(as_text=True)


def test_another_writing_of_an_id_leads_to_the_one_address(tables: Tables) -> None:
    answer = tables.client.get(f"/bang/{str(tables.wards).upper()}?q=a")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/bang/{tables.wards}?q=a")


def test_only_the_bare_page_may_be_framed(tables: Tables) -> None:
    page = tables.client.get(f"/bang/{tables.wards}")
    framed = tables.client.get(f"/bang/{tables.wards}/embed?dan_so__ge=100000")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert framed.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert "default-src 'self'" in framed.headers["Content-Security-Policy"]
    again = tables.client.get(f"/bang/{tables.wards}/embed?dan_so__ge=100000")
    assert again.headers["Content-Security-Policy"] == framed.headers["Content-Security-Policy"], (
        "kept ones too"
    )
    text = framed.get_data(as_text=True)
    assert "<script" not in text and "<form" not in text and "3 trên 5 dòng" in text


def test_answers_are_kept_and_asked_again_by_their_tag(tables: Tables) -> None:
    first = tables.client.get(f"/bang/{tables.wards}?sort=phuong")
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = tables.client.get(
        f"/bang/{tables.wards}?sort=phuong", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304


def test_the_page_of_the_dataset_leads_to_its_tables_and_says_why_there_is_none(tables: Tables) -> None:
    page = read(tables.client, "/du-lieu/dan-so-cac-phuong")
    assert link(page, "Xem bảng", "5 dòng × 4 cột") == f"/bang/{tables.wards}"
    english = read(tables.client, "/en/datasets/dan-so-cac-phuong")
    assert link(english, "See the table", "5 rows × 4 columns") == f"/en/tables/{tables.wards}"
    refused = read(tables.client, "/du-lieu/cong-van")
    assert "Không xem được dưới dạng bảng: Tệp PDF không chứa bảng dữ liệu." in refused.words
    assert "Xem bảng" not in refused.words


def test_an_illustrative_table_says_so_everywhere(tables: Tables) -> None:
    assert "Hồ sơ minh họa" in page_of(tables, tables.visitors).words
    assert "Minh họa: không phải số liệu thật" in page_of(tables, f"{tables.visitors}/embed").words


keys = st.sampled_from(["phuong", "dan_so", "dien_tich_km2", "ngay_do", "khong_co", "_row", ""])
operators = st.sampled_from(
    ["", "__eq", "__ne", "__lt", "__ge", "__in", "__contains", "__starts", "__null", "__between", "__x"]
)
reserved = st.sampled_from(
    [
        "select",
        "where",
        "q",
        "sort",
        "group",
        "measure",
        "limit",
        "after",
        "view",
        "chart-by",
        "chart-of",
        "chart-as",
    ]
)
values = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "phuong", "-dan_so", "1", "1e400", "NaN", "2025-07-01", "true", "chart", "count", "sum:dan_so",
                     "avg", '["dan_so","ge",1]', '{"or":[["phuong","eq","a"]]}', "WzFd", "dan_so,phuong", "a,b",
                     "'; DROP TABLE x;--"]),
)  # fmt: skip
names = st.one_of(reserved, st.tuples(keys, operators).map("".join), st.text(max_size=8))


@settings(max_examples=120)
@given(
    st.lists(st.tuples(names, values), max_size=6),
    st.sampled_from(LANGUAGES),
    st.sampled_from(["", "/embed"]),
)
def test_no_address_breaks_the_page(
    tables: Tables, pairs: list[tuple[str, str]], language: str, suffix: str
) -> None:
    client: FlaskClient = tables.client
    path = f"{'/bang' if language == 'vi' else '/en/tables'}/{tables.wards}{suffix}"
    answer = client.get(path, query_string=pairs, follow_redirects=True)
    assert answer.status_code in (200, 503), (pairs, answer.status_code)
    if answer.status_code == 503:
        assert answer.headers["Retry-After"]
