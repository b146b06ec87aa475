"""What holds for every answer: hosts, headers, kept pages, 304 and encodings."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
import pytest
import structlog
from flask.testing import FlaskClient

from portal.app import make_app
from portal.catalog.models import Dataset
from tests.factories import make_dataset, make_index, make_many, make_portal
from tests.sites import Site, open_site

LIST = "/api/v1/datasets"
PATHS = [
    LIST, "/api/v1/datasets/da-rut", "/api/v1/x", "/khong-co", "/health/live", "/static/khong-co.css",
    "/api/v1/datasets?page=0",
]  # fmt: skip


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil@127.0.0.1", "127.0.0.1:80:80", "", "[::1", "*"]
)
def test_a_foreign_host_is_refused_everywhere(client: FlaskClient, host: str) -> None:
    for path in PATHS:
        answer = client.get(path, headers={"Host": host})
        assert (answer.status_code, answer.json["code"]) == (400, "host-not-trusted")
        assert answer.headers["Cache-Control"] == "no-store"
        if host:
            assert host not in answer.text


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8123", "localhost", "LOCALHOST:99", "[::1]:8123", "du-lieu.example.vn"]
)
def test_own_and_configured_hosts_are_served(tmp_path: Path, host: str) -> None:
    site = open_site(tmp_path, hosts=("du-lieu.example.vn",))
    assert site.client.get(LIST, headers={"Host": host}).status_code == 200
    site.portal.close()


def test_forwarded_headers_change_nothing_unless_proxies_are_configured(client: FlaskClient) -> None:
    plain = client.get("/api/v1/datasets/chat-luong-khong-khi").data
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Original-URL": "/evil",
        "Forwarded": "host=evil.example",
    }
    assert client.get("/api/v1/datasets/chat-luong-khong-khi", headers=headers).data == plain
    absolute = client.get(LIST, environ_overrides={"RAW_URI": "http://evil.example/api/v1/datasets"})
    assert absolute.status_code == 400


def test_behind_a_proxy_the_forwarded_host_is_checked(tmp_path: Path) -> None:
    site = open_site(tmp_path, proxies=1, base_url="https://du-lieu.example.vn", secret_key="k" * 32)
    headers = {"Host": "127.0.0.1", "X-Forwarded-Host": "du-lieu.example.vn", "X-Forwarded-Proto": "https"}
    answer = site.client.get(LIST, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    headers["X-Forwarded-Host"] = "evil.example"
    assert site.client.get(LIST, headers=headers).status_code == 400
    site.portal.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_every_answer_has_the_security_headers(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "object-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] and answer.headers["Permissions-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["X-Request-Id"]
    assert "Strict-Transport-Security" not in answer.headers
    assert "Server" not in answer.headers and "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("origin", ["https://app.example", "null"])
def test_programs_of_other_sites_may_read_and_only_read(client: FlaskClient, origin: str) -> None:
    for path in (LIST, "/api/v1/x", "/api/v1/datasets/da-rut"):
        answer = client.get(path, headers={"Origin": origin})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    preflight = client.options(LIST, headers=asked)
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Access-Control-Allow-Origin" not in client.post(LIST).headers
    assert "Access-Control-Allow-Origin" not in client.get("/health/live").headers


def made(client: FlaskClient, path: str, **headers: str) -> str:
    """How the answer came about, as the access log tells."""
    with structlog.testing.capture_logs() as lines:
        client.get(path, headers=headers)
    return next(str(line["made"]) for line in lines if line["event"] == "request")


def test_the_second_asking_is_answered_from_memory_and_alike(own_site: Site) -> None:
    client = own_site.client
    for path in (LIST, "/api/v1/datasets/chat-luong-khong-khi?lang=en", "/api/v1/openapi.json"):
        first = client.get(path)
        with structlog.testing.capture_logs() as lines:
            second = client.get(path)
        assert lines[-1]["made"] == "kept"
        assert first.data == second.data
        drop = {"X-Request-Id"}
        assert {n: v for n, v in first.headers if n not in drop} == {
            n: v for n, v in second.headers if n not in drop
        }


def test_order_of_parameters_and_tracking_make_no_difference(own_site: Site) -> None:
    client = own_site.client
    client.get(f"{LIST}?sort=title&theme=a&theme=b")
    for query in ("theme=a&theme=b&sort=title", "utm_source=x&sort=title&theme=a&fbclid=1&theme=b&"):
        assert made(client, f"{LIST}?{query}") == "kept"
    assert made(client, f"{LIST}?sort=title&theme=b&theme=a") == "made"


def test_signed_in_requests_are_neither_kept_nor_answered_from_memory(own_site: Site) -> None:
    client = own_site.client
    client.get(LIST)
    assert made(client, LIST, Authorization="Bearer x") == "made"
    answer = client.get(LIST, headers={"Authorization": "Bearer x"})
    assert answer.headers["Cache-Control"] == "private, no-store" and "ETag" not in answer.headers
    client.set_cookie("other", "x")
    assert made(client, LIST) == "kept"
    client.set_cookie("__Host-session", "x")
    assert made(client, LIST) == "made"


@pytest.mark.parametrize("encoding", ["", "gzip", "br", "gzip, deflate, br, zstd", "br;q=0, gzip;q=0.5"])
def test_each_encoding_is_whole_and_has_its_own_tag(client: FlaskClient, encoding: str) -> None:
    plain = client.get(LIST)
    for _ in range(2):
        answer = client.get(LIST, headers={"Accept-Encoding": encoding})
        used = answer.headers.get("Content-Encoding", "")
        decode = {"": bytes, "br": brotli.decompress, "gzip": gzip.decompress}[used]
        assert decode(answer.data) == plain.data
        assert answer.content_length == len(answer.data)
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert used == {"": "", "gzip": "gzip", "br": "br", "gzip, deflate, br, zstd": "br"}.get(encoding, "gzip")
    assert (answer.headers["ETag"] == plain.headers["ETag"]) == (used == "")


@pytest.mark.parametrize("encoding", ["", "br", "gzip"])
@pytest.mark.parametrize("path", [LIST, "/api/v1/datasets/chat-luong-khong-khi", "/api/v1/agencies/so-y-te"])
def test_what_the_client_has_is_not_sent_again(tmp_path: Path, path: str, encoding: str) -> None:
    site = open_site(tmp_path)
    tag = site.client.get(path, headers={"Accept-Encoding": encoding}).headers["ETag"]
    asked = {"Accept-Encoding": encoding, "If-None-Match": f'"other", W/{tag}'}
    kept = site.client.get(path, headers=asked)
    # Another process has nothing in memory: the tag alone tells that nothing changed.
    fresh = make_app(site.portal).test_client()
    with structlog.testing.capture_logs() as lines:
        unmade = fresh.get(path, headers=asked)
    assert lines[-1]["made"] == "not-modified"
    for answer in (kept, unmade):
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert (
        site.client.get(path, headers={**asked, "If-None-Match": '"1-0123456789abcdef"'}).status_code == 200
    )
    site.portal.close()


def test_the_tag_of_a_record_begins_with_its_version(client: FlaskClient) -> None:
    record = client.get("/api/v1/datasets/chat-luong-khong-khi")
    assert record.headers["ETag"].startswith(f'"{record.json["version"]}-')


def test_a_tag_of_one_address_says_nothing_of_another(client: FlaskClient) -> None:
    tag = client.get("/api/v1/datasets/chat-luong-khong-khi").headers["ETag"]
    for path in ("/api/v1/datasets/du-toan-ngan-sach-2025", "/api/v1/datasets/chat-luong-khong-khi?lang=en"):
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_public_change_is_seen_by_the_very_next_request(own_site: Site) -> None:
    client = own_site.client
    path = "/api/v1/datasets/du-toan-ngan-sach-2025"
    for round in range(5):
        before = client.get(path)
        with own_site.portal.database.write() as session:
            dataset = session.query(Dataset).filter_by(slug="du-toan-ngan-sach-2025").one()
            dataset.title_vi = f"Dự toán lần {round}"
            make_dataset(session, f"Khác {round}")
        after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert after.json["title"] == f"Dự toán lần {round}"


def test_a_new_index_is_seen_though_the_catalogue_is_the_same(own_site: Site) -> None:
    client, portal = own_site.client, own_site.portal
    with portal.database.write() as session:
        make_dataset(session, "Cầu Rồng phun lửa")
    assert "cau-rong-phun-lua" not in found(client, "cau+rong")
    make_index(portal)
    assert found(client, "cau+rong") == ["cau-rong-phun-lua"]


def found(client: FlaskClient, words: str) -> list[str]:
    return [item["slug"] for item in client.get(f"{LIST}?q={words}").json["items"]]


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    for path in (LIST, "/api/v1/datasets/da-rut", "/api/v1/x", "/health/live"):
        get = client.get(path)
        head = client.head(path)
        assert (head.status_code, head.data) == (get.status_code, b"")
        assert head.headers["Content-Length"] == get.headers["Content-Length"]
        assert head.headers.get("ETag") == get.headers.get("ETag")


def test_failures_are_never_kept(own_site: Site) -> None:
    for path in ("/api/v1/x", "/api/v1/datasets/da-rut", f"{LIST}?page=0", "/id/dataset/x"):
        assert made(own_site.client, path) == made(own_site.client, path) == "made"


def test_log_lines_have_no_query_and_one_line_each(
    own_site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    with structlog.testing.capture_logs() as lines:
        own_site.client.get(f"{LIST}?q=so+cccd+012345678901", headers={"User-Agent": "x\x1b[31m"})
    assert "012345678901" not in repr(lines) and "\\x1b" not in repr(lines)


def test_static_files_are_kept_for_good_only_under_the_address_of_their_content(client: FlaskClient) -> None:
    from portal.web.assets import VENDOR_FILE, asset

    if not VENDOR_FILE.exists():
        pytest.skip("no static file yet")
    current = asset("vendor/vendor.json")
    assert client.get(current).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for path in (current.partition("?")[0], f"{current}0", current.partition("?")[0] + "?v="):
        assert "immutable" not in client.get(path).headers["Cache-Control"]
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/khong-co?v=1", "/static/%00?v=1"):
        assert client.get(path).status_code == 404


def test_memory_stays_within_its_bound(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    make_many(portal.database, 30)
    make_index(portal)
    app = make_app(portal)
    client = app.test_client()
    for number in range(300):
        client.get(f"{LIST}?x={number}", headers={"Accept-Encoding": "br"})
    cache = app.extensions["portal.page_cache"]
    assert 0 < cache.byte_size <= 32 * 1024**2
    portal.close()
