"""The catalogues of the city and of the country as they are: imported, found, downloaded byte for byte."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.running import Installation

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def exports(shared: Path) -> list[dict[str, Any]]:
    """The rows of the city's catalogue that have files."""
    text = (shared / "data" / "catalogue" / "danang.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    return [row for row in rows if any(each.get("local") for each in row["resources"])]


@pytest.fixture(scope="module")
def served(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The three catalogues one after the other, each of them twice, then served."""
    installation = Installation(tmp_path_factory.mktemp("real") / "var")
    data = shared / "data"
    danang, vietnam = data / "catalogue" / "danang.jsonl", data / "catalogue" / "vietnam.jsonl"
    for sources, count in (((danang, vietnam), "763"), ((data / "relevance" / "corpus.jsonl",), "880")):
        first = installation.take("import", *sources, "--files", data)
        again = installation.take("import", *sources, "--files", data)
        assert all(line.endswith(" 0 refused") for line in first.out.splitlines() if "created" in line)
        assert all("0 created, 0 changed, " in line for line in again.out.splitlines())
        assert f" {count} unchanged" in again.out.splitlines()[-1]
    with installation.serving():
        yield installation


def without_diacritics(text: str) -> str:
    bare = "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))
    return bare.replace("đ", "d").replace("Đ", "D")


def first_three(installation: Installation, text: str) -> list[str]:
    answer = installation.request(f"/api/v1/datasets?q={quote(text)}")
    assert answer.status == 200, answer.body
    return [item["slug"] for item in answer.json()["items"][:3]]


def test_there_are_28_exports(exports: list[dict[str, Any]]) -> None:
    assert len(exports) == 28


@pytest.mark.parametrize("spell", [str, without_diacritics, str.lower], ids=["written", "bare", "lower"])
def test_each_export_is_among_the_first_three_for_its_title(
    served: Installation, exports: list[dict[str, Any]], spell: Any
) -> None:
    found = {row["id"]: first_three(served, spell(row["title"])) for row in exports}

    assert {each: slugs for each, slugs in found.items() if each not in slugs} == {}


def test_each_file_comes_back_byte_for_byte(
    served: Installation, exports: list[dict[str, Any]], shared: Path
) -> None:
    for row in exports:
        wanted = {
            hashlib.sha256((shared / "data" / each["local"]).read_bytes()).hexdigest()
            for each in row["resources"]
            if each.get("local")
        }
        shown = served.request(f"/api/v1/datasets/{row['id']}").json()
        files = [each for each in shown["distributions"] if each["sha256"]]
        got = {each["sha256"]: served.request(urlsplit(each["download_url"]).path) for each in files}
        assert wanted == set(got), row["id"]
        for sha256, answer in got.items():
            assert answer.status == 200
            assert hashlib.sha256(answer.body).hexdigest() == sha256


def test_head_and_range_of_a_file(served: Installation, exports: list[dict[str, Any]]) -> None:
    shown = served.request(f"/api/v1/datasets/{exports[0]['id']}").json()
    path = urlsplit(shown["distributions"][0]["download_url"]).path
    whole = served.request(path)

    head = served.request(path, method="HEAD")
    part = served.request(path, headers={"Range": "bytes=10-99"})
    tail = served.request(path, headers={"Range": "bytes=-7"})
    beyond = served.request(path, headers={"Range": f"bytes={len(whole.body)}-"})
    same = served.request(path, headers={"If-None-Match": whole.headers["etag"]})
    changed = served.request(path, headers={"Range": "bytes=0-9", "If-Range": '"another"'})

    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(whole.body)))
    assert (part.status, part.body) == (206, whole.body[10:100])
    assert part.headers["content-range"] == f"bytes 10-99/{len(whole.body)}"
    assert (tail.status, tail.body) == (206, whole.body[-7:])
    assert (beyond.status, same.status) == (416, 304)
    assert (changed.status, changed.body) == (200, whole.body)
    assert whole.headers["content-disposition"].startswith("attachment")
    assert whole.headers["x-content-type-options"] == "nosniff"


def test_everything_is_in_step(served: Installation) -> None:
    finished = served.run("check", "--verify")

    assert finished.code == 0, finished.out
