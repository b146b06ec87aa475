"""Downloads as clients meet them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.factories import CSV_V1, CSV_V2, make_dataset, make_link, uuid_of
from tests.sites import Site, open_site

FILE = uuid_of("distribution/chat-luong-khong-khi/0")
LINK = uuid_of("distribution/chat-luong-khong-khi/1")
NAME = "Kh%C3%B4ng%20kh%C3%AD.csv"


def test_every_download_url_of_the_api_gives_the_bytes_it_promises(client: FlaskClient) -> None:
    (file, _) = client.get("/api/v1/datasets/chat-luong-khong-khi").json["distributions"]
    for told in (file, *file["file_versions"]):
        answer = client.get(told["download_url"].removeprefix("http://127.0.0.1:8123"))
        assert answer.status_code == 200
        assert hashlib.sha256(answer.data).hexdigest() == told["sha256"]
        assert len(answer.data) == told["byte_size"] == answer.content_length
        assert answer.headers["ETag"] == f'"{told["sha256"]}"'


def test_the_newest_and_each_version_are_told_apart(client: FlaskClient) -> None:
    newest = client.get(f"/tai-ve/{FILE}/{NAME}")
    first = client.get(f"/tai-ve/{FILE}/v1/{NAME}")
    assert (newest.data, first.data) == (CSV_V2, CSV_V1)
    assert "immutable" in first.headers["Cache-Control"]
    assert "immutable" not in newest.headers["Cache-Control"]


def test_downloads_never_render_and_may_be_read_from_anywhere(client: FlaskClient) -> None:
    answer = client.get(f"/tai-ve/{FILE}/{NAME}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers.getlist("Access-Control-Allow-Origin") == ["*"]


def test_a_file_names_the_page_of_its_dataset(client: FlaskClient) -> None:
    link = '<http://127.0.0.1:8123/du-lieu/chat-luong-khong-khi>; rel="collection"; type="text/html"'
    assert link in client.get(f"/tai-ve/{FILE}/{NAME}").headers["Link"]
    assert client.get(f"/tai-ve/{FILE}/v1/{NAME}").headers["Link"] == link


def test_a_part_and_the_head_of_a_file(client: FlaskClient) -> None:
    part = client.get(f"/tai-ve/{FILE}/{NAME}", headers={"Range": "bytes=0-3", "Accept-Encoding": "br"})
    assert (part.status_code, part.data) == (206, CSV_V2[:4])
    head = client.head(f"/tai-ve/{FILE}/{NAME}")
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(CSV_V2))


def test_a_known_file_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get(f"/tai-ve/{FILE}/{NAME}").headers["ETag"]
    assert client.get(f"/tai-ve/{FILE}/{NAME}", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(("version", "status"), [("", 302), ("v1/", 301)])
def test_another_name_leads_to_the_right_one(client: FlaskClient, version: str, status: int) -> None:
    answer = client.get(f"/tai-ve/{FILE}/{version}ten-cu.csv")
    assert answer.status_code == status
    assert answer.headers["Location"] == f"http://127.0.0.1:8123/tai-ve/{FILE}/{version}{NAME}"


def test_a_link_leads_to_its_source(client: FlaskClient) -> None:
    answer = client.get(f"/tai-ve/{LINK}/x")
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://example.org/khong-khi")


def test_a_link_that_is_no_web_address_leads_nowhere(own_site: Site) -> None:
    with own_site.portal.database.write() as session:
        make_dataset(session, "Liên kết lạ", distributions=[make_link("javascript:alert(1)")])
    answer = own_site.client.get(f"/tai-ve/{uuid_of('distribution/lien-ket-la/0')}/x")
    assert (answer.status_code, answer.json["code"]) == (404, "file-not-found")


@pytest.mark.parametrize("tail", ["v3/x.csv", "v0/x.csv", "v99999999999999999999/x.csv"])
def test_versions_that_there_are_not(client: FlaskClient, tail: str) -> None:
    assert client.get(f"/tai-ve/{FILE}/{tail}").status_code == 404


def test_files_of_hidden_datasets_are_unknown_and_of_withdrawn_ones_gone(client: FlaskClient) -> None:
    gone = client.get(f"/tai-ve/{uuid_of('distribution/da-rut/0')}/rut.csv")
    assert (gone.status_code, gone.json["code"]) == (410, "withdrawn")
    for reference in (uuid_of("nobody"), "x", "..%2f..%2fetc"):
        assert client.get(f"/tai-ve/{reference}/rut.csv").status_code == 404


def test_a_file_lost_from_the_disk_is_an_outage_with_an_incident(own_site: Site) -> None:
    own_site.portal.storage.delete(hashlib.sha256(CSV_V2).hexdigest())
    answer = own_site.client.get(f"/tai-ve/{FILE}/{NAME}")
    assert (answer.status_code, answer.json["code"]) == (503, "file-damaged")
    assert answer.json["incident"] and answer.headers["Retry-After"]
    assert str(own_site.portal.settings.var) not in answer.text


def test_nginx_is_told_where_the_file_lies(tmp_path: Path) -> None:
    site = open_site(tmp_path, accel_location="/internal")
    answer = site.client.get(f"/tai-ve/{FILE}/{NAME}")
    sha256 = hashlib.sha256(CSV_V2).hexdigest()
    assert answer.headers["X-Accel-Redirect"] == f"/internal/{sha256[:2]}/{sha256}"
    assert answer.data == b""
    site.portal.close()
