"""T62: who asks is found out anew at every request, and nobody inherits anything from the one before."""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from portal.catalog import queries
from portal.catalog.models import State
from tests.factories import make_dataset
from tests.people import AGENCY, Staffed, staff


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    staffed = staff(tmp_path_factory.mktemp("staffed"))
    with staffed.site.portal.database.write() as session:
        make_dataset(
            session, "Bản nháp riêng", slug="rieng", state=State.DRAFT, agency=queries.agency(session, AGENCY)
        )
    yield staffed
    staffed.site.portal.close()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic YTpi",
        "dnp_x",
        "Bearer a b",
        "Bearer é",
        "Bearer " + "x" * 9000,
    ],
)
@pytest.mark.parametrize(
    "path", ["/api/v1/datasets", "/du-lieu", "/", "/api/v1/me", "/tai-ve/x/y", "/khong-co"]
)
def test_a_bad_token_never_degrades_to_an_anonymous_reader(staffed: Staffed, header: str, path: str) -> None:
    answer = staffed.site.client.get(path, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="open data portal"')
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers


def test_unknown_revoked_and_malformed_tokens_are_answered_alike(staffed: Staffed) -> None:
    made = staffed.call("POST", "/api/v1/tokens", "publisher", json={"name": "x", "scopes": ["read"]})
    staffed.call("DELETE", made.headers["Location"], "publisher", match="*")
    texts = [made.json["token"], "dnp_" + "0" * 64, "x"]
    answers = [
        staffed.site.client.get("/api/v1/me", headers={"Authorization": f"Bearer {text}"}) for text in texts
    ]
    bodies = [{**each.json, "request_id": ""} for each in answers]
    assert bodies[0] == bodies[1] == bodies[2]


def test_t62_interleaved_requests_of_all_roles_never_mix(staffed: Staffed) -> None:
    may_see = {"administrator", "reading administrator", "publisher", "contributor"}
    roles = ["anonymous", "stranger", *sorted(may_see)]
    chosen = random.Random(62)
    for _ in range(300):
        who = chosen.choice(roles)
        answer = staffed.call("GET", "/api/v1/datasets/rieng", who)
        assert answer.status_code == (200 if who in may_see else 404), who
        public = staffed.call("GET", "/api/v1/datasets/chat-luong-khong-khi", who)
        assert public.status_code == 200
        is_public = who == "anonymous"
        assert public.headers["Cache-Control"].startswith("public" if is_public else "private, no-store")


def test_what_an_anonymous_reader_gets_after_a_token_is_the_same_as_before(staffed: Staffed) -> None:
    path = "/api/v1/datasets/chat-luong-khong-khi"
    before = staffed.call("GET", path)
    staffed.call("GET", path, "administrator", headers={"If-None-Match": before.headers["ETag"]})
    after = staffed.call("GET", path)
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])


def test_a_token_gets_no_304(staffed: Staffed) -> None:
    path = "/api/v1/datasets/chat-luong-khong-khi"
    for tag in (staffed.call("GET", path).headers["ETag"], staffed.tag(path), "*"):
        answer = staffed.call("GET", path, "publisher", headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert answer.headers["ETag"].split("-")[0] == staffed.call("GET", path).headers["ETag"].split("-")[0]


def test_a_file_sent_to_a_token_is_not_for_shared_caches(staffed: Staffed) -> None:
    record = staffed.call("GET", "/api/v1/datasets/chat-luong-khong-khi", "publisher").json
    url = next(each["download_url"] for each in record["distributions"] if each["download_url"])
    answer = staffed.call("GET", urlsplit(url).path, "publisher")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
