"""Short forms of the two long proofs about the index: a storm of readers, and kill -9 of its writer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.hostile import index_kills, search_storm
from tests.running import Installation


def test_a_storm_of_readers_meets_no_error_while_records_are_published(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "var")
    installation.take("seed", "--size", 60)

    storm = search_storm.run(installation, workers=2, threads=4, publishes=4)

    assert storm.problems == ()
    assert storm.answers > 8


@pytest.mark.parametrize("seed", [21])
def test_every_state_of_the_index_opens_after_kill_9_of_its_writer(tmp_path: Path, seed: int) -> None:
    installation = index_kills.prepare(tmp_path / "var", 150)

    done = list(index_kills.rounds(installation, 2, random.Random(seed)))

    assert [each.problems for each in done] == [()] * 3
    assert all(each.opened for each in done)
