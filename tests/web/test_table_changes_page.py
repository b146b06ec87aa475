"""The page of what changed between two versions of a table: all of it said in words, without scripts."""

from __future__ import annotations

from uuid import UUID

import pytest

from portal import links
from portal.catalog.models import State
from portal.tables.rows import RowLimits, taken_slot
from tests.sites import Site
from tests.table_files import WARDS, add_table_file, read_tables
from tests.web.reading import HTML, Page, read, words

SECOND = (
    WARDS.replace("131427", "131500").replace("An Khê,94520,6.14,04/07/2025\n", "")
    + "Sơn Trà,112000,8.25,\n"
    + "".join(f"Xã {n},{n},1.5,\n" for n in range(1, 8))
).replace("Ngày đo", "Đo ngày")
WIDE = "Mã;" + ";".join(f"Cột {n}" for n in range(1, 13)) + "\n"


@pytest.fixture(scope="module")
def wards(site: Site) -> UUID:
    uuid = add_table_file(site.portal, "Dân số theo phường", WARDS, WARDS, SECOND)
    read_tables(site.portal)
    return uuid


def entries(page: Page) -> list[str]:
    return [words(each) for each in page.all("li") if "change" in (each.get("class") or "").split()]


def test_the_summary_the_columns_and_the_rows(site: Site, wards: UUID) -> None:
    page = read(site.client, links.table_changes(wards, "vi"))
    assert page.status == 200
    assert "Thêm 8 dòng, bỏ 1 dòng, sửa 1 ô trong 1 dòng, đổi tên 1 cột." in page.words
    assert "“Phường”" in page.words
    column, changed, *rest = entries(page)
    assert column == "≠ Sửa Đo ngày Tên trước: Ngày đo → nay: Đo ngày"
    assert changed == "≠ Sửa Phường: Hải Châu dòng 1 Dân số trước: 131.427 → nay: 131.500"
    assert rest[0] == "+ Thêm Phường: Sơn Trà dòng 5 Dân số 112.000 Diện tích (km2) 8,25"
    assert rest[-1] == "− Bỏ Phường: An Khê dòng 4 Dân số 94.520 Diện tích (km2) 6,14 Ngày đo 04/07/2025"
    assert [words(each) for each in page.all("del")] == ["trước: Ngày đo", "trước: 131.427"]


def test_the_english_page(site: Site, wards: UUID) -> None:
    page = read(site.client, links.table_changes(wards, "en"))
    assert "8 rows added, 1 row removed, 1 cell in 1 row changed, 1 column renamed." in page.words
    assert "≠ Changed Phường: Hải Châu row 1 Dân số before: 131,427 → now: 131,500" in entries(page)


def test_versions_are_chosen_in_a_form_and_leave_their_mark_in_the_address(site: Site, wards: UUID) -> None:
    page = read(site.client, links.table_changes(wards, "vi", **{"from": 1, "to": 2}))
    assert "Hai phiên bản có nội dung như nhau." in page.words
    selects = {each.get("name"): each for each in page.all("select")}
    assert [each.get("value") for each in selects["from"].iter("option")] == ["3", "2", "1"]
    chosen = {
        name: next(each.get("value") for each in select.iter("option") if "selected" in each.attrib)
        for name, select in selects.items()
    }
    assert chosen == {"from": "1", "to": "2"}
    twin = (
        page.one("link", rel="alternate", hreflang="en").get("href")
        if page.all("link", hreflang="en")
        else ""
    )
    assert twin == "", "a pair of versions is not for other search engines"
    assert page.one("meta", name="robots").get("content") == "noindex"
    english = next(each for each in page.all("a") if each.get("hreflang") == "en")
    assert (english.get("href") or "").endswith("changes?from=1&to=2")


def test_rows_of_one_kind_and_page_by_page(site: Site, wards: UUID) -> None:
    page = read(site.client, links.table_changes(wards, "vi", change="added", limit=3))
    assert all(each.startswith("+ Thêm") for each in entries(page)[1:])
    seen = entries(page)[1:]
    while nexts := page.all("a", rel="next"):
        page = read(site.client, nexts[0].get("href") or "")
        seen += entries(page)[1:]
    assert len(seen) == len(set(seen)) == 8
    assert "Từ đầu" in page.words


def test_many_cells_are_folded_away(site: Site) -> None:
    row = "A1;" + ";".join(f"x{n}" for n in range(1, 13)) + "\n"
    uuid = add_table_file(site.portal, "Bảng rộng", WIDE + row, WIDE + row + row.replace("A1", "A2"))
    read_tables(site.portal)
    page = read(site.client, links.table_changes(uuid, "vi"))
    (details,) = list(page.one("article").iter("details"))
    assert words(details).startswith("Còn 4 ô Cột 9 x9")


def test_the_dataset_page_leads_there(site: Site, wards: UUID) -> None:
    page = read(site.client, links.dataset_page("dan-so-theo-phuong", "vi"))
    (link,) = [each for each in page.all("a") if each.get("href") == links.table_changes(wards, "vi")]
    assert words(link) == "Xem thay đổi so với phiên bản trước"
    single = add_table_file(site.portal, "Chỉ một phiên bản", WARDS)
    broken = add_table_file(site.portal, "Bản trước không có bảng", "%PDF-1.4\n", WARDS)
    read_tables(site.portal)
    for uuid, slug in ((single, "chi-mot-phien-ban"), (broken, "ban-truoc-khong-co-bang")):
        assert "thay-doi" not in read(site.client, links.dataset_page(slug, "vi")).text
        assert read(site.client, links.table_changes(uuid, "vi")).status == 404


def test_hidden_withdrawn_and_misspelt(site: Site, wards: UUID) -> None:
    draft = add_table_file(site.portal, "Bảng nháp", WARDS, SECOND, state=State.DRAFT)
    gone = add_table_file(site.portal, "Bảng đã rút", WARDS, SECOND, state=State.WITHDRAWN)
    read_tables(site.portal)
    for uuid, status in ((draft, 404), (UUID(int=5), 404), (gone, 410)):
        page = read(site.client, links.table_changes(uuid, "vi"))
        assert page.status == status
        assert "Hải Châu" not in page.words
    for query in ({"limit": "x"}, {"from": "x"}, {"change": "moved"}, {"key": "khong_co"}):
        assert read(site.client, links.table_changes(wards, "vi", **query)).status == 422
    assert site.client.get("/bang/x/thay-doi", headers=HTML).status_code == 404


def test_a_busy_machine_answers_with_an_apology_that_nobody_keeps(site: Site, wards: UUID) -> None:
    slots, limits = site.portal.settings.row_slots_folder, RowLimits(slots=2)
    path = links.table_changes(wards, "vi", limit=7)
    with taken_slot(slots, limits), taken_slot(slots, limits):
        answer = site.client.get(path, headers=HTML)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")
    assert int(answer.headers["Retry-After"]) > 0
    assert read(site.client, path).status == 200


def test_what_a_file_says_stays_text(site: Site) -> None:
    evil = "Mã;<b>Tên</b>\nA;<script>alert(1)</script>\nB;x\n"
    uuid = add_table_file(site.portal, "Chữ lạ", evil, evil.replace("alert(1)", "alert(2)"))
    read_tables(site.portal)
    page = read(site.client, links.table_changes(uuid, "vi"))
    assert "trước: <script>alert(1)</script> → nay: <script>alert(2)</script>" in page.words
    assert not list(page.one("main").iter("script"))
