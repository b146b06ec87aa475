"""A snapshot is there whole or not at all, and the old one is served until the new one is."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
import pytest

from portal.exchange.snapshots import DocumentWriter, Snapshots


def put(snapshots: Snapshots, version: str, *blocks: bytes) -> None:
    with snapshots.write(version, "all", "code") as snapshot:
        writer = DocumentWriter(snapshot, "catalog.ttl")
        for block in blocks:
            writer.write(block)
        writer.close()


def test_every_encoding_holds_the_same_bytes(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    put(snapshots, "a-1", "Đà Nẵng\n".encode() * 1000, b"end")
    found = snapshots.current()
    assert found is not None and (found.version, found.audience, found.code) == ("a-1", "all", "code")
    plain = found.path("catalog.ttl").read_bytes()
    assert plain.endswith(b"end")
    assert gzip.decompress(found.path("catalog.ttl", "gzip").read_bytes()) == plain
    assert brotli.decompress(found.path("catalog.ttl", "br").read_bytes()) == plain
    assert found.has(("catalog.ttl",)) and not found.has(("catalog.jsonld",))


def test_a_failure_leaves_the_old_one_and_no_trace(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    put(snapshots, "a-1", b"old")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OSError, match="disk"), snapshots.write("a-2", "all", "code") as snapshot:
        DocumentWriter(snapshot, "catalog.ttl").write(b"half")
        raise OSError("disk full")
    assert sorted(tmp_path.rglob("*")) == before
    found = snapshots.current()
    assert found is not None and found.version == "a-1"


def test_one_more_is_kept_for_readers_who_just_read_its_name(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    (tmp_path / ".new-left-by-a-kill").mkdir()
    for number in range(4):
        put(snapshots, f"a-{number}", b"x")
    versions = sorted(each.name.split(".")[0] for each in tmp_path.iterdir() if each.is_dir())
    assert versions == ["a-2", "a-3"]


def test_the_same_version_written_again_has_another_name(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    names = set()
    for _ in range(2):
        put(snapshots, "a-1", b"x")
        found = snapshots.current()
        assert found is not None
        names.add(found.name)
    assert len(names) == 2


@pytest.mark.parametrize("pointer", ["", "nonsense", "../../etc"])
def test_a_pointer_that_is_damaged_points_to_nothing(tmp_path: Path, pointer: str) -> None:
    (tmp_path / "CURRENT").write_text(pointer)
    assert Snapshots(tmp_path).current() is None
    assert Snapshots(tmp_path / "nowhere").current() is None
