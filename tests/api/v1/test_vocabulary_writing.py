"""Agencies and concepts over HTTP, written by administrators: with versions, change rows and an audit trail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.people import AGENCY, OTHER_AGENCY, Staffed

AGENCIES = "/api/v1/agencies"
THEMES = "/api/v1/concepts/theme"
ADMIN = "administrator"


def made_agency(staffed: Staffed, **body: Any) -> Any:
    return staffed.call("POST", AGENCIES, ADMIN, json={"name": "Sở Mới", **body})


def test_an_agency_is_made_changed_and_deleted(own_staffed: Staffed) -> None:
    made = made_agency(own_staffed, name_i18n={"en": "New Department"}, parent=AGENCY, acronyms=["SM"])
    assert (made.status_code, made.json["slug"]) == (201, "so-moi")
    assert made.json["name_i18n"] == {"vi": "Sở Mới", "en": "New Department"}
    assert made.json["parent"]["slug"] == AGENCY
    path, tag = f"{AGENCIES}/so-moi", made.headers["ETag"]
    assert made.headers["Location"].endswith(path)

    patched = own_staffed.call(
        "PATCH", path, ADMIN, match=tag, json={"name": "Sở Khác", "parent": OTHER_AGENCY}
    )
    assert (patched.status_code, patched.json["name_i18n"]["en"]) == (200, "New Department")
    assert (patched.json["name"], patched.json["parent"]["slug"]) == ("Sở Khác", OTHER_AGENCY)
    assert patched.json["version"] == made.json["version"] + 1
    assert own_staffed.call("GET", path).json == patched.json | {"links": patched.json["links"]}

    replaced = own_staffed.call("PUT", path, ADMIN, match=patched.headers["ETag"], json={"name": "Sở Ba"})
    assert replaced.json["acronyms"] == [] and replaced.json["parent"] is None
    assert replaced.json["name_i18n"] == {"vi": "Sở Ba", "en": None}

    stale = own_staffed.call("DELETE", path, ADMIN, match=tag)
    assert (stale.status_code, stale.json["current_version"]) == (412, replaced.json["version"])
    assert own_staffed.call("DELETE", path, ADMIN, match=replaced.headers["ETag"]).status_code == 204
    assert own_staffed.call("GET", path).status_code == 404
    actions = [
        each["action"]
        for each in own_staffed.call("GET", "/api/v1/changes?limit=1000").json["items"]
        if each["key"] == made.json["id"]
    ]
    assert actions == ["create", "update", "update", "delete"]


def test_a_change_that_changes_nothing_keeps_the_version(own_staffed: Staffed) -> None:
    path = f"{AGENCIES}/{AGENCY}"
    before = own_staffed.call("GET", path, ADMIN)
    same = own_staffed.call(
        "PATCH", path, ADMIN, match=before.headers["ETag"], json={"name": before.json["name"]}
    )
    assert (same.status_code, same.headers["ETag"]) == (200, before.headers["ETag"])


def test_the_tag_of_anonymous_readers_serves_too(own_staffed: Staffed) -> None:
    path = f"{AGENCIES}/{AGENCY}"
    for encoding in ("", "br"):
        tag = own_staffed.call("GET", path, headers={"Accept-Encoding": encoding}).headers["ETag"]
        answer = own_staffed.call("PATCH", path, ADMIN, match=tag, json={"kind": f"kind {encoding}"})
        assert answer.status_code == 200


def test_readers_see_the_change_at_once(own_staffed: Staffed) -> None:
    path = f"{AGENCIES}/{AGENCY}"
    assert own_staffed.call("GET", path).json["homepage"] is None
    own_staffed.call("PATCH", path, ADMIN, match="*", json={"homepage": "https://soyte.example.vn/"})
    assert own_staffed.call("GET", path).json["homepage"] == "https://soyte.example.vn/"


@pytest.mark.parametrize(
    ("body", "status", "code", "fields"),
    [
        ({"slug": AGENCY}, 409, "slug-taken", ["slug"]),
        ({"slug": "../x"}, 422, "slug-invalid", ["slug"]),
        ({"name": " \u200b "}, 422, "body-invalid", ["name"]),
        ({"name": None}, 422, "body-invalid", ["name"]),
        ({"name_i18n": {"fr": "x"}}, 422, "body-invalid", ["name_i18n.fr"]),
        ({"parent": "khong-co"}, 422, "parent-invalid", ["parent"]),
        ({"homepage": "javascript:alert(1)"}, 422, "body-invalid", ["homepage"]),
        ({"acronyms": ["a", 5]}, 422, "body-invalid", ["acronyms[1]"]),
        (
            {"id": "x", "version": 3, "dataset_count": 9},
            422,
            "body-invalid",
            ["id", "version", "dataset_count"],
        ),
    ],
)
def test_bad_agencies_are_refused_by_the_field(
    staffed: Staffed, body: dict[str, Any], status: int, code: str, fields: list[str]
) -> None:
    answer = made_agency(staffed, **body)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert set(answer.json["fields"]) == set(fields)
    assert set(answer.json["fields_i18n"][fields[0]]) == {"vi", "en"}
    assert staffed.call("GET", f"{AGENCIES}/so-moi").status_code == 404


def test_no_agency_stands_under_itself(staffed: Staffed) -> None:
    for parent in (OTHER_AGENCY, AGENCY):
        answer = staffed.call(
            "PATCH", f"{AGENCIES}/{OTHER_AGENCY}", ADMIN, match="*", json={"parent": parent}
        )
        assert (answer.status_code, answer.json["code"]) == (422, "parent-invalid")


@pytest.mark.parametrize(
    "path", [f"{AGENCIES}/{AGENCY}", f"{AGENCIES}/{OTHER_AGENCY}", f"{THEMES}/moi-truong"]
)
def test_what_is_referred_to_is_not_deleted(staffed: Staffed, path: str) -> None:
    before = staffed.call("GET", path).json
    answer = staffed.call("DELETE", path, ADMIN, match="*")
    assert (answer.status_code, answer.json["code"]) in ((409, "agency-in-use"), (409, "concept-in-use"))
    assert staffed.call("GET", path).json == before


def test_an_agency_with_members_alone_is_not_deleted(own_staffed: Staffed) -> None:
    made_agency(own_staffed)
    person = f"/api/v1/people/{own_staffed.ids['publisher']}"
    own_staffed.call("PUT", f"{person}/memberships/so-moi", ADMIN, match="*", json={"role": "publisher"})
    answer = own_staffed.call("DELETE", f"{AGENCIES}/so-moi", ADMIN, match="*")
    assert (answer.status_code, answer.json["code"]) == (409, "agency-in-use")


def test_a_concept_is_made_changed_and_deleted(own_staffed: Staffed) -> None:
    body = {"code": "so-hoa", "label": "Số hóa", "uri": "https://example.org/x", "also": ["digital"]}
    made = own_staffed.call("POST", THEMES, ADMIN, json=body)
    assert (made.status_code, made.json["also"]) == (201, ["digital"])
    assert own_staffed.call("POST", THEMES, ADMIN, json=body).json["code"] == "code-taken"
    path = f"{THEMES}/so-hoa"
    patched = own_staffed.call(
        "PATCH", path, ADMIN, match=made.headers["ETag"], json={"label_i18n": {"en": "Digital"}}
    )
    assert patched.json["label_i18n"] == {"vi": "Số hóa", "en": "Digital"}
    replaced = own_staffed.call("PUT", path, ADMIN, match=patched.headers["ETag"], json={"label": "Khác"})
    assert (replaced.json["also"], replaced.json["uri"]) == ([], None)
    assert own_staffed.call("GET", path).json["label"] == "Khác"
    assert own_staffed.call("DELETE", path, ADMIN, match=replaced.headers["ETag"]).status_code == 204
    assert own_staffed.call("GET", path).status_code == 404
    assert own_staffed.call("POST", "/api/v1/concepts/nowhere", ADMIN, json=body).status_code == 404
    assert own_staffed.call("PUT", path, ADMIN, match="*", json={"label": "x"}).status_code == 404


def test_a_body_that_is_none_is_refused(staffed: Staffed) -> None:
    send = {"match": "*", "data": b'{"name": ', "content_type": "application/json"}
    path = f"{AGENCIES}/{AGENCY}"
    assert staffed.call("PATCH", path, ADMIN, **send).status_code == 400
    assert staffed.call("PATCH", path, ADMIN, **{**send, "data": b"[1]"}).status_code == 422
    assert staffed.call("PATCH", path, ADMIN, **{**send, "content_type": "text/plain"}).status_code == 415
    large = b'{"name": "' + b"x" * 300_000 + b'"}'
    assert staffed.call("PATCH", path, ADMIN, **{**send, "data": large}).status_code == 413
