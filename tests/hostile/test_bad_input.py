"""What people really hand in: every bad line is told with its number and its reason, and the rest is taken."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.running import Finished, Installation

MARKUP = '<script>alert(1)</script> & "quoted" \'; DROP TABLE dataset; -- {{ 7*7 }} ${7*7}'
CONTROLS = "chữ\u0000có\u0007ký\u001btự\u0085điều\u202ekhiển\u2066"
GOOD = {"id": "tot", "title": "Danh mục tuyến xe buýt", "description": "Các tuyến đang chạy."}


@dataclass(frozen=True, slots=True)
class Told:
    """An import and the line of its report for each line of the file."""

    finished: Finished
    lines: dict[int, dict[str, Any]]

    def reason(self, line: int) -> str:
        row = self.lines[line]
        assert row["result"] == "refused", row
        return str(row["reason"]["en"])


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("bad") / "var")
    made.take("init")
    return made


@pytest.fixture
def hand_in(installation: Installation, tmp_path: Path) -> Callable[..., Told]:
    files = tmp_path / "files"
    files.mkdir()
    (files / "tuyen.csv").write_text("ma,ten\n1,Tuyến 1\n", encoding="utf-8")
    (files / "rong.csv").touch()
    (tmp_path / "bi-mat.txt").write_text("bí mật", encoding="utf-8")

    def run(*lines: bytes | dict[str, Any], options: tuple[str, ...] = ()) -> Told:
        source, report = tmp_path / "nguon.jsonl", tmp_path / "report.jsonl"
        source.write_bytes(
            b"".join(each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n" for each in lines)
        )
        finished = installation.run("import", source, "--files", files, "--report", report, *options)
        rows = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
        assert "Traceback" not in finished.err
        return Told(finished, {row["line"]: row for row in rows})

    return run


def good(number: int, **more: Any) -> dict[str, Any]:
    return GOOD | {"id": f"tot-{number}"} | more


def with_file(number: int, local: str) -> dict[str, Any]:
    return good(number, resources=[{"title": "Bảng", "format": "CSV", "local": local}])


def identifiers(installation: Installation) -> set[str]:
    with closing(sqlite3.connect(installation.var / "catalogue.sqlite")) as database:
        return {row[0] for row in database.execute("SELECT identifier FROM dataset")}


def test_each_bad_line_is_told_and_the_rest_is_taken(
    hand_in: Callable[..., Told], installation: Installation
) -> None:
    told = hand_in(
        good(1),
        b'{"id": "gay", "title": "D\xe1\xbb\xaf li\xe1\xbb\x87u b\xe1\xbb\x8b g\n',
        with_file(3, "khong-co.csv"),
        with_file(4, "rong.csv"),
        good(1, title="Cùng mã với dòng 1"),
        with_file(6, "../bi-mat.txt"),
        with_file(7, "/etc/passwd"),
        b'{"id": "khong-utf8", "title": "\xff\xfe\xc4"}\n',
        b'{"id": "nan", "title": "So", "rows": NaN}\n',
        b"[" * 100_000 + b"]" * 100_000 + b"\n",
        b'["mot", "mang"]\n',
        b'{"title": "Khong co ma"}\n',
        {"id": "khong-ten", "title": ""},
        with_file(14, "tuyen.csv"),
        b"\n",
        good(16),
    )

    assert told.finished.code == 1
    assert "JSON" in told.reason(2)
    assert "khong-co.csv" in told.reason(3)
    assert "empty" in told.reason(4)
    assert "earlier line" in told.reason(5)
    assert "outside" in told.reason(6)
    assert "outside" in told.reason(7)
    assert "JSON" in told.reason(8)
    assert "JSON" in told.reason(10)
    assert "object" in told.reason(11)
    assert "id" in told.reason(12)
    assert "title" in told.reason(13)
    assert [told.lines[line]["result"] for line in (1, 14, 16)] == ["created"] * 3
    assert 15 not in told.lines
    assert {"tot-1", "tot-14", "tot-16"} <= identifiers(installation)
    for line in (2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13):
        assert f"nguon.jsonl:{line}: refused" in told.finished.out


def test_what_is_odd_and_still_a_record_is_taken_and_kept_clean(
    hand_in: Callable[..., Told], installation: Installation
) -> None:
    keys = ("title", "description", "publisher", "frequency", "licence", "provenance", "contact_name", "la")
    told = hand_in(
        {"id": "the", **dict.fromkeys(keys, MARKUP), "theme": [MARKUP], "keywords": [MARKUP]},
        {"id": "dieu-khien", **dict.fromkeys(keys, CONTROLS), "theme": [CONTROLS], "keywords": [CONTROLS]},
        b'{"id": "surrogate", "title": "le\\ud800 loi", "description": "\\udfff", "la": {"\\ud800": "\\ud800"}}\n',
        b'{"id": "vo-cuc", "title": "So lon", "rows": Infinity, "la": -Infinity, "khac": NaN}\n',
        {"id": "so-lon", "title": "Số lớn", "rows": 10**400, "la": 10**400},
        {
            "id": "sai-kieu",
            "title": "Sai kiểu",
            "theme": {"a": 1},
            "resources": "x",
            "keywords": 5,
            "issued": [],
        },
    )

    assert told.finished.code == 0, told.finished.out
    assert {row["result"] for row in told.lines.values()} == {"created"}
    assert told.lines[2]["notes"], "control characters must be told"
    with closing(sqlite3.connect(installation.var / "catalogue.sqlite")) as database:
        stored = dict(database.execute("SELECT identifier, title_vi FROM dataset").fetchall())
        everything = json.dumps(database.execute("SELECT * FROM dataset").fetchall(), ensure_ascii=False)
    assert stored["the"] == MARKUP
    assert not set("\u0000\u0007\u001b\u0085\u202e\u2066") & set(stored["dieu-khien"])
    assert "\\u0000" not in everything and "NaN" not in everything and "Infinity" not in everything


def test_a_line_of_five_megabytes_is_told_and_the_next_is_taken(hand_in: Callable[..., Told]) -> None:
    told = hand_in(good(30, description="x" * 5_000_000), good(31))

    assert told.finished.code == 1
    assert "4 MiB" in told.reason(1)
    assert told.lines[2]["result"] == "created"


def test_a_file_without_a_bad_line_ends_with_0_and_changes_nothing_the_second_time(
    hand_in: Callable[..., Told],
) -> None:
    rows = [good(40), with_file(41, "tuyen.csv")]

    first, second = hand_in(*rows), hand_in(*rows)

    assert (first.finished.code, second.finished.code) == (0, 0)
    assert "2 created, 0 changed, 0 unchanged, 0 refused" in first.finished.out
    assert "0 created, 0 changed, 2 unchanged, 0 refused" in second.finished.out


def test_a_dry_run_tells_all_and_writes_nothing(
    hand_in: Callable[..., Told], installation: Installation
) -> None:
    files_before = {path for path in (installation.var / "files").rglob("*") if path.is_file()}

    told = hand_in(with_file(50, "tuyen.csv"), with_file(51, "rong.csv"), options=("--dry-run",))

    assert told.finished.code == 1
    assert told.lines[1]["result"] == "created"
    assert "empty" in told.reason(2)
    assert not {"tot-50", "tot-51"} & identifiers(installation)
    assert {path for path in (installation.var / "files").rglob("*") if path.is_file()} == files_before


def test_everything_that_was_taken_is_in_step_with_the_index(installation: Installation) -> None:
    finished = installation.run("check", "--verify")

    assert finished.code == 0, finished.out


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("import",),
        ("import", "x.jsonl", "--no-such-option"),
        ("no-such-command",),
        ("seed", "--size", "many"),
    ],
)
def test_wrong_use_ends_with_2(installation: Installation, arguments: tuple[str, ...]) -> None:
    finished = installation.run(*arguments)

    assert finished.code == 2
    assert "Traceback" not in finished.err


@pytest.mark.parametrize("make", ["missing", "folder", "torn gzip", "damaged gzip"])
def test_a_source_that_cannot_be_read_ends_with_1_and_one_sentence(
    installation: Installation, tmp_path: Path, make: str
) -> None:
    source = tmp_path / "nguon.jsonl.gz"
    if make == "folder":
        source.mkdir()
    elif make == "torn gzip":
        source.write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00")
    elif make == "damaged gzip":
        whole = gzip.compress(json.dumps(GOOD).encode() * 100)
        source.write_bytes(whole[:10] + b"\xff" * 20 + whole[30:])

    finished = installation.run("import", source)

    assert finished.code == 1, finished.err
    assert "Traceback" not in finished.err
    assert "nguon.jsonl.gz" in finished.err
    assert len([line for line in finished.err.splitlines() if "nguon" in line]) == 1
