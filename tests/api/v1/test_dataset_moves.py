"""The life of a dataset over HTTP, what the public sees of each step, and which steps are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from portal.catalog.services import datasets
from tests.api.v1.test_dataset_writing import DATASETS, FULL, make
from tests.factories import make_index
from tests.people import AGENCY, Staffed


def move(staffed: Staffed, slug: str, name: str, who: str = "publisher", **more: Any) -> Any:
    return staffed.call("POST", f"{DATASETS}/{slug}/{name}", who, **more)


def is_found(staffed: Staffed, slug: str) -> bool:
    make_index(staffed.site.portal)
    answer = staffed.call("GET", "/api/v1/datasets?q=tram+quan+trac+mua").json
    return slug in [each["slug"] for each in answer["items"]]


def test_published_found_withdrawn_gone_restored_back(own_staffed: Staffed) -> None:
    slug = make(own_staffed, **FULL)["slug"]
    path = f"{DATASETS}/{slug}"
    assert (own_staffed.call("GET", path).status_code, is_found(own_staffed, slug)) == (404, False)
    answer = move(own_staffed, slug, "publish")
    assert (answer.status_code, answer.json["state"], answer.json["version"]) == (200, "published", 2)
    assert answer.headers["ETag"] == own_staffed.tag(path, "publisher")
    assert own_staffed.call("GET", path).json["published_at"]
    assert is_found(own_staffed, slug)
    body = {"reason": "Số liệu sai đơn vị.", "replacement": "chat-luong-khong-khi"}
    answer = move(own_staffed, slug, "withdraw", json=body)
    assert (answer.status_code, answer.json["state"]) == (200, "withdrawn")
    gone = own_staffed.call("GET", path)
    assert (gone.status_code, gone.json["withdrawn"]["reason"]) == (410, body["reason"])
    assert gone.json["withdrawn"]["replacement"].startswith("http://127.0.0.1:8123/id/dataset/")
    assert FULL["title"] not in gone.text
    assert not is_found(own_staffed, slug)
    assert move(own_staffed, slug, "restore").json["state"] == "published"
    assert own_staffed.call("GET", path).status_code == 200


def test_a_review_is_asked_for_and_returned(own_staffed: Staffed) -> None:
    slug = make(own_staffed, "contributor")["slug"]
    assert move(own_staffed, slug, "submit", "contributor").json["state"] == "in-review"
    refused = move(own_staffed, slug, "return", "contributor")
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert move(own_staffed, slug, "return").json["state"] == "draft"
    again = move(own_staffed, slug, "return")
    assert (again.status_code, again.json["code"]) == (409, "move-not-possible")


def test_the_clock_publishes_what_was_scheduled(own_staffed: Staffed) -> None:
    slug = make(own_staffed, **FULL)["slug"]
    at = datetime.now(UTC) + timedelta(hours=1)
    answer = move(own_staffed, slug, "schedule", json={"scheduled_at": at.isoformat()})
    assert (answer.status_code, answer.json["state"]) == (200, "scheduled")
    assert datetime.fromisoformat(answer.json["scheduled_at"]) == at.replace(microsecond=0)
    assert own_staffed.call("GET", f"{DATASETS}/{slug}").status_code == 404
    with own_staffed.site.portal.database.write() as session:
        assert datasets.publish_due(session, at + timedelta(minutes=1)) == 1
    assert own_staffed.call("GET", f"{DATASETS}/{slug}").json["scheduled_at"] is None


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "mai", 5, None])
def test_a_time_that_is_none_or_past_is_refused(staffed: Staffed, at: object) -> None:
    slug = make(staffed, **FULL)["slug"]
    answer = move(staffed, slug, "schedule", json={"scheduled_at": at})
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["scheduled_at"])
    assert staffed.call("GET", f"{DATASETS}/{slug}", "publisher").json["state"] == "draft"


def test_a_time_without_a_zone_is_the_citys(own_staffed: Staffed) -> None:
    slug = make(own_staffed, **FULL)["slug"]
    answer = move(own_staffed, slug, "schedule", json={"scheduled_at": "2099-01-01T08:00:00"})
    assert answer.json["scheduled_at"] == "2099-01-01T08:00:00+07:00"


@pytest.mark.parametrize("name", ["publish", "schedule"])
def test_all_that_is_missing_for_the_public_is_named_at_once(staffed: Staffed, name: str) -> None:
    body = {"scheduled_at": "2099-01-01T08:00:00"} if name == "schedule" else None
    slug = make(staffed)["slug"]
    answer = move(staffed, slug, name, json=body) if body else move(staffed, slug, name)
    assert (answer.status_code, answer.json["code"]) == (422, "incomplete")
    assert list(answer.json["fields"]) == ["description", "licence", "themes"]
    bare = make(staffed, "administrator")["slug"]
    answer = move(staffed, bare, name, "administrator", **({"json": body} if body else {}))
    assert list(answer.json["fields"]) == ["description", "agency", "licence", "themes"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": "  "}, "reason"),
        ({"reason": "a", "replacement": "khong-co"}, "replacement"),
        ({"reason": "a", "replacement": "bi-mat-draft"}, "replacement"),
        ({"reason": "a", "replacement": "da-rut"}, "replacement"),
        ({"reason": "a", "replacement": "chat-luong-khong-khi"}, "replacement"),
        ({"reason": "a", "state": "draft"}, "state"),
    ],
)
def test_withdrawing_needs_a_reason_and_a_public_replacement(
    staffed: Staffed, body: dict[str, Any], field: str
) -> None:
    answer = move(staffed, "chat-luong-khong-khi", "withdraw", json=body)
    assert (answer.status_code, list(answer.json["fields"])) == (422, [field])
    assert staffed.call("GET", f"{DATASETS}/chat-luong-khong-khi").status_code == 200


def test_t76_the_second_of_two_approvals_and_an_approval_of_another_version_are_refused(
    own_staffed: Staffed,
) -> None:
    slug = make(own_staffed, **FULL)["slug"]
    read = own_staffed.tag(f"{DATASETS}/{slug}", "publisher")
    own_staffed.call("PATCH", f"{DATASETS}/{slug}", "contributor", json={"title": "Sửa sau"}, match=read)
    stale = move(own_staffed, slug, "publish", match=read)
    assert (stale.status_code, stale.json["current_version"]) == (412, 2)
    assert move(own_staffed, slug, "publish", match='"2-x"').status_code == 200
    twice = move(own_staffed, slug, "publish")
    assert (twice.status_code, twice.json["code"]) == (409, "move-not-possible")


def test_moves_take_no_members(staffed: Staffed) -> None:
    slug = make(staffed)["slug"]
    answer = move(staffed, slug, "submit", json={"state": "published"})
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["state"])
    assert move(staffed, slug, "submit", json={}).status_code == 200


def test_trash_and_restore(own_staffed: Staffed) -> None:
    slug = make(own_staffed, "contributor")["slug"]
    assert move(own_staffed, slug, "trash", "contributor").json["state"] == "trashed"
    frozen = own_staffed.call("PATCH", f"{DATASETS}/{slug}", "publisher", json={"title": "x"}, match="*")
    assert (frozen.status_code, frozen.json["code"]) == (409, "move-not-possible")
    assert move(own_staffed, slug, "restore").json["state"] == "draft"


def test_a_token_that_may_not_publish_says_so(own_staffed: Staffed) -> None:
    slug = make(own_staffed, **FULL)["slug"]
    wanted = {"name": "chỉ ghi", "scopes": ["write"]}
    text = own_staffed.call("POST", "/api/v1/tokens", "publisher", json=wanted).json["token"]
    headers = {"Authorization": f"Bearer {text}"}
    answer = own_staffed.site.client.post(f"{DATASETS}/{slug}/publish", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "scope-missing")
    assert AGENCY in own_staffed.call("GET", f"{DATASETS}/{slug}", "publisher").text


@pytest.mark.sqlite
def test_a_full_database_is_507_reading_goes_on_and_room_helps(own_staffed: Staffed) -> None:
    engine = own_staffed.site.portal.database.engine
    pages = {"most": 1}

    def limit(connection: Any, *_: object) -> None:
        # SQLite never goes below what the file has: from here on it is full.
        connection.execute(f"PRAGMA max_page_count={pages['most']}")

    engine.dispose()
    event.listen(engine, "connect", limit)
    body = {**FULL, "description": "x" * 40_000}
    full = own_staffed.call("POST", DATASETS, "publisher", json=body)
    assert (full.status_code, full.json["code"]) == (507, "storage-full")
    assert own_staffed.call("GET", f"{DATASETS}/chat-luong-khong-khi").status_code == 200
    assert own_staffed.call("GET", "/api/v1/me/datasets?state=draft", "publisher").json["total"] == 0
    pages["most"] = 1_000_000
    engine.dispose()
    assert own_staffed.call("POST", DATASETS, "publisher", json=body).status_code == 201
