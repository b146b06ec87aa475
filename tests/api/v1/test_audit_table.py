"""Every route that writes leaves a line in the audit trail that names the request; the table lacks none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.v1.test_dataset_roles import CASES, ROLES, Case, make_target, send
from tests.api.v1.test_dataset_roles import TABLE as DATASET_TABLE
from tests.people import AGENCY, Staffed
from tests.sites import Site

ADMIN = "administrator"
PEOPLE, TOKENS, WORDS = "/api/v1/people", "/api/v1/tokens", "/api/v1/words"
AGENCIES, THEMES = "/api/v1/agencies", "/api/v1/concepts/<vocabulary>"
SERIES = "/api/v1/series"
MEMBERSHIP = f"{PEOPLE}/<uuid>/memberships/<reference>"
# OAI-PMH reads by POST, too. One address of CKAN's is many acts, tried below.
READ_BY_POST = {("POST", "/oai")}
CKAN = {("POST", "/api/3/action/<name>"), ("POST", "/api/action/<name>")}
# One after the other: method, route, body. `<uuid>` and the like are of what the POST before made.
STEPS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", TOKENS, {"name": "robot", "scopes": ["read"]}),
    ("DELETE", f"{TOKENS}/<uuid>", None),
    ("POST", PEOPLE, {"email": "lan@example.vn"}),
    ("PATCH", f"{PEOPLE}/<uuid>", {"active": False}),
    ("PUT", MEMBERSHIP, {"role": "publisher"}),
    ("DELETE", MEMBERSHIP, None),
    ("POST", AGENCIES, {"name": "Sở Mới", "slug": "so-moi"}),
    ("PATCH", f"{AGENCIES}/<reference>", {"kind": "sở"}),
    ("PUT", f"{AGENCIES}/<reference>", {"name": "Sở Ba"}),
    ("DELETE", f"{AGENCIES}/<reference>", None),
    ("POST", SERIES, {"title": "Niên giám"}),
    ("PATCH", f"{SERIES}/<reference>", {"title": "Niên giám thống kê"}),
    ("DELETE", f"{SERIES}/<reference>", None),
    ("POST", THEMES, {"code": "chuyen-doi-so", "label": "Chuyển đổi số"}),
    ("PATCH", f"{THEMES}/<code>", {"label_i18n": {"en": "Digital"}}),
    ("PUT", f"{THEMES}/<code>", {"label": "Khác"}),
    ("DELETE", f"{THEMES}/<code>", None),
    ("POST", WORDS, {"term": "cầu vượt", "kind": "synonym", "alternative": "cầu bộ hành"}),
    ("PATCH", f"{WORDS}/<word_id>", {"weight": 0.5}),
]


def is_in_trail(staffed: Staffed, request_id: str) -> bool:
    """Whether one of the newest lines names that request, who asked, and what was or is."""
    entries = staffed.call("GET", "/api/v1/audit?limit=50", ADMIN).json["items"]
    lines = [each for each in entries if each["request_id"] == request_id]
    return bool(lines) and all(each["actor"] and (each["before"] or each["after"]) for each in lines)


def test_no_route_that_writes_is_missing(site: Site) -> None:
    writing = {
        (method, str(rule))
        for rule in site.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    datasets = {each for each in DATASET_TABLE if each[0] != "GET"}
    assert writing - READ_BY_POST - CKAN == datasets | {(method, rule) for method, rule, _ in STEPS}


@pytest.mark.parametrize(("method", "rule", "case"), [each for each in CASES if each.values[0] != "GET"])
def test_whatever_is_done_to_datasets_leaves_a_line(
    staffed: Staffed, method: str, rule: str, case: Case
) -> None:
    target = make_target(staffed, case.state)
    answer = send(staffed, method, rule, "publisher", target, case.send(target))
    allowed = case.statuses[ROLES.index("publisher")] < 400
    assert is_in_trail(staffed, answer.headers["X-Request-Id"]) == allowed


def test_whatever_administrators_do_leaves_a_line(own_staffed: Staffed) -> None:
    words = {"<vocabulary>": "theme", "<reference>": AGENCY}
    for method, rule, body in STEPS:
        path = rule
        for name, word in words.items():
            path = path.replace(name, word)
        match = {} if method == "POST" else {"match": "*"}
        answer = own_staffed.call(method, path, ADMIN, **match, **({"json": body} if body else {}))
        assert answer.status_code < 300, (method, path, answer.text)
        assert is_in_trail(own_staffed, answer.headers["X-Request-Id"]), (method, path)
        if method == "POST":
            made = answer.headers["Location"].rpartition("/")[2]
            words |= {"<uuid>": made, "<code>": made, "<word_id>": made}
            words |= {"<reference>": made} if rule in (AGENCIES, SERIES) else {}


def test_what_is_written_the_way_of_ckan_leaves_a_line(own_staffed: Staffed) -> None:
    acts: list[tuple[str, dict[str, Any]]] = [
        ("package_create", {"name": "tram-do", "title": "Trạm đo", "owner_org": AGENCY}),
        ("package_patch", {"id": "tram-do", "title": "Trạm đo mưa"}),
        ("resource_create", {"package_id": "tram-do", "url": "https://example.org/a.csv", "name": "a"}),
        ("organization_create", {"name": "so-moi", "title": "Sở Mới"}),
        ("group_create", {"name": "chuyen-doi-so", "title": "Chuyển đổi số"}),
        ("package_delete", {"id": "tram-do"}),
    ]
    for act, body in acts:
        answer = own_staffed.call("POST", f"/api/3/action/{act}", ADMIN, json=body)
        assert answer.status_code == 200, answer.text
        assert is_in_trail(own_staffed, answer.headers["X-Request-Id"]), act
