"""Several people change one record at the same moment through the API: nothing is lost, nobody is told of an accident.

On PostgreSQL when PORTAL_TEST_DATABASE_URL names one, else on SQLite.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.people import AGENCY, Staffed, staff

DATASETS = "/api/v1/datasets"
ONE = f"{DATASETS}/chung"
AT_ONCE = 4
# Identifiers are given by administrators.
WHO = "administrator"


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    staffed = staff(tmp_path)
    body = {"title": "Chung", "identifier": "chung", "agency": AGENCY}
    assert staffed.call("POST", DATASETS, WHO, json=body).status_code == 201
    yield staffed
    staffed.site.portal.close()


def at_once(staffed: Staffed, method: str, path: str, **request: Any) -> list[TestResponse]:
    """The same request from AT_ONCE threads; `{}` in path and JSON values stands for the thread's number."""
    barrier = Barrier(AT_ONCE)

    def send(number: int) -> TestResponse:
        mine = dict(request)
        if "json" in mine:
            mine["json"] = {name: value.format(number) for name, value in mine["json"].items()}
        if "data" in mine:
            mine["data"] = mine["data"].format(number).encode()
        barrier.wait(10)
        return staffed.call(method, path.format(number), WHO, **mine)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, range(AT_ONCE)))


def statuses(answers: list[TestResponse]) -> Counter[int]:
    return Counter(each.status_code for each in answers)


def test_files_that_are_added_at_once_without_a_condition_are_all_taken(staffed: Staffed) -> None:
    answers = at_once(staffed, "POST", f"{ONE}/files?name=bang-{{}}.csv", data="a\n{}\n")
    assert statuses(answers) == {201: AT_ONCE}, [each.text for each in answers]
    record = staffed.call("GET", ONE, WHO).json
    assert {each["id"] for each in record["distributions"]} == {each.json["id"] for each in answers}
    assert record["version"] == 1 + AT_ONCE
    named = {each["file_name"] for each in record["distributions"]}
    assert named == {f"bang-{number}.csv" for number in range(AT_ONCE)}


def test_newer_versions_of_one_file_come_one_after_the_other(staffed: Staffed) -> None:
    made = staffed.call("POST", f"{ONE}/files?name=a.csv", WHO, data=b"a\n0\n").json["id"]
    path = f"/api/v1/distributions/{made}"
    answers = at_once(staffed, "POST", f"{path}/files?name=a.csv", data="a\nso {}\n")
    assert statuses(answers) == {201: AT_ONCE}, [each.text for each in answers]
    versions = staffed.call("GET", ONE, WHO).json["distributions"][0]["file_versions"]
    assert [each["number"] for each in versions] == list(range(1, AT_ONCE + 2))
    assert len({each["sha256"] for each in versions}) == AT_ONCE + 1


def test_of_changes_made_from_one_version_one_is_taken(staffed: Staffed) -> None:
    tag = staffed.tag(ONE, WHO)
    answers = at_once(staffed, "PATCH", ONE, json={"title": "Của {}"}, match=tag)
    assert statuses(answers) == {200: 1, 412: AT_ONCE - 1}
    taken = next(each.json["title"] for each in answers if each.status_code == 200)
    record = staffed.call("GET", ONE, WHO).json
    assert (record["title"], record["version"]) == (taken, 2)
    for each in answers:
        if each.status_code == 412:
            assert (each.json["code"], each.json["current_version"]) == ("version-stale", 2)


def test_a_move_is_made_once(staffed: Staffed) -> None:
    answers = at_once(staffed, "POST", f"{ONE}/submit")
    assert statuses(answers) == {200: 1, 409: AT_ONCE - 1}
    assert staffed.call("GET", ONE, WHO).json["version"] == 2


def test_one_identifier_is_given_to_one(staffed: Staffed) -> None:
    answers = at_once(
        staffed, "POST", DATASETS, json={"title": "Bộ {}", "identifier": "mot-ma", "agency": AGENCY}
    )
    assert statuses(answers) == {201: 1, 409: AT_ONCE - 1}
    assert {each.json["code"] for each in answers if each.status_code == 409} == {"identifier-taken"}


def test_who_waits_too_long_for_another_program_is_asked_to_come_again(
    staffed: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a writer of ours: somebody with a hand on the record, such as a script of the database's keeper."""
    database = staffed.site.portal.database
    staffed.call("GET", "/api/v1/me", WHO)
    monkeypatch.setattr("portal.database.BUSY_TIMEOUT_MS", 200)
    database.engine.dispose()
    with database.engine.connect() as keeper:
        keeper.execute(text("UPDATE dataset SET slug = slug WHERE identifier = 'chung'"))
        answer = staffed.call("PATCH", ONE, WHO, json={"title": "Mới"}, match="*")
        assert (answer.status_code, answer.json["code"]) == (503, "database-unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert set(answer.json["detail_i18n"]) == {"vi", "en"} and "UPDATE" not in answer.text
        keeper.rollback()
    assert staffed.call("PATCH", ONE, WHO, json={"title": "Mới"}, match="*").status_code == 200
    assert staffed.call("GET", ONE, WHO).json["version"] == 2
