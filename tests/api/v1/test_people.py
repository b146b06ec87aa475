"""People and memberships over HTTP: by administrators, with versions, effective at the next request."""

from __future__ import annotations

from typing import Any

import pytest

from portal.catalog import queries
from portal.catalog.models import State
from tests.factories import make_dataset
from tests.people import AGENCY, Staffed

PEOPLE = "/api/v1/people"


def path_of(staffed: Staffed, who: str) -> str:
    return f"{PEOPLE}/{staffed.ids[who]}"


def change(staffed: Staffed, who: str, by: str, **fields: Any) -> Any:
    path = path_of(staffed, who)
    return staffed.call("PATCH", path, by, match=staffed.tag(path), json=fields)


def test_a_person_is_made_once(own_staffed: Staffed) -> None:
    body = {"email": "Mới@example.vn", "name": "  Nguyễn   Thị Mới "}
    made = own_staffed.call("POST", PEOPLE, "administrator", json=body)
    assert (made.status_code, made.json["name"]) == (201, "Nguyễn Thị Mới")
    assert own_staffed.call("GET", made.headers["Location"], "administrator").json == made.json
    again = own_staffed.call("POST", PEOPLE, "administrator", json={"email": "MỚI@example.vn"})
    assert (again.status_code, again.json["code"]) == (409, "email-taken")


@pytest.mark.parametrize(
    "email", ["", "x", "a b@c.vn", "a@b@c", "a@b\r\nBcc: x", "<a@b.vn>", "a" * 260 + "@b.vn"]
)
def test_an_address_that_is_none_is_refused(staffed: Staffed, email: str) -> None:
    answer = staffed.call("POST", PEOPLE, "administrator", json={"email": email})
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["email"])


def test_t68_unknown_keys_are_refused_by_name_and_change_nothing(staffed: Staffed) -> None:
    before = staffed.call("GET", path_of(staffed, "publisher"), "administrator").json
    planted = {
        "id": "1",
        "version": 9,
        "created_at": "2020-01-01T00:00:00Z",
        "memberships": [],
        "digest": "x",
    }
    answer = change(staffed, "publisher", "administrator", name="x", **planted)
    assert answer.status_code == 422 and set(answer.json["fields"]) == set(planted)
    own = change(
        staffed, "publisher", "publisher", name="x", is_administrator=True, active=True, email="e@x.vn"
    )
    assert own.status_code == 422
    assert set(own.json["fields"]) == {"is_administrator", "active", "email"}
    assert staffed.call("GET", path_of(staffed, "publisher"), "administrator").json == before


def test_people_name_themselves_and_see_nobody_else(own_staffed: Staffed) -> None:
    assert change(own_staffed, "publisher", "publisher", name="Trần Văn A").json["name"] == "Trần Văn A"
    unknown = f"{PEOPLE}/0b7c4c0e-0000-4000-8000-000000000000"
    for method in ("GET", "PATCH"):
        answers = [
            own_staffed.call(method, path, "stranger", match='"1-x"', json={"nonsense": 1})
            for path in (path_of(own_staffed, "publisher"), unknown)
        ]
        assert [each.status_code for each in answers] == [404, 404]
        assert len({tuple({**each.json, "request_id": ""}.items().__repr__()) for each in answers}) == 1


def test_a_stale_version_is_told_the_present_one(own_staffed: Staffed) -> None:
    path = path_of(own_staffed, "publisher")
    tag = own_staffed.tag(path)
    assert own_staffed.call("PATCH", path, "administrator", match=tag, json={"name": "A"}).status_code == 200
    late = own_staffed.call("PATCH", path, "administrator", match=tag, json={"name": "B"})
    assert (late.status_code, late.json["code"]) == (412, "version-stale")
    current = own_staffed.call("GET", path, "administrator")
    assert late.json["current_version"] == current.json["version"]
    assert current.json["name"] == "A"
    assert own_staffed.call("PATCH", path, "administrator", json={"name": "B"}).status_code == 428


def test_who_is_put_out_of_service_is_nobody_at_the_next_request(own_staffed: Staffed) -> None:
    assert own_staffed.call("GET", "/api/v1/me", "publisher").status_code == 200
    assert change(own_staffed, "publisher", "administrator", active=False).status_code == 200
    assert own_staffed.call("GET", "/api/v1/me", "publisher").json["code"] == "token-invalid"
    public = own_staffed.call("GET", "/api/v1/datasets", "publisher")
    assert public.status_code == 401, "a bad token never degrades to an anonymous reader"


def test_the_last_administrator_stays(own_staffed: Staffed) -> None:
    for fields in ({"active": False}, {"is_administrator": False}):
        answer = change(own_staffed, "administrator", "administrator", **fields)
        assert (answer.status_code, answer.json["code"]) == (409, "last-administrator")
    assert change(own_staffed, "publisher", "administrator", is_administrator=True).status_code == 200
    assert change(own_staffed, "administrator", "administrator", is_administrator=False).status_code == 200
    assert own_staffed.call("GET", PEOPLE, "administrator").status_code == 403


def test_t75_a_role_taken_away_is_gone_at_the_next_request(own_staffed: Staffed) -> None:
    with own_staffed.site.portal.database.write() as session:
        agency = queries.agency(session, AGENCY)
        draft = make_dataset(session, "Bản nháp của sở", state=State.DRAFT, agency=agency).slug
    dataset, person = f"/api/v1/datasets/{draft}", path_of(own_staffed, "contributor")
    seen = own_staffed.call("GET", dataset, "contributor")
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "private, no-store")
    assert seen.headers["ETag"].startswith('"1-')
    again = own_staffed.call("GET", dataset, "contributor", headers={"If-None-Match": seen.headers["ETag"]})
    assert again.status_code == 200
    assert own_staffed.call("GET", dataset, "stranger").status_code == 404
    removed = own_staffed.call(
        "DELETE", f"{person}/memberships/{AGENCY}", "administrator", match=own_staffed.tag(person)
    )
    assert (removed.status_code, removed.json["memberships"]) == (200, [])
    assert own_staffed.call("GET", dataset, "contributor").status_code == 404


def test_a_role_is_given_and_changed_as_part_of_the_person(own_staffed: Staffed) -> None:
    person = path_of(own_staffed, "stranger")
    path = f"{person}/memberships/{AGENCY}"
    tag = own_staffed.tag(person)
    for role in ("contributor", "publisher"):
        answer = own_staffed.call("PUT", path, "administrator", match=tag, json={"role": role})
        held = {each["agency"]["slug"]: each["role"] for each in answer.json["memberships"]}
        assert held[AGENCY] == role
        assert answer.headers["ETag"] != tag
        tag = answer.headers["ETag"]
    same = own_staffed.call("PUT", path, "administrator", match=tag, json={"role": "publisher"})
    assert same.headers["ETag"] == tag
    for role in ("administrator", "anyone", "", None):
        answer = own_staffed.call("PUT", path, "administrator", match=tag, json={"role": role})
        assert (answer.status_code, list(answer.json["fields"])) == (422, ["role"])
    nowhere = own_staffed.call(
        "PUT", f"{person}/memberships/khong-co", "administrator", match=tag, json={"role": "publisher"}
    )
    assert nowhere.json["code"] == "agency-not-found"


def test_people_are_walked_by_cursor(staffed: Staffed) -> None:
    seen, cursor = [], ""
    while True:
        page = staffed.call("GET", f"{PEOPLE}?limit=3{cursor}", "administrator").json
        seen += [each["email"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == page["total"] == 4
