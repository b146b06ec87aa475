"""A whole index is the same whoever builds it, and a build that is killed leaves nothing behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.search.documents import SearchDocument
from portal.search.engines.whoosh import building
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.text import LocalizedText
from tests.running import children

_SUBJECTS = ("Chất lượng không khí", "Tuyến xe buýt", "Giá đất", "Trường học", "Wi-Fi công cộng")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "CHUNK", 40)


def documents(count: int) -> Iterator[SearchDocument]:
    for number in range(count):
        yield SearchDocument(
            id=number + 1,
            version=1,
            title=LocalizedText(
                f"{_SUBJECTS[number % 5]} quý {number % 4} năm {2000 + number % 26}", f"No {number}"
            ),
            description=LocalizedText(
                f"Số liệu về {_SUBJECTS[number % 3].lower()} của phường {number % 11}. " * 5
            ),
            columns=("gia_dat", f"cot_{number % 13}"),
            facets={"theme": (f"theme-{number % 7}",), "year": (str(2000 + number % 26),)},
            modified=1_600_000_000 + number * 86_400,
        )


def built(folder: Path, count: int, processes: int) -> tuple[list[bytes], list[int]]:
    """The bytes of all parts, and the progress that was told."""
    told: list[int] = []
    writer = WhooshWriter(folder, processes=processes)
    writer.rebuild(documents(count), told.append, source="here")
    writer.close()
    return [path.read_bytes() for path in sorted(folder.glob("gen-*/*.part"))], told


def test_processes_build_the_same_bytes(tmp_path: Path) -> None:
    alone, told_alone = built(tmp_path / "alone", 410, 1)
    together, told_together = built(tmp_path / "together", 410, 3)

    assert alone == together
    assert len(alone) == 1
    assert told_alone == sorted(told_alone)
    assert told_together[-1] == told_alone[-1] == 410


def test_the_last_of_an_id_counts_across_parts(tmp_path: Path) -> None:
    again = SearchDocument(id=1, version=9, title=LocalizedText("Thư viện"))
    writer = WhooshWriter(tmp_path, processes=2)
    writer.rebuild([*documents(100), again], lambda _done: None, source="here")

    assert WhooshReader(tmp_path).indexed() == {**dict.fromkeys(range(1, 101), (1, 0)), 1: (9, 0)}


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    built(tmp_path / "index", 130, 2)

    assert sorted(path.name for path in (tmp_path / "index").glob(".tmp-*")) == []
    assert not [line for line in children(os.getpid()).values() if "spawn_main" in line]


def test_a_builder_that_is_killed_ends_the_build_and_the_old_index_stays(tmp_path: Path) -> None:
    built(tmp_path, 50, 1)
    writer = WhooshWriter(tmp_path, processes=2)

    with pytest.raises(building.BuilderLost):
        writer.rebuild(_endless(), lambda _done: _kill_a_builder(), source="here")

    assert len(WhooshReader(tmp_path).indexed()) == 50
    assert list(tmp_path.glob(".tmp-*")) == []
    assert writer.rebuild(documents(60), lambda _done: None, source="here") == writer.generation()


def _endless() -> Iterator[SearchDocument]:
    while True:
        yield from documents(100)


def _kill_a_builder() -> None:
    builder = next(pid for pid, line in children(os.getpid()).items() if "spawn_main" in line)
    os.kill(builder, signal.SIGKILL)
