from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.records import Record, Unreadable
from portal.exchange.json_lines import SourceNotReadable, read_json_lines, record_of
from portal.exchange.json_values import when


def read(folder: Path, *lines: Any, files: Path | None = None) -> list[Record | Unreadable]:
    path = folder / "rows.jsonl"
    path.write_bytes(
        b"\n".join(each if isinstance(each, bytes) else json.dumps(each).encode() for each in lines)
    )
    return list(read_json_lines(path, files))


def test_every_line_that_is_no_record_is_told_with_its_number(tmp_path: Path):
    rows = read(
        tmp_path,
        {"id": "a", "title": "A"},
        b'{"id": "b", "title": ',
        b"[1]",
        {"title": "no id"},
        {"id": "no-title"},
        b"\xff\xfe",
        b"{" * 100_000,
        b"",
        {"id": "x" * 501, "title": "long"},
        {"id": 7, "title": "a number is an id"},
    )
    assert [(type(row).__name__, row.line) for row in rows] == [
        ("Record", 1), ("Unreadable", 2), ("Unreadable", 3), ("Unreadable", 4), ("Unreadable", 5),
        ("Unreadable", 6), ("Unreadable", 7), ("Unreadable", 9), ("Record", 10),
    ]  # fmt: skip


def test_a_line_over_the_limit_does_not_spoil_its_neighbours(tmp_path: Path):
    rows = read(
        tmp_path, {"id": "a", "title": "A"}, b'"' + b"x" * 9_000_000 + b'"', {"id": "b", "title": "B"}
    )
    assert [(type(row).__name__, row.line) for row in rows] == [
        ("Record", 1),
        ("Unreadable", 2),
        ("Record", 3),
    ]


def test_gzip_is_told_from_the_bytes_and_a_torn_file_is_a_named_error(tmp_path: Path):
    path = tmp_path / "rows.jsonl"
    packed = gzip.compress(b'{"id": "a", "title": "A"}\n' * 1000)
    path.write_bytes(packed)
    assert len(list(read_json_lines(path))) == 1000
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(SourceNotReadable):
        list(read_json_lines(path))
    with pytest.raises(SourceNotReadable):
        list(read_json_lines(tmp_path / "none.jsonl"))


@pytest.mark.parametrize(
    "local", ["../secret", "/etc/passwd", "a/../../secret", "missing.csv", "folder", "a\x00b"]
)
def test_files_come_from_their_folder_and_nowhere_else(tmp_path: Path, local: str):
    files = tmp_path / "files"
    (files / "folder").mkdir(parents=True)
    (tmp_path / "secret").write_text("x")
    [row] = read(tmp_path, {"id": "a", "title": "A", "resources": [{"local": local}]}, files=files)
    assert isinstance(row, Unreadable)
    assert row.identifier == "a"


def test_markup_stays_as_typed_and_control_characters_go(tmp_path: Path):
    nasty = "<script>alert(1)</script>\x00\x1b[31m\u202etxt.exe\r\nx"
    keys = [
        "id",
        "title",
        "description",
        "publisher",
        "frequency",
        "licence",
        "identifier",
        "provenance",
        "x",
    ]
    row = dict.fromkeys(keys, nasty) | {"theme": [nasty], "keywords": [nasty], "columns": [nasty]}
    [record] = read(tmp_path, row)
    assert isinstance(record, Record)
    assert record.notes
    text = json.dumps([record.identifier, record.fields], default=str, ensure_ascii=False)
    assert "<script>alert(1)</script>" in text
    assert not {"\\u0000", "\\u001b", "\u202e", "\\r"} & {
        mark for mark in ("\\u0000", "\\u001b", "\u202e", "\\r") if mark in text
    }


def test_the_shape_of_the_given_catalogues():
    row = {
        "id": "my-air", "title": "Monthly Air Pollution", "title_vi": None, "title_en": None, "publisher": "JAS",
        "theme": ["Environment / Pollution"], "spatial": ["NATIONAL"], "frequency": "MONTHLY", "temporal": [2017, 2022],
        "modified": "2023-11-27 12:00", "issued": "2023-05-12", "language": "en+ms", "identifier": "X.1",
        "fields": [{"name": "date", "title": "Date"}], "formats": ["CSV"], "unknown": {"deep": ["a"]},
        "resources": [
            {"format": "csv", "url": "https://e.my/a b.csv"}, {"title": "S3 bucket", "type": "S3"},
            {"url": "javascript:alert(1)"}, "text",
        ],
    }  # fmt: skip
    record = record_of(row, 3, None)
    fields, [link] = record.fields, record.distributions or ()
    assert fields["title_vi"] == "Monthly Air Pollution"
    assert fields["modified"] == datetime(2023, 11, 27, 5, 0, tzinfo=UTC)
    assert fields["issued"] == date(2023, 5, 12)
    assert (fields["temporal_start"], fields["temporal_end"]) == (date(2017, 1, 1), date(2022, 12, 31))
    assert fields["languages"] == ["en", "ms"]
    assert fields["other_identifier"] == "X.1"
    assert (link.url, link.columns and link.columns[0].name) == ("https://e.my/a%20b.csv", "date")
    assert len(fields["extras"]["resources_without_address"]) == 3
    assert fields["extras"]["unknown"] == {"deep": ["a"]}
    assert "description_vi" not in fields, "an absent key leaves the stored value"


@pytest.mark.parametrize("value", ["2023-13-01", "hôm qua", "", 2023, None, ["2023"], "2023-11-27T25:00"])
def test_what_is_no_date_is_none(value: object):
    assert when(value) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "title", "title_en", "description", "publisher", "theme", "keywords", "frequency", "licence", "language",
    "landing_page", "issued", "modified", "temporal", "spatial", "columns", "rows", "resources", "illustrative",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(KEYS), json_values))
def test_any_json_becomes_a_record_or_a_reason(tmp_path_factory: pytest.TempPathFactory, row: dict[str, Any]):
    folder = tmp_path_factory.mktemp("any")
    [result] = read(folder, {**row, "id": "a"})
    assert isinstance(result, Record | Unreadable)


def test_the_catalogues_of_the_reference_data_are_read_without_a_loss(shared: Path):
    data = shared / "data"
    counts = {
        name: sum(isinstance(row, Record) for row in read_json_lines(data / name, data))
        for name in ("catalogue/danang.jsonl", "catalogue/vietnam.jsonl", "relevance/corpus.jsonl")
    }
    assert list(counts.values()) == [32, 763, 880]
