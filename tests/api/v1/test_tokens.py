"""T67: tokens over HTTP: shown once, narrowed, ending, revoked with effect at the next request, never leaked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from portal.accounts.tokens import LONGEST_LIFE, MOST_WORKING
from portal.clock import system_clock
from tests.people import Staffed

TOKENS = "/api/v1/tokens"


def make(staffed: Staffed, who: str = "publisher", **body: Any) -> Any:
    return staffed.call("POST", TOKENS, who, json={"name": "robot", "scopes": ["read"], **body})


def me(staffed: Staffed, text: str) -> Any:
    return staffed.site.client.get("/api/v1/me", headers={"Authorization": f"Bearer {text}"})


def test_a_new_token_is_shown_once_and_speaks_for_its_person(staffed: Staffed) -> None:
    made = make(staffed, scopes=["write"])
    assert made.status_code == 201
    text, path = made.json["token"], made.headers["Location"]
    assert text.startswith("dnp_") and len(text) == 68 and text.startswith(made.json["prefix"])
    shown = staffed.call("GET", path, "publisher")
    assert "token" not in shown.json and text not in shown.text
    assert text not in staffed.call("GET", TOKENS, "publisher").text
    document = me(staffed, text).json
    assert document["person"]["email"] == "publisher@example.vn"
    assert document["scopes"] == ["read", "write"]
    assert [each["role"] for each in document["person"]["memberships"]] == ["publisher"]


def test_a_revoked_token_does_not_work_at_the_next_request(staffed: Staffed) -> None:
    made = make(staffed)
    text, path = made.json["token"], made.headers["Location"]
    assert me(staffed, text).status_code == 200
    assert staffed.call("DELETE", path, "publisher").status_code == 428
    assert staffed.call("DELETE", path, "publisher", match='"7-x"').json["current_version"] == 1
    assert staffed.call("DELETE", path, "publisher", match=made.headers["ETag"]).status_code == 204
    assert (me(staffed, text).status_code, me(staffed, text).json["code"]) == (401, "token-invalid")
    assert not staffed.call("GET", path, "publisher").json["works"]


def test_any_token_may_revoke_itself(staffed: Staffed) -> None:
    made = make(staffed)
    headers = {"Authorization": f"Bearer {made.json['token']}", "If-Match": "*"}
    assert staffed.site.client.delete(made.headers["Location"], headers=headers).status_code == 204
    assert me(staffed, made.json["token"]).status_code == 401


def test_a_token_ends_when_its_time_is_over(own_staffed: Staffed) -> None:
    soon = system_clock() + timedelta(seconds=1)
    text = make(own_staffed, expires_at=soon.isoformat()).json["token"]
    assert me(own_staffed, text).status_code == 200
    with own_staffed.site.portal.database.write() as session:
        session.connection().exec_driver_sql(
            "UPDATE token SET created_at = '2020-01-01 00:00:00', expires_at = '2020-02-01 00:00:00' "
            f"WHERE prefix = '{text[:12]}'"
        )
    assert (me(own_staffed, text).status_code, me(own_staffed, text).json["code"]) == (401, "token-expired")


@pytest.mark.parametrize("life", [-timedelta(days=1), LONGEST_LIFE + timedelta(days=1)])
def test_a_token_lives_at_most_a_year(staffed: Staffed, life: timedelta) -> None:
    answer = make(staffed, expires_at=(system_clock() + life).isoformat())
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["expires_at"])


def test_nobody_hands_on_more_than_they_hold(staffed: Staffed) -> None:
    narrow = make(staffed, scopes=["write"]).json["token"]
    answer = staffed.site.client.post(
        TOKENS,
        json={"name": "wide", "scopes": ["publish"]},
        headers={"Authorization": f"Bearer {narrow}"},
    )
    assert (answer.status_code, answer.json["code"]) == (403, "scopes-too-wide")
    assert make(staffed, scopes=["admin"]).json["code"] == "scopes-too-wide"
    reading = make(staffed, "reading administrator", scopes=["read"])
    assert (reading.status_code, reading.json["code"]) == (403, "scope-missing")


def test_somebody_elses_token_is_answered_as_an_unknown_one(staffed: Staffed) -> None:
    mine = make(staffed).headers["Location"]
    unknown = f"{TOKENS}/0b7c4c0e-0000-4000-8000-000000000000"
    for method in ("GET", "DELETE"):
        for match in ({}, {"match": "*"}, {"match": '"1-x"'}):
            answers = [staffed.call(method, path, "stranger", **match) for path in (mine, unknown)]
            assert [each.status_code for each in answers] == [404, 404]
            bodies = [{**each.json, "request_id": ""} for each in answers]
            assert bodies[0] == bodies[1]
    others = staffed.call("GET", f"{TOKENS}?person_id={staffed.ids['publisher']}", "stranger")
    nobody = staffed.call("GET", f"{TOKENS}?person_id=0b7c4c0e-0000-4000-8000-000000000000", "stranger")
    assert others.status_code == nobody.status_code == 404
    assert {**others.json, "request_id": ""} == {**nobody.json, "request_id": ""}


def test_administrators_make_list_and_revoke_tokens_of_others(staffed: Staffed) -> None:
    person = staffed.ids["contributor"]
    made = make(staffed, "administrator", person_id=person, scopes=["write"])
    assert (made.status_code, made.json["person_id"]) == (201, person)
    listed = staffed.call("GET", f"{TOKENS}?person_id={person}", "administrator").json["items"]
    assert made.json["id"] in {each["id"] for each in listed}
    revoked = staffed.call("DELETE", made.headers["Location"], "administrator", match=made.headers["ETag"])
    assert revoked.status_code == 204
    assert make(staffed, "publisher", person_id=person).status_code == 404


def test_t59_nobody_piles_up_tokens(own_staffed: Staffed) -> None:
    statuses = [make(own_staffed, "contributor").status_code for _ in range(MOST_WORKING)]
    assert statuses == [201] * (MOST_WORKING - 1) + [409]


def test_the_last_use_is_noted_at_most_every_minute(own_staffed: Staffed) -> None:
    made = make(own_staffed)
    path = made.headers["Location"]
    assert own_staffed.call("GET", path, "publisher").json["last_used_at"] is None
    me(own_staffed, made.json["token"])
    first = own_staffed.call("GET", path, "publisher").json["last_used_at"]
    assert first is not None
    engine = own_staffed.site.portal.database.engine
    written: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *seen: written.append(seen[2]))
    me(own_staffed, made.json["token"])
    assert not [each for each in written if each.startswith(("UPDATE", "INSERT"))]


@pytest.mark.sqlite
def test_t67_t81_the_text_of_a_token_is_nowhere_but_in_its_answer(
    own_staffed: Staffed, capfd: pytest.CaptureFixture[str]
) -> None:
    text = make(own_staffed, name="planted").json["token"]
    me(own_staffed, text)
    client = own_staffed.site.client
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {text}x"})
    client.post("/api/v1/people", json={"email": text}, headers={"Authorization": f"Bearer {text}"})
    client.get(f"/api/v1/datasets?q={text}", headers={"Authorization": f"Basic {text}"})
    client.get(f"/api/v1/tokens/{text}", headers={"Authorization": f"Bearer {text}"})
    secret = text[12:]
    logged = capfd.readouterr()
    assert "/api/v1/me" in logged.out + logged.err
    assert secret not in logged.out.replace(f"/tokens/{text}", "") + logged.err
    trail = own_staffed.call("GET", "/api/v1/audit?limit=1000", "administrator")
    assert "planted" in trail.text and secret not in trail.text
    assert secret.encode() not in _bytes_of(own_staffed.site.portal.settings.var)


def _bytes_of(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.glob("catalogue.sqlite*") if each.is_file())
