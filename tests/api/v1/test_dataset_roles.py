"""T69, T71, T73: datasets and files x role x method, each on a dataset of its own, and what stays unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from portal.catalog import queries
from portal.catalog.models import State
from tests.api.v1.test_dataset_writing import DATASETS
from tests.factories import CSV_V1, make_dataset, make_file, make_link
from tests.people import AGENCY, Staffed

ROLES = ("anonymous", "stranger", "contributor", "publisher", "reading administrator", "administrator")


@dataclass(frozen=True)
class Target:
    """A dataset of AGENCY made for one request."""

    slug: str
    file: str
    link: str


@dataclass(frozen=True)
class Case:
    """What is sent, to a dataset in which state, and the statuses of ROLES in their order."""

    state: State
    statuses: tuple[int, ...]
    send: Callable[[Target], dict[str, Any]] = lambda _target: {}


def json(**body: Any) -> Callable[[Target], dict[str, Any]]:
    return lambda _target: {"json": body}


def changes(state: State) -> tuple[int, ...]:
    """Who may change what is in this state: PUT, PATCH, files and links."""
    return (401, 403, 403, 200, 403, 200) if state is State.PUBLISHED else (401, 404, 200, 200, 403, 200)


def created(statuses: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(201 if each == 200 else each for each in statuses)


def accepted(statuses: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(202 if each == 200 else each for each in statuses)


def emptied(statuses: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(204 if each == 200 else each for each in statuses)


DRAFT, PUBLISHED = changes(State.DRAFT), changes(State.PUBLISHED)
PUBLISHERS = (401, 404, 403, 200, 403, 200)
FILE = {"data": b"a,b\n1,2\n", "query_string": {"name": "a.csv"}}
ORDER: Callable[[Target], dict[str, Any]] = lambda target: {"json": {"order": [target.link, target.file]}}  # noqa: E731
LINK_BODY = json(url="https://example.org/x")
WHOLE = {"title": "a", "description": "b", "licence": "cc-by-4.0", "themes": ["moi-truong"]}
ONE = f"{DATASETS}/<reference>"
DISTRIBUTION = "/api/v1/distributions/<uuid>"
TABLE: dict[tuple[str, str], list[Case]] = {
    ("POST", DATASETS): [
        Case(State.DRAFT, (401, 403, 201, 201, 403, 201), json(title="Mới", agency=AGENCY)),
    ],
    ("PUT", ONE): [
        Case(State.DRAFT, DRAFT, json(title="a")),
        Case(State.PUBLISHED, PUBLISHED, json(**WHOLE)),
    ],
    ("PATCH", ONE): [
        Case(State.DRAFT, DRAFT, json(title="a")),
        Case(State.PUBLISHED, PUBLISHED, json(title="a")),
    ],
    ("DELETE", ONE): [
        Case(State.DRAFT, emptied(DRAFT)),
        Case(State.PUBLISHED, (401, 403, 403, 409, 403, 409)),
    ],
    ("POST", f"{ONE}/submit"): [Case(State.DRAFT, DRAFT)],
    ("POST", f"{ONE}/trash"): [Case(State.DRAFT, DRAFT)],
    ("POST", f"{ONE}/return"): [Case(State.IN_REVIEW, PUBLISHERS)],
    ("POST", f"{ONE}/publish"): [Case(State.DRAFT, PUBLISHERS), Case(State.IN_REVIEW, PUBLISHERS)],
    ("POST", f"{ONE}/schedule"): [
        Case(State.DRAFT, PUBLISHERS, json(scheduled_at="2099-01-01T08:00:00+07:00"))
    ],
    ("POST", f"{ONE}/withdraw"): [Case(State.PUBLISHED, PUBLISHED, json(reason="Sai."))],
    ("POST", f"{ONE}/restore"): [
        Case(State.WITHDRAWN, (401, 410, 403, 200, 403, 200)),
        Case(State.TRASHED, PUBLISHERS),
    ],
    ("POST", f"{ONE}/files"): [
        Case(State.DRAFT, created(DRAFT), lambda _target: FILE),
        Case(State.PUBLISHED, created(PUBLISHED), lambda _target: FILE),
    ],
    ("POST", f"{ONE}/links"): [
        Case(State.DRAFT, created(DRAFT), LINK_BODY),
        Case(State.PUBLISHED, created(PUBLISHED), LINK_BODY),
    ],
    ("PUT", f"{ONE}/distributions/order"): [
        Case(State.DRAFT, DRAFT, ORDER),
        Case(State.PUBLISHED, PUBLISHED, ORDER),
    ],
    ("POST", f"{DISTRIBUTION}/files"): [
        Case(State.DRAFT, created(DRAFT), lambda _target: FILE),
        Case(State.PUBLISHED, created(PUBLISHED), lambda _target: FILE),
    ],
    ("PUT", f"{DISTRIBUTION}/reading"): [
        Case(State.DRAFT, DRAFT, json(header_row=1)),
        Case(State.PUBLISHED, PUBLISHED, json(header_row=1)),
    ],
    ("POST", f"{DISTRIBUTION}/reading/again"): [
        Case(State.DRAFT, accepted(DRAFT)),
        Case(State.PUBLISHED, accepted(PUBLISHED)),
    ],
    ("PATCH", DISTRIBUTION): [
        Case(State.DRAFT, DRAFT, json(title="a")),
        Case(State.PUBLISHED, PUBLISHED, json(title="a")),
    ],
    ("DELETE", DISTRIBUTION): [Case(State.DRAFT, emptied(DRAFT)), Case(State.PUBLISHED, emptied(PUBLISHED))],
    ("GET", "/api/v1/me/datasets"): [Case(State.DRAFT, (401, 200, 200, 200, 200, 200))],
}
CASES = [
    pytest.param(method, rule, case, id=f"{method} {rule} {case.state}")
    for (method, rule), cases in TABLE.items()
    for case in cases
]

HIDDEN = [
    each
    for each in CASES
    if "<" in str(each.values[1]) and each.values[2].state not in (State.PUBLISHED, State.WITHDRAWN)
]


def make_target(staffed: Staffed, state: State) -> Target:
    """Whole enough to be published."""
    slug = f"d-{uuid4().hex}"
    with staffed.site.portal.database.write() as session:
        licences = queries.concepts(session, queries.Vocabulary.LICENCE)
        themes = queries.concepts(session, queries.Vocabulary.THEME)
        made = make_dataset(
            session,
            "Dấu hiệu nhận biết",
            slug=slug,
            state=state,
            description_vi="Mô tả",
            agency=queries.agency(session, AGENCY),
            licence=licences[0],
            themes=[themes[0]],
            distributions=[make_file("a.csv", [CSV_V1]), make_link("https://example.org/")],
        )
        file, link = (str(each.uuid) for each in made.distributions)
    return Target(slug, file, link)


def send(
    staffed: Staffed, method: str, rule: str, who: str, target: Target, more: dict[str, Any]
) -> TestResponse:
    path = rule.replace("<reference>", target.slug).replace("<uuid>", target.file)
    match = {} if method in ("GET", "POST") else {"match": "*"}
    return staffed.call(method, path, who, **match, **more)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "rule", "case"), CASES)
def test_t69_t73_every_role_is_answered_as_the_table_says(
    staffed: Staffed, method: str, rule: str, case: Case, role: str
) -> None:
    target = make_target(staffed, case.state)
    path = f"{DATASETS}/{target.slug}"
    before = staffed.call("GET", path, "administrator").json
    answer = send(staffed, method, rule, role, target, case.send(target))
    assert answer.status_code == case.statuses[ROLES.index(role)], answer.text
    if role != "anonymous":
        assert answer.headers["Cache-Control"] == "private, no-store"
    if answer.status_code >= 400:
        assert staffed.call("GET", path, "administrator").json == before


@pytest.mark.parametrize(("method", "rule", "case"), HIDDEN)
def test_t71_a_draft_of_another_agency_answers_as_an_unknown_id_does(
    staffed: Staffed, method: str, rule: str, case: Case
) -> None:
    target = make_target(staffed, case.state)
    nothing = Target(str(uuid4()), str(uuid4()), str(uuid4()))
    more = case.send(target)
    hidden = send(staffed, method, rule, "stranger", target, more)
    unknown = send(staffed, method, rule, "stranger", nothing, more)
    assert hidden.status_code == 404
    for answer in (hidden, unknown):
        answer.headers.pop("X-Request-Id")
        answer.headers.pop("RateLimit")
    assert hidden.headers == unknown.headers
    assert {**hidden.json, "request_id": ""} == {**unknown.json, "request_id": ""}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_t71_neither_a_missing_nor_a_stale_version_tells_a_draft(staffed: Staffed, method: str) -> None:
    target = make_target(staffed, State.DRAFT)
    body = {} if method == "DELETE" else {"json": {"title": "a"}}
    for match in ({}, {"match": '"7-x"'}, {"match": '"1-x"'}):
        answers = [
            staffed.call(method, f"{DATASETS}/{slug}", "stranger", **match, **body)
            for slug in (target.slug, "khong-he-co")
        ]
        assert answers[0].status_code == answers[1].status_code == (404 if match else 428)
        assert {**answers[0].json, "request_id": ""} == {**answers[1].json, "request_id": ""}


def test_a_draft_is_private_to_those_who_may_see_it(staffed: Staffed) -> None:
    target = make_target(staffed, State.DRAFT)
    path = f"{DATASETS}/{target.slug}"
    for who in ("contributor", "publisher", "administrator"):
        answer = staffed.call("GET", path, who)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    for who in ("anonymous", "stranger"):
        answer = staffed.call("GET", path, who)
        assert answer.status_code == 404
        assert "Dấu hiệu" not in staffed.call("GET", "/api/v1/datasets?q=dau+hieu", who).text
    # Whoever asks next without a token is not shown what was kept for somebody with one.
    assert staffed.call("GET", path).status_code == 404
