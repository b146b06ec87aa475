"""How often one client may ask, what it is told, and that nobody else is held up by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from portal.app import make_app
from portal.http import limits
from portal.http.buckets import Buckets, Quota
from tests.people import Staffed, staff
from tests.sites import Site

QUOTA = Quota("some", 3, 60)
OUTSIDE = {"REMOTE_ADDR": "203.0.113.7"}


class Watch:
    """A monotonic clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staffed]:
    """A site where three requests of a kind are many."""
    for name in ("READS", "POSTED_READS", "WRITES", "WRONG_TOKENS"):
        monkeypatch.setattr(limits, name, replace(getattr(limits, name), amount=3))
    staffed = staff(tmp_path)
    yield staffed
    staffed.site.portal.close()


def draft(staffed: Staffed, who: str) -> TestResponse:
    return staffed.call("POST", "/api/v1/datasets", who, json={"title": "a"})


def test_a_whole_amount_may_come_at_once_and_flows_back_evenly(tmp_path: Path) -> None:
    watch = Watch()
    buckets = Buckets(tmp_path / "limits", watch)
    assert [buckets.take(QUOTA, "a").left for _ in range(3)] == [2, 1, 0]
    refused = buckets.take(QUOTA, "a")
    assert (refused.may_ask, refused.left, refused.wait_seconds) == (False, 0, 20)
    assert buckets.take(QUOTA, "b").may_ask
    watch.seconds += 19
    assert buckets.look(QUOTA, "a").wait_seconds == 1
    watch.seconds += 1
    assert buckets.look(QUOTA, "a").left == 1
    assert buckets.take(QUOTA, "a").may_ask
    assert not buckets.take(QUOTA, "a").may_ask
    watch.seconds += 1000
    assert buckets.look(QUOTA, "a").left == 3


def test_processes_count_together(tmp_path: Path) -> None:
    watch = Watch()
    one, other = Buckets(tmp_path / "limits", watch), Buckets(tmp_path / "limits", watch)
    for buckets in (one, other, one):
        assert buckets.take(QUOTA, "a").may_ask
    assert not other.take(QUOTA, "a").may_ask


def test_what_was_counted_before_the_machine_was_restarted_does_not_count(tmp_path: Path) -> None:
    watch = Watch()
    watch.seconds = 1e9
    for _ in range(3):
        Buckets(tmp_path / "limits", watch).take(QUOTA, "a")
    watch.seconds = 5
    assert Buckets(tmp_path / "limits", watch).take(QUOTA, "a").left == 2


def test_t59_a_person_who_writes_too_fast_waits_and_nobody_else_does(few: Staffed) -> None:
    answers = [draft(few, "publisher") for _ in range(4)]
    assert [each.status_code for each in answers] == [201, 201, 201, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"writes";q=3;w=60'
    assert answers[0].headers["RateLimit"] == '"writes";r=2;t=20'
    refused = answers[3]
    assert refused.json["code"] == "too-many-requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 20
    assert refused.headers["RateLimit"].startswith('"writes";r=0;')
    assert draft(few, "contributor").status_code == 201
    assert few.call("GET", "/api/v1/me", "publisher").status_code == 200


def test_another_token_does_not_give_a_person_more(few: Staffed) -> None:
    second = few.call("POST", "/api/v1/tokens", "publisher", json={"name": "hai", "scopes": ["write"]})
    text = second.json["token"]
    headers = {"Authorization": f"Bearer {text}"}
    codes = [
        few.site.client.post("/api/v1/datasets", json={"title": "a"}, headers=headers).status_code
        for _ in range(3)
    ]
    assert codes == [201, 201, 429]


def test_readers_are_told_apart_by_their_network(few: Staffed) -> None:
    def search(number: int, address: str) -> int:
        path = f"/api/v1/datasets?q=so+{number}"
        return few.site.client.get(path, environ_overrides={"REMOTE_ADDR": address}).status_code

    assert [search(number, "203.0.113.7") for number in range(4)] == [200, 200, 200, 429]
    assert search(9, "203.0.113.8") == 200
    house = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2::3", "2001:db8:1:2::4"]
    assert [search(10 + number, each) for number, each in enumerate(house)] == [200, 200, 200, 429]
    assert [search(20 + number, "127.0.0.1") for number in range(5)] == [200] * 5


def test_what_is_kept_for_everybody_tells_nothing_of_one_reader(few: Staffed) -> None:
    first = few.site.client.get("/api/v1/places", environ_overrides=OUTSIDE)
    assert "RateLimit" not in first.headers
    # Kept answers cost nothing and are not counted; pages for people never are.
    for _ in range(6):
        assert few.site.client.get("/api/v1/places", environ_overrides=OUTSIDE).status_code == 200
    for number in range(6):
        assert few.site.client.get(f"/du-lieu?q={number}", environ_overrides=OUTSIDE).status_code == 200


def test_who_guesses_tokens_waits(few: Staffed) -> None:
    def guess(token: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"}
        return few.site.client.get("/api/v1/me", headers=headers, environ_overrides=OUTSIDE)

    assert [guess(f"dnp_{number:064d}").status_code for number in range(4)] == [401, 401, 401, 429]
    # Even the right one would not be tried now, from there.
    assert guess(few.tokens["publisher"]).status_code == 429
    assert few.call("GET", "/api/v1/me", "publisher").status_code == 200


def test_limits_can_be_switched_off(few: Staffed) -> None:
    portal = few.site.portal
    free = replace(portal, settings=replace(portal.settings, rate_limits=False))
    site = replace(few, site=Site(free, make_app(free), few.site.catalogue))
    answers = [draft(site, "publisher") for _ in range(6)]
    assert {each.status_code for each in answers} == {201}
    assert "RateLimit" not in answers[0].headers


def test_reading_by_post_is_counted_apart_from_changes(few: Staffed) -> None:
    client = few.site.client
    for _ in range(3):
        assert client.post("/api/action/package_list", environ_base=OUTSIDE).status_code == 200
    refused = client.post("/api/action/package_list", environ_base=OUTSIDE)
    assert (refused.status_code, refused.json["success"]) == (429, False)
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get("/api/3/action/package_list", environ_base=OUTSIDE).status_code == 200
    headers = {"X-CKAN-API-Key": few.tokens["publisher"]}
    for _ in range(3):
        changed = client.post("/api/action/package_create", json={}, headers=headers, environ_base=OUTSIDE)
        assert changed.status_code == 409
    assert client.post("/api/action/package_create", headers=headers, environ_base=OUTSIDE).status_code == 429


def test_guesses_in_the_header_of_ckan_count_like_any_other(few: Staffed) -> None:
    client = few.site.client
    for number in range(3):
        wrong = {"X-CKAN-API-Key": f"dnp_{number:064}"}
        answer = client.get("/api/3/action/package_list", headers=wrong, environ_base=OUTSIDE)
        assert answer.status_code == 403
    right = {"X-CKAN-API-Key": few.tokens["publisher"]}
    assert client.get("/api/3/action/package_list", headers=right, environ_base=OUTSIDE).status_code == 429
