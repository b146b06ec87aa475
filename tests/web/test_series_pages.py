"""Pages of series, and the way from a dataset to what came before and after it."""

from __future__ import annotations

from datetime import date

import pytest

from portal import links
from portal.catalog import queries
from portal.catalog.models import State
from tests.factories import make_dataset, make_series
from tests.sites import Site
from tests.web.reading import Page, read, words

TITLE = "Dự toán ngân sách"


def year(number: int) -> dict[str, date]:
    return {"temporal_start": date(number, 1, 1), "temporal_end": date(number, 12, 31)}


@pytest.fixture(scope="module")
def filled(site: Site) -> Site:
    with site.portal.database.write() as session:
        series = make_series(
            session,
            TITLE,
            "Budgets",
            description_vi="Mỗi năm một bộ.",
            agency=queries.agency(session, "so-y-te"),
        )
        empty = make_series(session, "Chưa có gì")
        for number in (2025, 2023, 2024):
            make_dataset(session, f"Ngân sách {number}", series=series, **year(number))
        make_dataset(session, "Ngân sách sửa đổi 2024", series=series, illustrative=True, **year(2024))
        make_dataset(session, "Ngân sách không rõ năm", series=series)
        make_dataset(session, "Ngân sách kín 2022", series=series, state=State.DRAFT, **year(2022))
        make_dataset(session, "Ngân sách rút 2026", series=series, state=State.WITHDRAWN, **year(2026))
        make_dataset(session, "Nháp", series=empty, state=State.DRAFT)
        make_series(session, "<script>alert(1)</script>", slug="la")
    return site


def place(page: Page) -> list[tuple[str, str, str]]:
    """Word, title and address of each step from a dataset."""
    found = [(each.find("span"), each.find("a")) for each in page.with_class("series__step")]
    return [
        (words(word).partition(":")[0], words(link), link.get("href") or "")
        for word, link in found
        if word is not None and link is not None
    ]


def test_its_datasets_stand_in_the_order_of_their_periods(filled: Site) -> None:
    page = read(filled.client, links.series_page("du-toan-ngan-sach", "vi"))
    assert (page.status, words(page.one("h1"))) == (200, TITLE)
    (listed,) = page.with_class("periods")
    assert [words(each) for each in listed] == [
        "2023 Ngân sách 2023",
        "2024 Ngân sách 2024",
        "2024 Ngân sách sửa đổi 2024 Minh họa",
        "2025 Ngân sách 2025",
        "chưa rõ Ngân sách không rõ năm",
    ]
    assert "5 bộ dữ liệu" in page.words and "Mỗi năm một bộ." in page.words and "Sở Y tế" in page.words
    assert "2022" not in page.words and "2026" not in page.words


def test_both_languages_name_one_another(filled: Site) -> None:
    page = read(filled.client, links.series_page("du-toan-ngan-sach", "en"))
    assert words(page.one("h1")) == "Budgets" and page.one("html").get("lang") == "en"
    twins = {each.get("hreflang"): each.get("href") or "" for each in page.all("link", rel="alternate")}
    assert twins["vi"].endswith("/chuoi-du-lieu/du-toan-ngan-sach")
    assert page.all("p", class_="lead")[0].get("lang") == "vi", "there is no English description"


def test_the_list_names_only_what_has_something_to_show(filled: Site) -> None:
    page = read(filled.client, links.page("series", "vi"))
    (listed,) = page.with_class("directory")
    assert [words(each) for each in listed] == [f"{TITLE} 5 bộ dữ liệu"]


def test_an_empty_series_says_so_and_tells_nothing_of_drafts(filled: Site) -> None:
    page = read(filled.client, links.series_page("chua-co-gi", "vi"))
    assert page.status == 200 and page.with_class("empty") and "Nháp" not in page.words
    assert read(filled.client, links.series_page("la", "vi")).words.count("<script>alert(1)</script>") > 0


def test_unknown_ones_are_a_404_and_ids_lead_to_the_address(filled: Site) -> None:
    assert filled.client.get(links.series_page("khong-co", "vi")).status_code == 404
    uuid = filled.client.get("/api/v1/series/du-toan-ngan-sach").json["id"]
    moved = filled.client.get(links.series_page(uuid, "en"))
    assert (moved.status_code, moved.headers["Location"]) == (301, "/en/series/du-toan-ngan-sach")


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("ngan-sach-2023", [("Kỳ sau", "Ngân sách 2024")]),
        ("ngan-sach-2024", [("Kỳ trước", "Ngân sách 2023"), ("Kỳ sau", "Ngân sách 2025")]),
        ("ngan-sach-sua-doi-2024", [("Kỳ trước", "Ngân sách 2023"), ("Kỳ sau", "Ngân sách 2025")]),
        ("ngan-sach-2025", [("Kỳ trước", "Ngân sách sửa đổi 2024")]),
        ("ngan-sach-khong-ro-nam", []),
    ],
)
def test_a_dataset_leads_to_its_series_and_its_neighbours(
    filled: Site, slug: str, expected: list[tuple[str, str]]
) -> None:
    page = read(filled.client, links.dataset_page(slug, "vi"))
    (nav,) = page.with_class("series")
    assert f"Chuỗi dữ liệu: {TITLE} (5 bộ dữ liệu)" in words(nav)
    steps = place(page)
    assert [(word, title) for word, title, _ in steps] == expected
    assert all(filled.client.get(path).status_code == 200 for _, _, path in steps)


def test_a_dataset_of_no_series_says_nothing_of_series(filled: Site) -> None:
    page = read(filled.client, links.dataset_page("chat-luong-khong-khi", "vi"))
    assert not page.with_class("series") and "Chuỗi dữ liệu" not in page.words


def test_the_sitemap_lists_series_that_have_something_to_show(filled: Site) -> None:
    text = filled.client.get("/sitemap/pages.xml").get_data(as_text=True)
    assert "/chuoi-du-lieu/du-toan-ngan-sach<" in text and "/en/series/du-toan-ngan-sach<" in text
    assert "/chuoi-du-lieu/chua-co-gi" not in text and "/chuoi-du-lieu/la<" not in text
