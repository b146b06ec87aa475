"""The list of datasets: everything is in its address, and finding nothing is answered with a way on."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from portal.app import make_app
from tests.factories import make_index, make_many, make_portal, make_small_catalogue
from tests.web.reading import Page, read, words


def _titles(page: Page) -> list[str]:
    return [words(card.find("h3")) for card in page.with_class("card")]  # type: ignore[arg-type]


def _query(address: str | None) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address or "").query)


@pytest.mark.parametrize("text", ["không khí", "khong khi", "KHONG KHI", "không khí"])
def test_a_search_finds_with_and_without_diacritics_and_shows_why(client: FlaskClient, text: str) -> None:
    page = read(client, f"/du-lieu?q={text}")
    assert _titles(page)[0] == "Chất lượng không khí tại Đà Nẵng"
    assert "không khí" in [words(each) for each in page.all("mark")]
    assert (
        words(page.one("h2", id="count")) == f"1 bộ dữ liệu cho “{page.one('input', name='q').get('value')}”"
    )


def test_the_count_is_announced(client: FlaskClient) -> None:
    count = read(client, "/en/datasets").one("h2", id="count")
    assert (count.get("aria-live"), words(count)) == ("polite", "3 datasets")


def test_a_card_has_the_facts_that_people_choose_by(client: FlaskClient) -> None:
    card = read(client, "/du-lieu?q=khong+khi").with_class("card")[0]
    for fact in (
        "Sở Y tế",
        "01/03/2026",
        "2024–2025",
        "Phường Hải Châu",
        "CC BY 4.0",
        "csv",
        "bụi mịn theo ngày",
    ):
        assert fact in words(card), fact


def test_filters_carry_counts_and_are_applied_by_the_form(client: FlaskClient) -> None:
    page = read(client, "/du-lieu")
    legends = [words(each) for each in page.all("legend")]
    assert legends[:3] == ["Lĩnh vực", "Cơ quan", "Địa bàn"]
    box = page.one("input", name="theme", value="moi-truong")
    assert (box.get("type"), box.get("form")) == ("checkbox", "search")
    label = next(each for each in page.all("label") if box in list(each))
    assert words(label) == "Môi trường 2"
    narrowed = read(client, "/du-lieu?theme=moi-truong&format=csv")
    assert _titles(narrowed) == ["Chất lượng không khí tại Đà Nẵng"]
    assert narrowed.one("input", name="theme", value="moi-truong").get("checked") is not None


def test_chosen_filters_can_be_removed_one_by_one(client: FlaskClient) -> None:
    page = read(client, "/du-lieu?q=khong&theme=moi-truong&agency=so-y-te")
    tags = {words(each): _query(each.get("href")) for each in page.with_class("chosen__tag")}
    assert tags == {
        "Bỏ bộ lọc Lĩnh vực: Môi trường": {"q": ["khong"], "agency": ["so-y-te"]},
        "Bỏ bộ lọc Cơ quan: Sở Y tế": {"q": ["khong"], "theme": ["moi-truong"]},
    }
    assert _query(page.with_class("chosen__clear")[0].get("href")) == {"q": ["khong"]}
    assert "Bộ lọc (2)" in page.words


def test_sorting_keeps_the_search_and_the_other_language_too(client: FlaskClient) -> None:
    page = read(client, "/du-lieu?q=khong&theme=moi-truong")
    newest = next(each for each in page.all("a") if words(each) == "Mới cập nhật")
    assert _query(newest.get("href")) == {"q": ["khong"], "theme": ["moi-truong"], "sort": ["modified"]}
    english = page.one("a", class_="language").get("href") or ""
    assert english == "/en/datasets?q=khong&theme=moi-truong"
    sorted_ = read(client, "/du-lieu?sort=title")
    assert _titles(sorted_) == sorted(_titles(sorted_))
    assert sorted_.one("input", name="sort").get("value") == "title"


def test_no_match_offers_ways_on(client: FlaskClient) -> None:
    page = read(client, "/du-lieu?q=zzzz")
    assert page.status == 200
    assert "Không tìm thấy kết quả cho “zzzz”" in page.words
    assert "1022" in words(page.with_class("empty-state")[0])
    assert page.with_class("tile")


def test_no_match_offers_the_nearest_theme(client: FlaskClient) -> None:
    """What is asked for is in no record and in the name of a theme only."""
    tiles = read(client, "/du-lieu?q=m%C3%B4i+tr%C6%B0%E1%BB%9Dng+-kh%C3%B4ng+-ng%C3%A2n+-nhi%E1%BB%87t")
    assert [words(each) for each in tiles.all("h3")][:1] == ["Lĩnh vực gần nhất"]
    assert words(tiles.with_class("empty-state")[0].find(".//a")).startswith("Môi trường")  # type: ignore[arg-type]


def test_no_match_offers_other_questions_that_find_something(client: FlaskClient) -> None:
    page = read(client, "/du-lieu?q=%22kh%C3%B4ng+b%E1%BB%A5i%22")
    links = [each.get("href") for each in page.with_class("suggestions")[0].iter("a")]
    assert [_query(each) for each in links] == [{"q": ["không bụi"]}]


def test_the_page_names_its_permanent_address(client: FlaskClient) -> None:
    page = read(client, "/du-lieu?q=khong+khi&theme=moi-truong&utm_source=x")
    link = next(each for each in page.all("a") if words(each) == "Địa chỉ cố định của tìm kiếm này")
    assert link.get("href", "").endswith("/du-lieu?q=khong+khi&theme=moi-truong")
    assert urlsplit(link.get("href")).scheme.startswith("http")


def test_filters_that_leave_nothing_tell_which_one_to_lift(client: FlaskClient) -> None:
    page = read(client, "/du-lieu?q=khong+khi&agency=so-y-te&theme=ngan-sach")
    ways = [(words(each), _query(each.find("a").get("href"))) for each in page.with_class("ways-out")[0]]  # type: ignore[union-attr]
    assert ways == [
        ("bỏ Lĩnh vực “Ngân sách” 1", {"q": ["khong khi"], "agency": ["so-y-te"]}),
        ("bỏ tất cả bộ lọc", {"q": ["khong khi"]}),
    ]


def test_a_page_past_the_end_leads_back(client: FlaskClient) -> None:
    page = read(client, "/du-lieu?q=khong+khi&page=9")
    assert _query(page.with_class("empty-state")[0].find(".//a").get("href")) == {"q": ["khong khi"]}  # type: ignore[union-attr]


def test_a_parameter_that_cannot_be_read_is_told(client: FlaskClient) -> None:
    for query in ("page=0", "sort=best", "page_size=1000"):
        page = read(client, f"/du-lieu?{query}")
        assert page.status == 422
        assert page.with_class("bullets"), query


def test_without_an_index_titles_are_still_found_and_the_page_says_so(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    make_small_catalogue(portal.database)
    client = make_app(portal).test_client()
    page = read(client, "/du-lieu?q=khong+khi")
    assert (page.status, _titles(page)) == (200, ["Chất lượng không khí tại Đà Nẵng"])
    assert "chế độ đơn giản" in words(page.with_class("notice")[0])
    assert client.get("/du-lieu?q=khong+khi").headers["Cache-Control"] == "no-store"


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return _many(tmp_path_factory.mktemp("crowded"), 130)


def _many(folder: Path, number: int) -> FlaskClient:
    portal = make_portal(folder)
    make_many(portal.database, number)
    make_index(portal)
    return make_app(portal).test_client()


def test_pages_are_numbered_and_titled(crowded: FlaskClient) -> None:
    page = read(crowded, "/du-lieu?page=4")
    paging = page.with_class("paging")[0]
    assert "Trang 4/7" in words(paging)
    assert _query(page.one("a", rel="prev").get("href")) == {"page": ["3"]}
    assert _query(page.one("a", rel="next").get("href")) == {"page": ["5"]}
    assert len(page.with_class("card")) == 20
    seen = {title for number in range(1, 8) for title in _titles(read(crowded, f"/du-lieu?page={number}"))}
    assert len(seen) == 130


def test_the_number_of_statements_does_not_grow_with_the_catalogue(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    paths = (
        "/",
        "/du-lieu",
        "/du-lieu?q=so",
        "/linh-vuc/moi-truong",
        "/co-quan/so-y-te",
        "/dia-ban",
        "/co-quan",
    )
    counts = []
    for number in (10, 60):
        portal = make_portal(tmp_path_factory.mktemp(f"of-{number}"))
        make_many(portal.database, number)
        make_index(portal)
        client = make_app(portal).test_client()
        counts.append([_statements(portal.database.engine, client, path) for path in paths])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15


def _statements(engine: object, client: FlaskClient, path: str) -> int:
    from sqlalchemy import event

    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        assert client.get(path, headers={"Accept": "text/html"}).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(seen)
