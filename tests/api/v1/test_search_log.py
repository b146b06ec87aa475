"""The query log over HTTP, for administrators alone."""

from __future__ import annotations

import pytest

from portal.http.search_log import search_log
from portal.statistics.counting import Outcome
from tests.people import Staffed

PATH = "/api/v1/search-log"
ADMIN = "administrator"


def _count(staffed: Staffed) -> None:
    counter = search_log(staffed.site.app).counter
    for _ in range(3):
        counter.searched("bụi mịn", "vi", Outcome(0))
        counter.searched("air", "en", Outcome(4))
    counter.searched("một lần", "vi", Outcome(0))
    counter.flush()


def test_administrators_read_what_is_not_found_and_not_opened(own_staffed: Staffed) -> None:
    _count(own_staffed)
    answer = own_staffed.call("GET", PATH, ADMIN)
    assert answer.headers["Cache-Control"] == "private, no-store"
    (item,) = answer.json["items"]
    assert item == {
        "query": "bụi mịn",
        "query_language": "vi",
        "searches": 3,
        "zero_results": 3,
        "relaxed": 0,
        "repaired": 0,
        "clicks": 0,
        "mean_rank": None,
        "last_day": answer.json["items"][0]["last_day"],
    }
    low = own_staffed.call("GET", f"{PATH}?list=low-clicks", ADMIN).json["items"]
    assert [each["query"] for each in low] == ["air"]


def test_rare_queries_are_shown_only_when_asked_for(own_staffed: Staffed) -> None:
    _count(own_staffed)
    found = own_staffed.call("GET", f"{PATH}?at_least=1&language=vi&days=1", ADMIN).json["items"]
    assert [each["query"] for each in found] == ["bụi mịn", "một lần"]


@pytest.mark.parametrize("query", ["list=all", "days=0", "at_least=x", "language=fr", "limit=1001"])
def test_a_bad_parameter_is_named(staffed: Staffed, query: str) -> None:
    answer = staffed.call("GET", f"{PATH}?{query}", ADMIN)
    assert answer.status_code == 422 and list(answer.json["fields"]) == [query.partition("=")[0]]


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("publisher", 403), ("contributor", 403)])
def test_nobody_else_does(staffed: Staffed, who: str, status: int) -> None:
    assert staffed.call("GET", PATH, who).status_code == status
