"""Searches and clicks are counted as they pass the front door, and leave no trace in pages or browsers."""

from __future__ import annotations

import pytest

from portal.http.search_log import search_log
from portal.statistics.query_log import QueryReport
from tests.sites import Site, open_site

BASE = "http://127.0.0.1:8123"
PERSON = {"User-Agent": "Mozilla/5.0"}


def counted(site: Site) -> dict[str, QueryReport]:
    log = search_log(site.app)
    log.counter.flush()
    today = site.portal.clock().date().replace(year=2020)
    return {each.query: each for each in log.log.report("searches", since=today, limit=100, at_least=1)}


def visit(site: Site, path: str, **headers: str) -> int:
    return site.client.get(path, headers={**PERSON, **headers}, base_url=BASE).status_code


def test_made_kept_and_unmodified_answers_are_all_searches(own_site: Site) -> None:
    answer = own_site.client.get("/du-lieu?q=zzzz", headers=PERSON)
    assert visit(own_site, "/du-lieu?q=zzzz") == 200
    assert visit(own_site, "/du-lieu?q=zzzz", **{"If-None-Match": answer.headers["ETag"]}) == 304
    found = counted(own_site)["zzzz"].counts
    assert (found.searches, found.zero_results, found.clicks) == (3, 3, 0)


def test_a_repaired_query_is_told_from_one_taken_as_typed(own_site: Site) -> None:
    visit(own_site, "/du-lieu?q=khong+khis")
    visit(own_site, "/du-lieu?q=khong+khi")
    found = counted(own_site)
    assert (found["khong khis"].counts.repaired, found["khong khi"].counts.repaired) == (1, 0)


def test_an_opened_result_is_a_click_with_its_place(own_site: Site) -> None:
    visit(own_site, "/du-lieu?q=khong+khi")
    for _ in range(2):
        visit(own_site, "/du-lieu/chat-luong-khong-khi", Referer=f"{BASE}/du-lieu?q=khong+khi")
    found = counted(own_site)["khong khi"]
    assert (found.counts.searches, found.counts.clicks, found.mean_rank) == (1, 2, 1.0)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/du-lieu?q=khong+khi&page=2", {}),
        ("/du-lieu?theme=moi-truong", {}),
        ("/du-lieu?q=", {}),
        ("/du-lieu?q=0905123456", {}),
        ("/du-lieu?q=khong+khi", {"User-Agent": "Googlebot/2.1"}),
        ("/du-lieu?q=khong+khi", {"Sec-Purpose": "prefetch"}),
        ("/du-lieu?q=khong+khi&sort=nothing", {}),
        ("/api/v1/datasets?q=khong+khi", {}),
        ("/du-lieu/chat-luong-khong-khi", {"Referer": "https://elsewhere.example/du-lieu?q=khong+khi"}),
        ("/du-lieu/chat-luong-khong-khi", {"Referer": f"{BASE}/du-lieu?q=ngan+sach"}),
        ("/du-lieu/chat-luong-khong-khi", {"Referer": f"{BASE}/du-lieu?q=khong+khi&sort=nothing"}),
        ("/du-lieu/chat-luong-khong-khi", {"Referer": "http://[bad/du-lieu?q=khong+khi"}),
        ("/du-lieu/khong-co", {"Referer": f"{BASE}/du-lieu?q=khong+khi"}),
    ],
)
def test_what_is_neither_is_not_counted(own_site: Site, path: str, headers: dict[str, str]) -> None:
    visit(own_site, path, **headers)
    assert counted(own_site) == {}


def test_nothing_is_set_in_browsers_and_addresses_stay_clean(own_site: Site) -> None:
    answer = own_site.client.get("/du-lieu?q=khong+khi", headers=PERSON)
    assert "Set-Cookie" not in answer.headers
    assert b'href="/du-lieu/chat-luong-khong-khi"' in answer.data


def test_a_log_of_no_days_counts_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = open_site(tmp_path_factory.mktemp("quiet"), query_log_days=0)
    visit(site, "/du-lieu?q=khong+khi")
    assert counted(site) == {}
    assert not site.portal.settings.statistics_file.exists()
    site.portal.close()
