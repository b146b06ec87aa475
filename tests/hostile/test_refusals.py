"""What is refused is refused whole and says why, in both languages; what may not be known of is not there at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.app import make_app
from portal.catalog.models import Base, State
from portal.jobs.derived import open_followers
from tests.factories import CSV_V1, make_dataset, make_file, make_link, uuid_of
from tests.people import AGENCY, Staffed, staff
from tests.sites import Site

DATASETS = "/api/v1/datasets"
OWN = f"{DATASETS}/cua-minh"
FOREIGN = f"{DATASETS}/cua-nguoi-khac"
FILE_LIMIT = 10_000
WORD = "xyloquartz"


@dataclass(frozen=True)
class Refusal:
    """A request and how it is refused: status, code, and the fields that are named."""

    method: str
    path: str
    status: int
    code: str
    fields: tuple[str, ...] = ()
    who: str = "publisher"
    sent: dict[str, Any] = field(default_factory=dict)


def bearer(token: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {token}"}}


REFUSALS = {
    "no title": Refusal("POST", DATASETS, 422, "body-invalid", ("title",), sent={"json": {"title": ""}}),
    "unknown keys": Refusal(
        "POST", DATASETS, 422, "body-invalid", ("state", "x"), sent={"json": {"title": "a", "state": "draft", "x": 1}}
    ),
    "several faults at once": Refusal(
        "POST", DATASETS, 422, "body-invalid", ("keywords", "title"),
        sent={"json": {"title": 5, "keywords": "một"}},
    ),
    "unknown words": Refusal(
        "PATCH", OWN, 422, "word-unknown", ("licence", "themes[0]"),
        sent={"json": {"themes": ["khong-co"], "licence": "khong-co"}, "match": "*"},
    ),
    "not JSON": Refusal(
        "POST", DATASETS, 400, "body-unreadable", sent={"data": b"{", "content_type": "application/json"}
    ),
    "publish what is not complete": Refusal(
        "POST", f"{OWN}/publish", 422, "incomplete", ("description", "licence", "themes")
    ),
    "no If-Match": Refusal("PATCH", OWN, 428, "precondition-missing", sent={"json": {"title": "b"}}),
    "a stale If-Match": Refusal(
        "PATCH", OWN, 412, "version-stale", sent={"json": {"title": "b"}, "match": '"7-abc"'}
    ),
    "a body over the limit": Refusal(
        "POST", DATASETS, 413, "content-too-large", sent={"json": {"title": "a", "description": "x" * 1_100_000}}
    ),
    "a file over the limit": Refusal(
        "POST", f"{OWN}/files?name=a.csv", 413, "file-too-large", sent={"data": b"x" * (FILE_LIMIT + 1)}
    ),
    "a file with another digest": Refusal(
        "POST", f"{OWN}/files?name=a.csv&sha256={'0' * 64}", 422, "digest-mismatch", ("sha256",), sent={"data": b"a"}
    ),
    "no token": Refusal("POST", DATASETS, 401, "token-missing", who="anonymous", sent={"json": {"title": "a"}}),
    "a wrong token": Refusal(
        "POST", DATASETS, 401, "token-invalid", who="anonymous", sent={"json": {"title": "a"}, **bearer("dnp_x")}
    ),
    "too small a scope": Refusal(
        "POST", DATASETS, 403, "scope-missing", who="reading administrator", sent={"json": {"title": "a"}}
    ),
    "no right to publish": Refusal("POST", f"{OWN}/publish", 403, "forbidden", who="contributor"),
    "another agency's draft: read": Refusal("GET", FOREIGN, 404, "dataset-not-found"),
    "another agency's draft: change": Refusal(
        "PATCH", FOREIGN, 404, "dataset-not-found", sent={"json": {"title": "b"}, "match": "*"}
    ),
    "another agency's draft: publish": Refusal("POST", f"{FOREIGN}/publish", 404, "dataset-not-found"),
    "another agency's draft: attach": Refusal(
        "POST", f"{FOREIGN}/files?name=a.csv", 404, "dataset-not-found", sent={"data": b"a"}
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    made = staff(tmp_path_factory.mktemp("refusals"), file_limit=FILE_LIMIT)
    for who, slug, agency in (
        ("administrator", "cua-minh", AGENCY),
        ("administrator", "cua-nguoi-khac", "uy-ban-nhan-dan-thanh-pho"),
    ):
        body = {"title": "Nháp", "identifier": slug, "agency": agency}
        assert made.call("POST", DATASETS, who, json=body).status_code == 201
    yield made
    made.site.portal.close()


def everything(staffed: Staffed) -> tuple[dict[str, int], list[str], list[Path]]:
    """Rows by table, stored files, and temporary ones."""
    portal = staffed.site.portal
    with portal.database.read() as session:
        rows = {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }
    return rows, list(portal.storage.hashes()), list((portal.settings.files_folder / "tmp").iterdir())


def assert_is_clear(answer: TestResponse, status: int, code: str, fields: tuple[str, ...]) -> None:
    problem = answer.json
    assert answer.mimetype == "application/problem+json"
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code), answer.text
    assert sorted(problem.get("fields", {})) == sorted(fields), answer.text
    for told in (problem["title_i18n"], problem["detail_i18n"], *problem.get("fields_i18n", {}).values()):
        assert told["vi"] and told["en"] and told["vi"] != told["en"]
    assert answer.headers["Cache-Control"] in ("no-store", "private, no-store")


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_names_its_reason_and_leaves_nothing(staffed: Staffed, name: str) -> None:
    case = REFUSALS[name]
    before = everything(staffed)
    record = staffed.call("GET", OWN, "administrator").data
    answer = staffed.call(case.method, case.path, case.who, **case.sent)
    assert_is_clear(answer, case.status, case.code, case.fields)
    rows, files, temporary = everything(staffed)
    # Bytes that did arrive whole belong to nobody and are collected a day later.
    assert (rows, temporary) == (before[0], before[2])
    assert len(files) <= len(before[1]) + (name == "a file with another digest")
    assert staffed.call("GET", OWN, "administrator").data == record


def test_an_expired_and_a_revoked_token_are_refused(staffed: Staffed) -> None:
    portal = staffed.site.portal
    later = replace(portal, clock=lambda: portal.clock() + timedelta(days=91))
    ahead = replace(staffed, site=Site(later, make_app(later), staffed.site.catalogue))
    assert_is_clear(ahead.call("GET", "/api/v1/me", "publisher"), 401, "token-expired", ())
    made = staffed.call("POST", "/api/v1/tokens", "publisher", json={"name": "x", "scopes": ["read"]}).json
    assert staffed.call("DELETE", f"/api/v1/tokens/{made['id']}", "publisher", match="*").status_code < 300
    answer = staffed.call("GET", "/api/v1/me", **bearer(made["token"]))
    assert_is_clear(answer, 401, "token-invalid", ())


STATES = (State.DRAFT, State.IN_REVIEW, State.SCHEDULED, State.TRASHED)
# `{}` is a slug or uuid of a dataset; the last ones speak of a distribution.
ABOUT_ONE = (
    f"{DATASETS}/{{}}",
    f"{DATASETS}/{{}}?lang=en",
    f"{DATASETS}/{{}}/distributions",
    f"{DATASETS}/{{}}/revisions",
    "/dataset/{}.ttl",
    "/dataset/{}.jsonld",
    "/du-lieu/{}",
    "/en/datasets/{}",
    "/id/dataset/{}",
    "/dataset/{}",
    "/feeds/dataset/{}.atom",
    "/api/3/action/package_show?id={}",
)
LISTS = (
    DATASETS,
    f"{DATASETS}?q={WORD}",
    f"{DATASETS}?identifier={WORD}-draft",
    f"{DATASETS}?cursor=*",
    f"{DATASETS}?sort=title&page_size=100",
    f"{DATASETS}?theme=moi-truong&agency=so-y-te&year=2024",
    f"/api/v1/suggest?q={WORD}",
    "/api/v1/suggest?q=so+y",
    "/api/v1/changes",
    "/api/v1/catalogue",
    "/api/v1/agencies",
    "/api/v1/agencies/so-y-te",
    "/api/v1/concepts/theme",
    "/api/v1/places",
    "/api/v1/places/20194",
    f"/feeds/search.atom?q={WORD}",
    "/feeds/search.atom",
    "/feeds/datasets.atom",
    "/feeds/agency/so-y-te.rss",
    "/feeds/theme/moi-truong.atom",
    "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc",
    "/oai?verb=ListSets",
    "/api/3/action/package_list",
    f"/api/3/action/package_search?q={WORD}",
    "/api/3/action/package_search?facet.field=%5B%22organization%22%2C%22groups%22%2C%22tags%22%5D",
    "/api/3/action/organization_list?all_fields=true",
    "/api/3/action/tag_list",
    f"/api/3/action/package_autocomplete?q={WORD}",
    f"/api/util/dataset/autocomplete?incomplete={WORD}",
    "/data.json",
    "/catalog.ttl",
    "/catalog.jsonld",
    "/",
    "/en/",
    "/du-lieu",
    f"/du-lieu?q={WORD}",
    "/co-quan",
    "/co-quan/so-y-te",
    "/linh-vuc",
    "/linh-vuc/moi-truong",
    "/dia-ban",
)
# Differ from request to request, whatever is asked for.
_OWN = {"x-request-id", "date", "ratelimit", "ratelimit-policy"}


def plant(site: Site) -> list[tuple[str, str]]:
    """A dataset in each hidden state, whole and with a rare word everywhere; slugs and distributions."""
    made = []
    with site.portal.database.write() as session:
        for state in STATES:
            slug = f"{WORD}-{state.value}"
            make_dataset(
                session,
                f"{WORD} {state.value}",
                slug=slug,
                state=state,
                description_vi=f"{WORD} mô tả",
                keywords=[WORD],
                distributions=[make_file(f"{WORD}.csv", [CSV_V1]), make_link("https://example.org/x")],
            )
            made.append((slug, str(uuid_of(f"distribution/{slug}/0"))))
    return made


# OAI-PMH tells when it answered, as its standard demands.
_ANSWERED_AT = re.compile("<responseDate>[^<]*</responseDate>")


def shape(answer: TestResponse, *names: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body, where `names` stand as the same word."""
    body = _ANSWERED_AT.sub("", answer.get_data(as_text=True))
    headers = {key.lower(): text for key, text in answer.headers if key.lower() not in _OWN}
    request_id = answer.headers.get("X-Request-Id") or ""
    for name in (*names, request_id):
        if name:
            body = body.replace(name, "#")
            headers = {key: text.replace(name, "#") for key, text in headers.items()}
    return answer.status_code, headers, body


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = staff(tmp_path).site
    yield made
    made.portal.close()


def test_what_is_hidden_answers_as_what_is_unknown(site: Site) -> None:
    planted = plant(site)
    get: Callable[[str], TestResponse] = site.client.get
    for slug, file in planted:
        for hidden, unknown in (
            (slug, f"{'k' * len(slug)}"),
            (str(uuid_of(f"dataset/{slug}")), str(uuid_of("none"))),
        ):
            for path in ABOUT_ONE:
                found, none = get(path.format(hidden)), get(path.format(unknown))
                assert shape(found, hidden) == shape(none, unknown), path
                assert found.status_code == 404, path
        nobody = str(uuid_of("nobody"))
        for path in ("/api/v1/distributions/{}", f"/tai-ve/{{}}/{WORD}.csv", f"/tai-ve/{{}}/v1/{WORD}.csv"):
            assert shape(get(path.format(file)), file) == shape(get(path.format(nobody)), nobody), path


def test_what_is_hidden_changes_no_answer_at_all(site: Site) -> None:
    """Bodies, counts, ETags and every other header are the same bytes as before."""

    def all_answers() -> dict[str, tuple[int, dict[str, str], str]]:
        with open_followers(site.portal) as followers:
            for each in followers:
                each.follow()
                each.reconcile()
        client = make_app(site.portal).test_client()
        return {path: shape(client.get(path)) for path in LISTS}

    before = all_answers()
    assert {path: answer[0] for path, answer in before.items() if answer[0] != 200} == {}
    plant(site)
    after = all_answers()
    assert {path: (after[path], before[path]) for path in LISTS if after[path] != before[path]} == {}
