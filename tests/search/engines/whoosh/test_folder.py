"""Damage and sudden death: an index is whole, or the one before it is, or it says that it is broken."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.search.documents import SearchDocument
from portal.search.engines.base import EngineAnswer, IndexBroken, IndexMissing
from portal.search.engines.whoosh import folder
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.search.understanding import understand
from portal.text import LocalizedText

REPOSITORY = Path(__file__).resolve().parents[4]


def documents(first: int, last: int, word: str) -> list[SearchDocument]:
    return [
        SearchDocument(number, 1, LocalizedText(f"Số liệu {word} {number}"), facets={"year": ("2025",)})
        for number in range(first, last + 1)
    ]


def ask(index: Path, text: str = "số liệu") -> EngineAnswer:
    return WhooshReader(index).search(
        understand(text).query, filters={}, sort="relevance", start=0, size=50, facets=("year",)
    )


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Two generations: 40 documents, then 41."""
    made = tmp_path / "index"
    writer = WhooshWriter(made)
    writer.rebuild(documents(1, 40, "gốc"), lambda _done: None, source="a")
    writer.apply(documents(41, 41, "thêm"), [3])
    writer.close()
    return made


def files_of_newest(index: Path) -> list[Path]:
    newest = index / (folder.current_name(index) or "")
    return sorted(path for path in newest.iterdir() if path.stat().st_nlink == 1)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_damage_to_the_newest_generation_falls_back_to_the_one_before(
    index: Path, damage: object, place: int
) -> None:
    files = files_of_newest(index)
    assert len(files) == 3, "dead places, manifest and the new part"
    damage(files[place])  # type: ignore[operator]
    answer = ask(index)
    assert answer.total == 40
    assert sum(each.count for each in answer.facets["year"]) == 40
    writer = WhooshWriter(index)
    assert writer.needs_rebuild("a")
    writer.close()


def test_a_part_removed_from_the_newest_generation_only(index: Path) -> None:
    newest = index / (folder.current_name(index) or "")
    for part in newest.glob("*.part"):
        part.unlink()
    assert ask(index).total == 40


@pytest.mark.parametrize("damage", [cut, flip])
def test_damage_to_what_all_generations_share_is_told(index: Path, damage: object) -> None:
    shared = next(path for path in index.glob("gen-*/*.part") if path.stat().st_nlink > 1)
    damage(shared)  # type: ignore[operator]
    with pytest.raises(IndexBroken):
        ask(index)
    writer = WhooshWriter(index)
    assert writer.needs_rebuild("a")
    writer.rebuild(documents(1, 5, "mới"), lambda _done: None, source="a")
    writer.close()
    assert ask(index).total == 5


def test_current_may_be_lost_or_nonsense(index: Path) -> None:
    (index / "CURRENT").write_text("gen-nonsense\n")
    assert ask(index).total == 40 + 1 - 1
    (index / "CURRENT").write_bytes(b"\xff\xfe")
    assert ask(index).total == 40
    (index / "CURRENT").unlink()
    assert ask(index, "thêm").total == 1


def test_a_deleted_index_is_missing_and_a_reader_that_has_it_open_goes_on(index: Path) -> None:
    reader = WhooshReader(index, poll_seconds=0)
    before = reader.generation()
    shutil.rmtree(index)
    assert reader.generation() == before
    with pytest.raises(IndexMissing):
        ask(index)


def test_numbers_do_not_begin_again_after_a_deletion(index: Path) -> None:
    before = ask(index).generation
    shutil.rmtree(index)
    time.sleep(1.1)
    writer = WhooshWriter(index)
    assert writer.rebuild(documents(1, 1, "lại"), lambda _done: None, source="a") >= before
    writer.close()


def test_a_writer_whose_files_were_taken_away_says_so_and_rebuilds(index: Path) -> None:
    writer = WhooshWriter(index)
    for generation in index.glob("gen-*"):
        shutil.rmtree(generation)
    with pytest.raises(IndexBroken):
        writer.apply(documents(50, 50, "nữa"), [])
    assert writer.needs_rebuild("a")
    writer.rebuild(documents(1, 3, "lại"), lambda _done: None, source="a")
    assert ask(index).total == 3
    writer.close()


def test_a_failed_publish_changes_nothing_and_can_be_repeated(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    writer = WhooshWriter(index)
    before = writer.indexed()
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full_disk)
        with pytest.raises(OSError, match="no space"):
            writer.apply(documents(1, 2, "sau"), [5])
    assert writer.indexed() == before
    assert ask(index, "").total == len(before)
    writer.apply(documents(1, 2, "sau"), [5])
    assert ask(index, "").total == len(before) - 1
    writer.close()


def test_few_generations_are_kept_and_nothing_unfinished(index: Path) -> None:
    (index / ".tmp-gen-7").mkdir()
    writer = WhooshWriter(index)
    for number in range(100, 110):
        writer.apply(documents(number, number, "thêm"), [])
    writer.close()
    assert len(list(index.glob("gen-*"))) == folder.KEPT_GENERATIONS
    assert list(index.glob(".tmp-*")) == []


_STORM = """
import sys
from pathlib import Path
from portal.search.documents import SearchDocument
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.text import LocalizedText
writer = WhooshWriter(Path(sys.argv[1]), wait_seconds=20)
if writer.needs_rebuild("a"):
    writer.rebuild([], lambda done: None, source="a")
print("ready", flush=True)
number = 0
while True:
    number += 1
    year = {"year": ("2025",)}
    batch = [
        SearchDocument(number * 7 % 200 + k, number, LocalizedText(f"Số liệu {k}"), facets=year)
        for k in range(number % 23 + 1)
    ]
    writer.apply(batch, [number % 200])
"""


def test_killing_the_writer_at_any_moment_leaves_whole_generations(tmp_path: Path) -> None:
    index = tmp_path / "index"
    chance = random.Random(7)
    last = 0
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", _STORM, str(index)], cwd=REPOSITORY, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05 + chance.random() * 0.4)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        for generation in index.glob("gen-*"):
            assert folder.open_generation(generation)
        answer = ask(index, "")
        assert answer.generation >= last
        assert sum(each.count for each in answer.facets["year"]) == answer.total
        last = answer.generation
    writer = WhooshWriter(index)
    assert len(writer.indexed()) == ask(index, "").total
    writer.close()
