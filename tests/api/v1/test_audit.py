"""The audit trail: every write has its line, with who, from where, before and after."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import Person
from portal.catalog import audit
from portal.catalog.actors import Actor
from portal.catalog.models import State
from tests.factories import NOW, make_dataset
from tests.people import AGENCY, Staffed

ADMIN = "administrator"


def trail(staffed: Staffed, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = staffed.call("GET", f"/api/v1/audit?limit=1000{query}", ADMIN).json["items"]
    return items


def test_a_change_tells_who_from_where_and_only_what_changed(own_staffed: Staffed) -> None:
    path = f"/api/v1/agencies/{AGENCY}"
    before = own_staffed.call("GET", path).json
    answer = own_staffed.call("PATCH", path, ADMIN, match="*", json={"kind": "sở", "name": before["name"]})
    entry = trail(own_staffed)[0]
    assert (entry["kind"], entry["key"], entry["action"]) == ("agency", before["id"], "update")
    assert (entry["before"], entry["after"]) == ({"kind": ""}, {"kind": "sở"})
    assert entry["actor"] == "root@example.vn" and entry["token_id"]
    assert entry["request_id"] == answer.headers["X-Request-Id"]


def test_people_roles_and_tokens_leave_lines(own_staffed: Staffed) -> None:
    person = f"/api/v1/people/{own_staffed.ids['publisher']}"
    own_staffed.call("PATCH", person, ADMIN, match="*", json={"active": False})
    own_staffed.call("PUT", f"{person}/memberships/{AGENCY}", ADMIN, match="*", json={"role": "contributor"})
    own_staffed.call("DELETE", f"{person}/memberships/{AGENCY}", ADMIN, match="*")
    made = own_staffed.call("POST", "/api/v1/tokens", ADMIN, json={"name": "robot", "scopes": ["read"]})
    own_staffed.call("DELETE", made.headers["Location"], ADMIN, match="*")
    lines = [
        (each["kind"], each["action"], each["before"], each["after"])
        for each in reversed(trail(own_staffed, "&actor=root@example.vn"))
    ]
    assert lines[0] == ("person", "update", {"active": True}, {"active": False})
    assert lines[1] == ("membership", "update", {"role": "publisher"}, {"role": "contributor"})
    assert lines[2][:3] == ("membership", "delete", {"role": "contributor"})
    assert lines[3][:2] == ("token", "create") and lines[3][3]["scopes"] == ["read"]
    assert lines[4][:3] == ("token", "update", {"revoked_at": None})
    assert len(lines) == 5


def test_datasets_refer_to_their_revisions(own_staffed: Staffed) -> None:
    with own_staffed.site.portal.database.write() as session:
        dataset = make_dataset(session, "Có vết", state=State.DRAFT)
    entry = trail(own_staffed, f"&kind=dataset&key={dataset.uuid}")[0]
    assert (entry["actor"], entry["action"], entry["before"], entry["after"]) == (
        "test",
        "create",
        {},
        {"version": 1},
    )


def test_what_is_undone_leaves_no_line(own_staffed: Staffed) -> None:
    before = trail(own_staffed)
    refused = own_staffed.call("POST", "/api/v1/agencies", ADMIN, json={"name": "X", "slug": AGENCY})
    kept = own_staffed.call("DELETE", f"/api/v1/agencies/{AGENCY}", ADMIN, match="*")
    assert (refused.status_code, kept.status_code) == (409, 409)
    assert trail(own_staffed) == before


def test_an_unsigned_session_is_the_portals_own_and_a_signed_one_its_actors(own_staffed: Staffed) -> None:
    for actor in (None, Actor("mai@example.vn")):
        with own_staffed.site.portal.database.write() as session:
            if actor is not None:
                audit.sign(session, actor)
            email = f"{actor.name if actor else 'x'}.new@example.vn"
            session.add(Person(email=email, email_folded=email, created_at=NOW, updated_at=NOW))
    assert [each["actor"] for each in trail(own_staffed)[:2]] == ["mai@example.vn", "system"]


def test_the_trail_is_walked_without_a_gap(staffed: Staffed) -> None:
    whole = [each["id"] for each in trail(staffed)]
    seen: list[int] = []
    cursor = ""
    while True:
        page = staffed.call("GET", f"/api/v1/audit?limit=7{cursor}", ADMIN).json
        seen += [each["id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == whole == sorted(whole, reverse=True)
    assert staffed.call("GET", f"/api/v1/audit?kind=person{cursor}", ADMIN).status_code == 422
