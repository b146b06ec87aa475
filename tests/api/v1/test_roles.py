"""T69: every private or writing route x every role: what each is answered before anything is looked at."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from portal.catalog import queries
from portal.catalog.models import State
from tests.api.v1.test_dataset_roles import TABLE as DATASET_TABLE
from tests.factories import make_dataset, make_link, uuid_of
from tests.people import AGENCY, Staffed
from tests.sites import Site

ROLES = ("anonymous", "stranger", "contributor", "publisher", "reading administrator", "administrator")
UNKNOWN = "0b7c4c0e-0000-4000-8000-000000000000"
# Route -> the statuses of ROLES, in their order. Sent without a body and without If-Match: 415 and 428 say
# that the asker may.
OWN = (401, 200, 200, 200, 200, 200)
ADMINISTRATORS_READ = (401, 403, 403, 403, 403, 200)
ADMINISTRATORS_POST = (401, 403, 403, 403, 403, 415)
ADMINISTRATORS_CHANGE = (401, 403, 403, 403, 403, 428)
TABLE: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "/api/v1/me"): OWN,
    ("GET", "/api/v1/tokens"): OWN,
    ("POST", "/api/v1/tokens"): (401, 415, 415, 415, 415, 415),
    ("GET", "/api/v1/tokens/<uuid>"): (401, 404, 404, 404, 404, 404),
    ("DELETE", "/api/v1/tokens/<uuid>"): (401, 404, 404, 404, 404, 404),
    ("GET", "/api/v1/people"): ADMINISTRATORS_READ,
    ("POST", "/api/v1/people"): ADMINISTRATORS_POST,
    ("GET", "/api/v1/people/<uuid>"): (401, 404, 404, 404, 404, 404),
    ("PATCH", "/api/v1/people/<uuid>"): (401, 404, 404, 404, 404, 404),
    ("PUT", "/api/v1/people/<uuid>/memberships/<reference>"): ADMINISTRATORS_CHANGE,
    ("DELETE", "/api/v1/people/<uuid>/memberships/<reference>"): ADMINISTRATORS_CHANGE,
    ("GET", "/api/v1/audit"): ADMINISTRATORS_READ,
    ("GET", "/api/v1/search-log"): ADMINISTRATORS_READ,
    ("POST", "/api/v1/words"): ADMINISTRATORS_POST,
    ("PATCH", "/api/v1/words/<word_id>"): ADMINISTRATORS_CHANGE,
    ("POST", "/api/v1/agencies"): ADMINISTRATORS_POST,
    ("PUT", "/api/v1/agencies/<reference>"): ADMINISTRATORS_CHANGE,
    ("PATCH", "/api/v1/agencies/<reference>"): ADMINISTRATORS_CHANGE,
    ("DELETE", "/api/v1/agencies/<reference>"): ADMINISTRATORS_CHANGE,
    ("POST", "/api/v1/series"): (401, 415, 403, 415, 403, 415),
    ("PATCH", "/api/v1/series/<reference>"): (401, 428, 403, 428, 403, 428),
    ("DELETE", "/api/v1/series/<reference>"): (401, 428, 403, 428, 403, 428),
    ("POST", "/api/v1/concepts/<vocabulary>"): ADMINISTRATORS_POST,
    ("PUT", "/api/v1/concepts/<vocabulary>/<code>"): ADMINISTRATORS_CHANGE,
    ("PATCH", "/api/v1/concepts/<vocabulary>/<code>"): ADMINISTRATORS_CHANGE,
    ("DELETE", "/api/v1/concepts/<vocabulary>/<code>"): ADMINISTRATORS_CHANGE,
}
# Of a draft of AGENCY, sent with `{}` and a version that is not there: 412 says that the asker may know of it.
SEEN = (401, 404, 412, 412, 412, 412)
# Shape is judged before anything is looked up, so that it tells nothing.
SHAPED = (401, 422, 422, 422, 422, 422)
_DATASET, _FILE = "/api/v1/datasets/<reference>", "/api/v1/distributions/<uuid>"
DRAFT: dict[tuple[str, str], tuple[int, ...]] = {
    ("POST", "/api/v1/datasets"): SHAPED,
    ("GET", "/api/v1/me/datasets"): OWN,
    **{(method, _DATASET): SEEN for method in ("PUT", "PATCH", "DELETE")},
    **{
        ("POST", f"{_DATASET}/{act}"): SEEN
        for act in ("files", "publish", "restore", "return", "submit", "trash")
    },
    **{("POST", f"{_DATASET}/{act}"): SHAPED for act in ("links", "schedule", "withdraw")},
    ("PUT", f"{_DATASET}/distributions/order"): SHAPED,
    ("PATCH", _FILE): SEEN,
    ("DELETE", _FILE): SEEN,
    ("POST", f"{_FILE}/files"): SEEN,
    ("PUT", f"{_FILE}/reading"): SEEN,
    ("POST", f"{_FILE}/reading/again"): SEEN,
}
DRAFT_WORDS = {"<uuid>": str(uuid_of("distribution/ban-nhap/0")), "<reference>": "ban-nhap"}
WORDS = {
    "<uuid>": UNKNOWN,
    "<reference>": AGENCY,
    "<vocabulary>": "theme",
    "<code>": "moi-truong",
    "<word_id>": "1",
}


@pytest.fixture(scope="module")
def drafted(staffed: Staffed) -> Staffed:
    with staffed.site.portal.database.write() as session:
        make_dataset(
            session,
            "Bản nháp",
            state=State.DRAFT,
            agency=queries.agency(session, AGENCY),
            distributions=[make_link("https://example.org/a")],
        )
    return staffed


# POST is a way to ask a long question there; what CKAN's actions allow stands in a table of actions.
ASKED_BY_POST = {("POST", "/oai"), ("POST", "/api/3/action/<name>"), ("POST", "/api/action/<name>")}


def guarded(site: Site) -> set[tuple[str, str]]:
    """Routes that write, or that say nothing to the anonymous."""
    found = set()
    for rule in site.app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if method != "GET" or site.client.get(address(str(rule))).status_code == 401:
                found.add((method, str(rule)))
    return found - ASKED_BY_POST


def address(rule: str, words: Mapping[str, str] = WORDS) -> str:
    for name, word in words.items():
        rule = rule.replace(name, word)
    return rule


def test_t69_every_guarded_route_is_in_the_table(site: Site) -> None:
    assert guarded(site) == TABLE.keys() | DRAFT.keys() | DATASET_TABLE.keys()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "rule"), TABLE)
def test_t69_every_role_is_answered_as_the_table_says(
    staffed: Staffed, method: str, rule: str, role: str
) -> None:
    answer = staffed.call(method, address(rule), role)
    assert answer.status_code == TABLE[method, rule][ROLES.index(role)]
    if role != "anonymous":
        assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "rule"), DRAFT)
def test_t69_t73_another_agencys_draft_is_as_unknown_as_one_that_is_not(
    drafted: Staffed, method: str, rule: str, role: str
) -> None:
    expected = DRAFT[method, rule][ROLES.index(role)]
    answers = [
        drafted.call(method, address(rule, words), role, match='"999-x"', json={})
        for words in (DRAFT_WORDS, {"<uuid>": UNKNOWN, "<reference>": "khong-co"})
    ]
    assert answers[0].status_code == expected
    assert answers[1].status_code == (404 if expected == 412 else expected)
    if expected == 404:
        bodies = [{**each.json, "request_id": ""} for each in answers]
        assert bodies[0] == bodies[1]


@pytest.mark.parametrize(("method", "rule"), [*TABLE, *DRAFT])
def test_a_wrong_token_is_nobody_on_every_guarded_route(staffed: Staffed, method: str, rule: str) -> None:
    answer = staffed.site.client.open(
        address(rule), method=method, headers={"Authorization": "Bearer dnp_" + "0" * 64}
    )
    assert (answer.status_code, answer.json["code"]) == (401, "token-invalid")


def test_a_token_without_the_scope_says_which_it_lacks(staffed: Staffed) -> None:
    answer = staffed.call("GET", "/api/v1/audit", "reading administrator")
    assert answer.json["code"] == "scope-missing"
    assert 'scope="admin"' in answer.headers["WWW-Authenticate"]
