"""Downloads as a client meets them: through Flask, through gunicorn with sendfile, and resumed by curl."""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from portal.files.storage.base import FileDamaged, Storage
from portal.files.storage.local import LocalStorage
from portal.http.downloads import send_stored

REPOSITORY = Path(__file__).resolve().parents[2]
CONTENT = b"Ten;So\n" + bytes(range(256)) * 40
NAME = 'Đà Nẵng "x";.csv'
MODIFIED = datetime(2025, 10, 23, 7, 28, 0, 400_000, tzinfo=UTC)
HTTP_MODIFIED = "Thu, 23 Oct 2025 07:28:00 GMT"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ETAG = f'"{SHA256}"'


def make_app(storage: Storage, *, media_type: str = "text/csv", accel_location: str = "") -> Flask:
    app = Flask(__name__)
    app.testing = True

    @app.get("/<kind>/<sha256>/<int:byte_size>")
    def download(kind: str, sha256: str, byte_size: int) -> Response:
        return send_stored(
            storage,
            sha256=sha256,
            byte_size=byte_size,
            name=NAME,
            media_type=media_type,
            last_modified=MODIFIED,
            accel_location=accel_location,
            immutable=kind == "version",
        )

    return app


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    storage = LocalStorage(tmp_path / "files", reserve_bytes=0)
    storage.put(io.BytesIO(CONTENT))
    return storage


@pytest.fixture
def client(storage: LocalStorage) -> FlaskClient:
    return make_app(storage).test_client()


URL = f"/version/{SHA256}/{len(CONTENT)}"


def test_a_download_is_the_stored_bytes_with_all_that_names_them(client: FlaskClient) -> None:
    answer = client.get(URL)
    assert (answer.status_code, answer.data) == (200, CONTENT)
    digest = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()
    expected = {
        "ETag": ETAG,
        "Content-Length": str(len(CONTENT)),
        "Content-Type": "text/csv",
        "Content-Disposition": 'attachment; filename="Da Nang _x_;.csv"; '
        "filename*=UTF-8''%C4%90%C3%A0%20N%E1%BA%B5ng%20_x_%3B.csv",
        "Last-Modified": HTTP_MODIFIED,
        "Accept-Ranges": "bytes",
        "Repr-Digest": f"sha-256=:{digest}:",
        "Cache-Control": "public, max-age=86400, immutable",
    }
    assert {name: answer.headers.get(name) for name in expected} == expected


def test_the_latest_address_is_cached_shortly(client: FlaskClient) -> None:
    answer = client.get(f"/latest/{SHA256}/{len(CONTENT)}")
    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_head_is_get_without_bytes(client: FlaskClient) -> None:
    head, get = client.head(URL, headers={"Range": "bytes=0-4"}), client.get(URL)
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize(
    ("requested", "body", "content_range"),
    [
        ("bytes=0-2", CONTENT[:3], f"bytes 0-2/{len(CONTENT)}"),
        ("bytes=7-", CONTENT[7:], f"bytes 7-{len(CONTENT) - 1}/{len(CONTENT)}"),
        ("bytes=-5", CONTENT[-5:], f"bytes {len(CONTENT) - 5}-{len(CONTENT) - 1}/{len(CONTENT)}"),
    ],
)
def test_a_single_range_is_206(client: FlaskClient, requested: str, body: bytes, content_range: str) -> None:
    answer = client.get(URL, headers={"Range": requested})
    assert (answer.status_code, answer.data) == (206, body)
    assert answer.headers["Content-Range"] == content_range
    assert answer.headers["Content-Length"] == str(len(body))
    assert answer.headers["ETag"] == ETAG


@pytest.mark.parametrize("requested", ["bytes=0-1,4-5", "bytes=x", "lines=0-1"])
def test_other_ranges_are_ignored(client: FlaskClient, requested: str) -> None:
    answer = client.get(URL, headers={"Range": requested})
    assert (answer.status_code, answer.data) == (200, CONTENT)


def test_a_range_past_the_end_is_416(client: FlaskClient) -> None:
    answer = client.get(URL, headers={"Range": f"bytes={len(CONTENT)}-"})
    assert (answer.status_code, answer.data) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize(
    ("if_range", "status"), [(ETAG, 206), ('"old"', 200), (f"W/{ETAG}", 200), (HTTP_MODIFIED, 200)]
)
def test_a_download_resumes_only_on_the_same_bytes(client: FlaskClient, if_range: str, status: int) -> None:
    answer = client.get(URL, headers={"Range": "bytes=3-", "If-Range": if_range})
    assert (answer.status_code, answer.data) == (status, CONTENT[3:] if status == 206 else CONTENT)


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ({"If-None-Match": ETAG}, 304),
        ({"If-None-Match": f'"a", W/{ETAG}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"a"'}, 200),
        ({"If-None-Match": ETAG, "Range": "bytes=0-1"}, 304),
        ({"If-Modified-Since": HTTP_MODIFIED}, 304),
        ({"If-Modified-Since": "Wed, 22 Oct 2025 07:28:00 GMT"}, 200),
        ({"If-None-Match": '"a"', "If-Modified-Since": HTTP_MODIFIED}, 200),
        ({"If-Match": ETAG}, 200),
        ({"If-Match": '"a"'}, 412),
    ],
)
def test_conditions_come_before_bytes(client: FlaskClient, conditions: dict[str, str], status: int) -> None:
    answer = client.get(URL, headers=conditions)
    assert answer.status_code == status
    assert answer.data == (CONTENT if status == 200 else b"")
    assert answer.headers["ETag"] == ETAG


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Range": "bytes=0-1"},
        {"Range": "bytes=999999-"},
        {"If-None-Match": ETAG},
        {"If-Match": '"a"'},
    ],
)
@pytest.mark.parametrize("accel_location", ["", "/_files"])
def test_t06_t07_no_answer_can_be_rendered_in_our_origin(
    storage: LocalStorage, headers: dict[str, str], accel_location: str
) -> None:
    client = make_app(storage, media_type="text/html", accel_location=accel_location).test_client()
    answer = client.get(URL, headers=headers)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Content-Range", "Content-Disposition", "Repr-Digest"} <= set(exposed)
    if answer.status_code in (200, 206):
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
    else:
        assert "Content-Type" not in answer.headers


def test_t06_a_media_type_that_we_do_not_know_is_octets(storage: LocalStorage) -> None:
    answer = make_app(storage, media_type="application/javascript").test_client().get(URL)
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_an_empty_file_is_sent_even_when_a_range_is_asked(storage: LocalStorage) -> None:
    stored = storage.put(io.BytesIO(b""))
    url = f"/version/{stored.sha256}/0"
    answer = make_app(storage).test_client().get(url, headers={"Range": "bytes=0-"})
    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", "0")


def test_nginx_is_told_where_the_file_lies_and_cuts_ranges_itself(storage: LocalStorage) -> None:
    client = make_app(storage, accel_location="/_files/").test_client()
    answer = client.get(URL, headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["X-Accel-Redirect"] == f"/_files/{SHA256[:2]}/{SHA256}"
    assert answer.headers["ETag"] == ETAG
    assert client.get(URL, headers={"If-None-Match": ETAG}).status_code == 304


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("damage", ["absent", "short"])
def test_missing_or_short_bytes_are_never_sent(storage: LocalStorage, method: str, damage: str) -> None:
    if damage == "absent":
        storage.delete(SHA256)
    else:
        storage.local_path(SHA256).write_bytes(b"short")
    with pytest.raises(FileDamaged):
        make_app(storage).test_client().open(URL, method=method)


SERVER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_downloads import make_app
from portal.files.storage.local import LocalStorage
app = make_app(LocalStorage(Path({folder!r}), reserve_bytes=0))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail("the server did not start")


@pytest.fixture
def served(tmp_path: Path, storage: LocalStorage) -> Iterator[int]:
    """The port of gunicorn, which sends through sendfile()."""
    module = SERVER.format(tests=str(Path(__file__).parent), folder=str(tmp_path / "files"))
    (tmp_path / "served.py").write_text(module)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--log-level", "warning"]
    command += ["--bind", f"127.0.0.1:{port}", "--pythonpath", f"{tmp_path},{REPOSITORY}", "served:app"]
    process = subprocess.Popen(command, cwd=REPOSITORY)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def test_gunicorn_sends_whole_files_and_parts_on_one_connection(served: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served, timeout=10)
    cases: list[tuple[str, dict[str, str], int, bytes]] = [
        ("GET", {}, 200, CONTENT),
        ("GET", {"Range": "bytes=0-99"}, 206, CONTENT[:100]),
        ("GET", {"Range": "bytes=5000-"}, 206, CONTENT[5000:]),
        ("HEAD", {}, 200, b""),
        ("GET", {"Range": "bytes=-1"}, 206, CONTENT[-1:]),
        ("GET", {"Range": "bytes=999999-"}, 416, b""),
        ("GET", {"If-None-Match": ETAG}, 304, b""),
        ("GET", {"Range": "bytes=10-19", "If-Range": ETAG}, 206, CONTENT[10:20]),
        ("GET", {}, 200, CONTENT),
    ]
    for method, headers, status, body in cases:
        connection.request(method, URL, headers=headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (status, body), headers
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    connection.close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_resumes_a_broken_download(served: int, storage: LocalStorage, tmp_path: Path) -> None:
    content = random.Random(1).randbytes(3_000_000)
    stored = storage.put(io.BytesIO(content))
    url = f"http://127.0.0.1:{served}/version/{stored.sha256}/{stored.byte_size}"
    target = tmp_path / "out"
    target.write_bytes(content[:1_234_567])
    command = ["curl", "--silent", "--show-error", "--fail", "-C", "-", "-o", str(target)]
    command += ["-w", "%{http_code}", url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "206"
    assert hashlib.sha256(target.read_bytes()).hexdigest() == stored.sha256
