"""Repeating a request with its Idempotency-Key: the same answer, nothing done twice, in every process."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.accounts.models import Receipt
from portal.app import make_app
from portal.catalog.models import Dataset
from portal.jobs import tasks
from tests.people import Staffed, staff
from tests.sites import Site

DATASETS = "/api/v1/datasets"


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    staffed = staff(tmp_path)
    yield staffed
    staffed.site.portal.close()


def post(staffed: Staffed, body: dict[str, Any], key: str = "k-1", who: str = "publisher") -> TestResponse:
    return staffed.call("POST", DATASETS, who, json=body, headers={"Idempotency-Key": key})


def rows(staffed: Staffed, table: type[Any]) -> int:
    with staffed.site.portal.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def at(staffed: Staffed, ahead: timedelta) -> Staffed:
    portal = staffed.site.portal
    later = replace(portal, clock=lambda: portal.clock() + ahead)
    return replace(staffed, site=Site(later, make_app(later), staffed.site.catalogue))


def test_a_repetition_gets_the_first_answer_and_makes_nothing(staffed: Staffed) -> None:
    before = rows(staffed, Dataset)
    first, second = post(staffed, {"title": "Một"}), post(staffed, {"title": "Một"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    for name in ("ETag", "Location", "Content-Type", "Cache-Control"):
        assert first.headers[name] == second.headers[name]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert rows(staffed, Dataset) == before + 1


def test_the_same_key_with_another_request_is_refused(staffed: Staffed) -> None:
    slug = post(staffed, {"title": "Một"}).json["slug"]
    other = post(staffed, {"title": "Hai"})
    assert (other.status_code, other.json["code"]) == (422, "key-reused")
    elsewhere = staffed.call(
        "POST", f"{DATASETS}/{slug}/submit", "publisher", headers={"Idempotency-Key": "k-1"}
    )
    assert elsewhere.json["code"] == "key-reused"


def test_keys_of_different_people_do_not_meet(staffed: Staffed) -> None:
    first = post(staffed, {"title": "Một"})
    other = post(staffed, {"title": "Một"}, who="contributor")
    assert (other.status_code, other.json["id"] != first.json["id"]) == (201, True)


def test_a_failure_leaves_no_receipt(staffed: Staffed) -> None:
    assert post(staffed, {"title": "Một", "themes": ["khong-co"]}).status_code == 422
    assert rows(staffed, Receipt) == 0
    assert post(staffed, {"title": "Một"}).status_code == 201


def test_an_upload_is_told_by_its_bytes(staffed: Staffed) -> None:
    slug = post(staffed, {"title": "Một"}).json["slug"]

    def upload(content: bytes) -> TestResponse:
        return staffed.call(
            "POST",
            f"{DATASETS}/{slug}/files?name=a.csv",
            "publisher",
            data=content,
            headers={"Idempotency-Key": "f"},
        )

    first, again, other = upload(b"a\n1\n"), upload(b"a\n1\n"), upload(b"a\n2\n")
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.json == first.json
    assert len(staffed.call("GET", f"{DATASETS}/{slug}", "publisher").json["distributions"]) == 1


def test_repetitions_at_the_same_moment_make_one(staffed: Staffed) -> None:
    before = rows(staffed, Dataset)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(staffed, {"title": "Cùng lúc"}), range(8)))
    assert {each.status_code for each in answers} == {201}
    assert len({each.data for each in answers}) == 1
    assert rows(staffed, Dataset) == before + 1


@pytest.mark.parametrize("key", ["", " ", "a b", "ă", "x" * 201, '"'])
def test_what_cannot_be_a_key_is_refused(staffed: Staffed, key: str) -> None:
    before = rows(staffed, Dataset)
    answer = staffed.call(
        "POST", DATASETS, "publisher", json={"title": "Một"},
        environ_overrides={"HTTP_IDEMPOTENCY_KEY": key.encode().decode("latin-1")},
    )  # fmt: skip
    assert (answer.status_code, answer.json["code"]) == (422, "key-invalid")
    assert rows(staffed, Dataset) == before


def test_after_a_day_a_key_is_new_and_its_receipt_goes(staffed: Staffed) -> None:
    first = post(staffed, {"title": "Một"})
    tasks.forget_receipts(at(staffed, timedelta(hours=23)).site.portal)
    assert post(at(staffed, timedelta(hours=23)), {"title": "Một"}).json == first.json
    tomorrow = at(staffed, timedelta(hours=25))
    assert post(tomorrow, {"title": "Một"}).json["id"] != first.json["id"]
    assert rows(staffed, Receipt) == 1
    tasks.forget_receipts(at(staffed, timedelta(hours=50)).site.portal)
    assert rows(staffed, Receipt) == 0
