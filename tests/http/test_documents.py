"""Whole-catalogue documents at the front door: answered before the app, and just as the app answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import create_environ
from werkzeug.wsgi import ClosingIterator

from portal.exchange.whole_catalogue import DOCUMENTS
from portal.http.frontdoor import visit_of
from portal.jobs.snapshots import writer_of
from tests.sites import Site, open_site

BASE = "http://127.0.0.1:8123"
# Who is signed in is answered by the app, for whom these documents are the same.
SIGNED_IN = {"Cookie": "__Host-session=x"}
CONDITIONS: dict[str, dict[str, str]] = {
    "none": {},
    "the same tag": {"If-None-Match": "{etag}"},
    "the same tag, weak": {"If-None-Match": "W/{etag}"},
    "any tag": {"If-None-Match": "*"},
    "another tag": {"If-None-Match": '"x"'},
    "since then": {"If-Modified-Since": "{modified}"},
    "since long ago": {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    "only this": {"If-Match": "{etag}"},
    "only another": {"If-Match": '"x"'},
    "the first bytes": {"Range": "bytes=0-99"},
    "the last bytes": {"Range": "bytes=-5"},
    "bytes that are not there": {"Range": "bytes=99999999-"},
    "another unit": {"Range": "lines=1-2"},
    "bytes of this": {"Range": "bytes=0-9", "If-Range": "{etag}"},
    "bytes of another": {"Range": "bytes=0-9", "If-Range": '"y"'},
    "bytes of what is known": {"Range": "bytes=0-9", "If-None-Match": "{etag}"},
    "from another site": {"Origin": "https://app.example"},
}
EXPECTED = {"the same tag": 304, "the same tag, weak": 304, "any tag": 304, "since then": 304, "only another": 412,
            "the first bytes": 206, "the last bytes": 206, "bytes that are not there": 416, "bytes of this": 206,
            "bytes of what is known": 304}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = open_site(tmp_path_factory.mktemp("documents"))
    writer_of(made.portal).write()
    yield made
    made.portal.close()


@pytest.fixture(scope="module")
def client(site: Site) -> FlaskClient:
    """One that sends the cookies that a test gives it."""
    return site.app.test_client(use_cookies=False)


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_front_door_answers_as_the_app_does(client: FlaskClient, document: str, encoding: str) -> None:
    accepts = {"Accept-Encoding": encoding}
    whole = client.get(f"/{document}", headers=accepts)
    for name, condition in CONDITIONS.items():
        known = {"etag": whole.headers["ETag"], "modified": whole.headers["Last-Modified"]}
        headers = {**accepts, **{header: value.format(**known) for header, value in condition.items()}}
        for method in ("GET", "HEAD"):
            early = client.open(f"/{document}", method=method, headers=headers)
            late = client.open(f"/{document}", method=method, headers={**headers, **SIGNED_IN})
            status = EXPECTED.get(name, 200)
            if method == "HEAD" and status in (206, 416):
                status = 200
            assert (early.status_code, late.status_code) == (status, status), (name, method)
            assert early.data == late.data, (name, method)
            told = [
                {header: value for header, value in each.headers if header != "X-Request-Id"}
                for each in (early, late)
            ]
            assert told[0] == told[1], (name, method)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_route_is_named_as_the_app_names_it(site: Site, document: str) -> None:
    """Metrics count by route: neither what somebody typed, nor another one for an early answer."""
    early = create_environ(f"/{document}", BASE)
    late = create_environ(f"/{document}", BASE, headers=SIGNED_IN)
    for environ in (early, late):
        ClosingIterator(site.app.wsgi_app(environ, lambda *_: lambda _: None)).close()
    assert visit_of(early).route == visit_of(late).route != "-"


def test_what_the_app_must_judge_passes_the_front_door(client: FlaskClient) -> None:
    whole = client.get("/catalog.ttl")
    assert client.get("/catalog.ttl?utm_source=x").data == whole.data
    page = client.get("/catalog.ttl?page=1")
    assert page.status_code == 200 and page.data != whole.data and "Last-Modified" not in page.headers
    refused = client.get("/catalog.ttl", headers={"Authorization": "Bearer khong-phai"})
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
    foreign = client.get("/catalog.ttl", headers={"Host": "evil.example"})
    assert (foreign.status_code, foreign.json["code"]) == (400, "host-not-trusted")
    assert client.post("/catalog.ttl").status_code == 405


def test_what_cannot_be_read_is_a_failure_in_the_form_of_all_failures(own_site: Site) -> None:
    snapshot = writer_of(own_site.portal).write()
    path = snapshot.path("catalog.nt")
    path.unlink()
    path.mkdir()
    answer = own_site.client.get("/catalog.nt")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.json["incident"] and str(path) not in answer.text


def test_no_file_stays_open(own_site: Site) -> None:
    """One that is never closed is one that nobody else can open any more, some thousand answers later."""
    writer_of(own_site.portal).write()
    folder = own_site.portal.settings.snapshots_folder
    for headers in CONDITIONS.values():
        for method in ("GET", "HEAD"):
            asked = {name: value.format(etag='"x"', modified="x") for name, value in headers.items()}
            own_site.client.open("/catalog.ttl", method=method, headers=asked).close()
    assert not [each for each in _open_files() if each.startswith(str(folder))]


def _open_files() -> list[str]:
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(link.readlink()))
        except FileNotFoundError:
            # The folder itself, which was open while it was listed.
            continue
    return found
