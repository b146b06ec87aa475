"""What holds on every page holds on the pages of tables, in all their states and both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web import test_every_page as every
from tests.web.explore.conftest import Tables
from tests.web.reading import HTML, Page, read

QUERIES = (
    "", "dan_so__ge=100000&q=h&sort=-dan_so", "dan_so__ge=x&khong_co=1", "view=chart",
    "group=phuong&measure=count", "view=map",
)  # fmt: skip
CHECKS = (
    every.test_no_page_has_code_or_styles_of_its_own,
    every.test_nothing_is_fetched_from_elsewhere,
    every.test_headings_begin_with_one_h1_and_skip_no_level,
    every.test_every_field_has_a_label,
    every.test_links_and_buttons_have_words,
    every.test_ids_are_unique_and_references_lead_somewhere,
    every.test_pages_have_landmarks_and_a_way_past_the_header,
)  # fmt: skip


@pytest.fixture(scope="module")
def pages(tables: Tables) -> dict[str, Page]:
    paths = [
        f"{prefix}/{table}?{query}".rstrip("?")
        for prefix in ("/bang", "/en/tables")
        for table in (tables.wards, tables.visitors, tables.hostile, tables.mixed)
        for query in QUERIES
    ]
    return {path: read(tables.client, path) for path in paths}


@pytest.mark.parametrize("check", CHECKS, ids=lambda each: each.__name__)
def test_what_holds_on_every_page(check: Callable[[dict[str, Page]], None], pages: dict[str, Page]) -> None:
    check(pages)


def test_each_state_has_its_twin_in_the_other_language(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert page.one("html").get("lang") == ("en" if path.startswith("/en/") else "vi")
        (other,) = [each for each in page.all("a") if each.get("class") == "language"]
        # What was not understood is left behind.
        kept = path.partition("?")[2].replace("dan_so__ge=x&khong_co=1", "")
        assert set((other.get("href") or "").partition("?")[2].split("&")) <= set(kept.split("&"))


def test_every_link_of_a_table_leads_somewhere(tables: Tables, pages: dict[str, Page]) -> None:
    asked: set[str] = set()
    for path, page in pages.items():
        for each in page.all("a"):
            target = (each.get("href") or "").partition("#")[0].removeprefix("http://127.0.0.1:8123")
            if target.startswith(("/bang", "/en/tables", "/api/v1/tables")) and target not in asked:
                asked.add(target)
                assert tables.client.get(target, headers=HTML).status_code == 200, (path, target)
    assert len(asked) > 200
