"""Files over HTTP: stored byte for byte, registered once, refused without a trace."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.app import make_app
from portal.files.storage.local import LocalStorage
from tests.api.v1.test_dataset_writing import DATASETS, FULL, make
from tests.factories import uuid_of
from tests.people import Staffed
from tests.sites import Site

CSV = "năm,giá trị\n2024,1\n2025,2\n".encode()
FILE = str(uuid_of("distribution/chat-luong-khong-khi/0"))
LINK = str(uuid_of("distribution/chat-luong-khong-khi/1"))


def raw(
    staffed: Staffed, slug: str, content: bytes = CSV, query: str = "name=a.csv", **more: Any
) -> TestResponse:
    who = more.pop("who", "publisher")
    return staffed.call("POST", f"{DATASETS}/{slug}/files?{query}", who, data=content, **more)


def form(
    staffed: Staffed, slug: str, content: bytes = CSV, name: str = "a.csv", **fields: Any
) -> TestResponse:
    data = {"file": (io.BytesIO(content), name), **fields}
    return staffed.call("POST", f"{DATASETS}/{slug}/files", "publisher", data=data)


def stored(staffed: Staffed) -> list[str]:
    return list(staffed.site.portal.storage.hashes())


def temporaries(staffed: Staffed) -> list[Path]:
    return list((staffed.site.portal.settings.files_folder / "tmp").iterdir())


@pytest.mark.parametrize("way", ["raw", "form"])
def test_a_file_comes_back_byte_for_byte_under_its_vietnamese_name(own_staffed: Staffed, way: str) -> None:
    slug = make(own_staffed, **FULL)["slug"]
    name = "Lượng mưa Đà Nẵng (đợt 1).csv"
    content = CSV * 50_000
    if way == "raw":
        answer = own_staffed.call(
            "POST", f"{DATASETS}/{slug}/files", "contributor", data=content,
            query_string={"name": name, "title": "Đợt một", "title_en": "First", "description": "Theo giờ"},
        )  # fmt: skip
    else:
        fields = {"title": "Đợt một", "title_en": "First", "description": "Theo giờ"}
        answer = form(own_staffed, slug, content, name, **fields)
    made = answer.json
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == made["links"]["self"]
    assert (made["file_name"], made["byte_size"]) == (name, len(content))
    assert made["sha256"] == hashlib.sha256(content).hexdigest()
    assert made["title_i18n"] == {"vi": "Đợt một", "en": "First"}
    assert (made["description"], made["format"]["code"]) == ("Theo giờ", "csv")
    path = made["download_url"].removeprefix("http://127.0.0.1:8123")
    assert own_staffed.call("GET", path).status_code == 404
    assert own_staffed.call("GET", path, "contributor").data == content
    own_staffed.call("POST", f"{DATASETS}/{slug}/publish", "publisher")
    download = own_staffed.call("GET", path)
    assert download.data == content
    assert "filename*=UTF-8''L%C6%B0%E1%BB%A3ng%20m%C6%B0a" in download.headers["Content-Disposition"]
    assert temporaries(own_staffed) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../x.csv", "x.csv"), ("C:\\a\\b.csv", "b.csv"), ("a\r\nSet-Cookie: b=1.csv", "a Set-Cookie_ b=1.csv"),
     ("gpj.\u202eexe", "gpj.exe"), ("CON", "_CON")],
)  # fmt: skip
def test_t20_t21_names_are_made_harmless(own_staffed: Staffed, given: str, kept: str) -> None:
    slug = make(own_staffed)["slug"]
    answer = own_staffed.call(
        "POST", f"{DATASETS}/{slug}/files", "publisher", data=CSV, query_string={"name": given}
    )
    assert (answer.status_code, answer.json["file_name"]) == (201, kept)


def test_the_etag_of_a_file_is_that_of_its_dataset(own_staffed: Staffed) -> None:
    slug = make(own_staffed)["slug"]
    first = raw(own_staffed, slug)
    assert first.headers["ETag"].startswith('"2-')
    assert raw(own_staffed, slug, b"x,y\n1,2\n", match='"1-x"').status_code == 412
    assert raw(own_staffed, slug, b"x,y\n1,2\n", match=first.headers["ETag"]).status_code == 201


def test_a_digest_that_differs_registers_nothing(own_staffed: Staffed) -> None:
    slug = make(own_staffed)["slug"]
    right = hashlib.sha256(CSV)
    encoded = base64.b64encode(right.digest()).decode()
    wrong = raw(own_staffed, slug, query=f"name=a.csv&sha256={'0' * 64}")
    assert (wrong.status_code, wrong.json["code"]) == (422, "digest-mismatch")
    wrong = raw(own_staffed, slug, b"x", headers={"Repr-Digest": f"sha-256=:{encoded}:"})
    assert (wrong.status_code, list(wrong.json["fields"])) == (422, ["Repr-Digest"])
    assert raw(own_staffed, slug, headers={"Repr-Digest": "sha-256=:abc:"}).json["code"] == "digest-invalid"
    assert raw(own_staffed, slug, query="name=a.csv&sha256=abc").json["code"] == "digest-invalid"
    assert form(own_staffed, slug, sha256="0" * 64).json["code"] == "digest-mismatch"
    record = own_staffed.call("GET", f"{DATASETS}/{slug}", "publisher").json
    assert (record["distributions"], record["version"]) == ([], 1)
    fine = {"Repr-Digest": f"md5=:abc:, sha-256=:{encoded}:"}
    assert (
        raw(own_staffed, slug, query=f"name=a.csv&sha256={right.hexdigest()}", headers=fine).status_code
        == 201
    )


@pytest.mark.parametrize(
    ("request_", "status", "code", "field"),
    [
        ({"data": CSV}, 422, "body-invalid", "name"),
        ({"data": b"", "query_string": {"name": "a.csv"}}, 422, "file-empty", None),
        ({"data": {"title": "a"}, "content_type": "multipart/form-data"}, 422, "body-invalid", "file"),
        ({"data": {"file": (io.BytesIO(CSV), "a"), "state": "published"}}, 422, "body-invalid", "state"),
        ({"data": {"file": [(io.BytesIO(CSV), "a"), (io.BytesIO(CSV), "b")]}}, 422, "body-invalid", "file"),
        ({"data": {"upload": (io.BytesIO(CSV), "a.csv")}}, 422, "body-invalid", "upload"),
        ({"data": {"file": (io.BytesIO(CSV), "a"), "title": "x" * 70_000}}, 422, "body-invalid", "title"),
        ({"data": {"file": "text"}, "content_type": "multipart/form-data"}, 422, "body-invalid", "file"),
        ({"data": b"--x\r\n", "content_type": "multipart/form-data; boundary=x"}, 400, "bad-request", None),
        ({"data": b"--x\r\n", "content_type": "multipart/form-data"}, 400, "bad-request", None),
        (
            {"data": CSV, "query_string": {"name": "a"}, "headers": {"Content-Encoding": "gzip"}},
            415, "unsupported-media-type", None,
        ),
    ],
)  # fmt: skip
def test_bodies_that_are_no_file_are_refused_and_named(
    staffed: Staffed, request_: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    slug = make(staffed)["slug"]
    answer = staffed.call("POST", f"{DATASETS}/{slug}/files", "publisher", **request_)
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    assert list(answer.json.get("fields", {})) == ([field] if field else [])
    record = staffed.call("GET", f"{DATASETS}/{slug}", "publisher").json
    assert (record["version"], record["distributions"]) == (1, [])
    assert temporaries(staffed) == []


def limited(staffed: Staffed, **parts: Any) -> Staffed:
    """The same people at a portal with other parts."""
    portal = replace(staffed.site.portal, **parts)
    return replace(staffed, site=Site(portal, make_app(portal), staffed.site.catalogue))


@pytest.mark.parametrize("way", [raw, form])
def test_t55_a_file_over_the_limit_is_refused_before_it_is_read(own_staffed: Staffed, way: Any) -> None:
    small = limited(own_staffed, settings=replace(own_staffed.site.portal.settings, file_limit=1000))
    slug, before = make(small)["slug"], stored(small)
    answer = way(small, slug, b"x" * 2_000_000)
    assert (answer.status_code, answer.json["code"]) == (413, "file-too-large")
    assert "1.000" in answer.json["detail"]
    assert way(small, slug, b"x" * 1001).status_code == 413
    assert (stored(small), temporaries(small)) == (before, [])
    assert way(small, slug, b"x" * 1000).status_code == 201


def test_a_body_of_unknown_length_is_cut_at_the_limit(own_staffed: Staffed) -> None:
    small = limited(own_staffed, settings=replace(own_staffed.site.portal.settings, file_limit=1000))
    slug, before = make(small)["slug"], stored(small)

    class Endless(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.taken += len(buffer)
            buffer[:] = b"x" * len(buffer)
            return len(buffer)

    endless = Endless()
    answer = small.call(
        "POST", f"{DATASETS}/{slug}/files?name=a.csv", "publisher",
        environ_overrides={"wsgi.input": endless, "wsgi.input_terminated": True},
    )  # fmt: skip
    assert answer.status_code == 413
    assert endless.taken < 4 * 1024**2
    assert (stored(small), temporaries(small)) == (before, [])


@pytest.mark.parametrize("way", [raw, form])
def test_a_full_disk_is_507_and_leaves_nothing(own_staffed: Staffed, tmp_path: Path, way: Any) -> None:
    storage = LocalStorage(tmp_path / "full", reserve_bytes=2**60)
    full = limited(own_staffed, storage=storage)
    slug = make(full)["slug"]
    answer = way(full, slug)
    assert (answer.status_code, answer.json["code"]) == (507, "storage-full")
    assert int(answer.headers["Retry-After"]) > 0
    assert (list(storage.hashes()), list((tmp_path / "full" / "tmp").iterdir())) == ([], [])
    record = full.call("GET", f"{DATASETS}/{slug}", "publisher").json
    assert (record["version"], record["distributions"]) == (1, [])
    assert full.call("GET", f"{DATASETS}/chat-luong-khong-khi").status_code == 200
    assert way(own_staffed, slug).status_code == 201


def test_nothing_is_read_from_those_who_may_not_write(staffed: Staffed) -> None:
    class Unreadable(io.RawIOBase):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

    for who, slug, status in (
        ("anonymous", "chat-luong-khong-khi", 401),
        ("stranger", "nhiet-do-minh-hoa", 403),
        ("contributor", "chat-luong-khong-khi", 403),
        ("stranger", "bi-mat-draft", 404),
        ("publisher", "khong-co", 404),
    ):
        answer = staffed.call(
            "POST",
            f"{DATASETS}/{slug}/files?name=a.csv",
            who,
            environ_overrides={"wsgi.input": Unreadable(), "CONTENT_LENGTH": "10"},
        )
        assert answer.status_code == status, who


def test_a_newer_file_keeps_the_address_and_the_older_versions(own_staffed: Staffed) -> None:
    path = f"/api/v1/distributions/{FILE}"
    newer = b"a,b\n1,2\n"
    answer = own_staffed.call("POST", f"{path}/files?name=moi.csv", "publisher", data=newer)
    assert (answer.status_code, answer.json["id"]) == (201, FILE)
    assert [each["number"] for each in answer.json["file_versions"]] == [1, 2, 3]
    assert own_staffed.call("GET", f"/tai-ve/{FILE}/moi.csv").data == newer
    version = own_staffed.call("GET", "/api/v1/catalogue").json["version"]
    same = own_staffed.call("POST", f"{path}/files?name=moi.csv", "publisher", data=newer)
    assert (same.status_code, same.headers["ETag"]) == (200, answer.headers["ETag"])
    assert own_staffed.call("GET", "/api/v1/catalogue").json["version"] == version
    link = own_staffed.call("POST", f"/api/v1/distributions/{LINK}/files?name=a", "publisher", data=newer)
    assert (link.status_code, link.json["code"]) == (409, "not-a-file")


def test_files_and_links_are_described_ordered_and_removed(own_staffed: Staffed) -> None:
    dataset = f"{DATASETS}/chat-luong-khong-khi"
    columns = [{"name": "nam", "title_vi": "Năm", "type": "year"}, {"name": "gia-tri", "unit": "µg/m³"}]
    answer = own_staffed.call(
        "PATCH", f"/api/v1/distributions/{FILE}", "publisher", match=own_staffed.tag(dataset),
        json={"title": "Bảng chính", "title_i18n": {"en": "Main table"}, "columns": columns},
    )  # fmt: skip
    assert (answer.status_code, answer.json["title_i18n"]["en"]) == (200, "Main table")
    assert [each["name"] for each in answer.json["columns"]] == ["nam", "gia-tri"]
    assert answer.json["columns"][1]["unit"] == "µg/m³"
    link = own_staffed.call(
        "POST", f"{dataset}/links", "publisher", json={"url": "https://example.org/a", "title": "Trang"}
    )
    assert (link.status_code, link.json["access_url"]) == (201, "https://example.org/a")
    order = [link.json["id"], FILE, LINK]
    tag = link.headers["ETag"]
    listed = own_staffed.call(
        "PUT", f"{dataset}/distributions/order", "publisher", json={"order": order}, match=tag
    )
    assert [each["id"] for each in listed.json["items"]] == order
    same = own_staffed.call(
        "PUT", f"{dataset}/distributions/order", "publisher", json={"order": order}, match="*"
    )
    assert same.headers["ETag"].split("-")[0] == listed.headers["ETag"].split("-")[0]
    for wrong in ([FILE], [FILE, FILE, LINK], [*order, FILE]):
        refused = own_staffed.call(
            "PUT", f"{dataset}/distributions/order", "publisher", json={"order": wrong}, match="*"
        )
        assert (refused.status_code, list(refused.json["fields"])) == (422, ["order"])
    gone = own_staffed.call("DELETE", f"/api/v1/distributions/{LINK}", "publisher", match="*")
    assert (gone.status_code, gone.data) == (204, b"")
    assert own_staffed.call("GET", f"/api/v1/distributions/{LINK}").status_code == 404
    assert [each["id"] for each in own_staffed.call("GET", dataset).json["distributions"]] == order[:2]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "/tương-đối"}, "url"),
        ({}, "url"),
        ({"url": "https://example.org", "sha256": "0" * 64}, "sha256"),
    ],
)
def test_links_must_be_addresses(staffed: Staffed, body: dict[str, Any], field: str) -> None:
    slug = make(staffed)["slug"]
    answer = staffed.call("POST", f"{DATASETS}/{slug}/links", "publisher", json=body)
    assert (answer.status_code, list(answer.json["fields"])) == (422, [field])
