"""A few rounds of the crash harness, and the proof that it notices a portal that is broken on purpose."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.hostile.crash import MUTANTS, prepare, rounds


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path) -> None:
    ground = prepare(tmp_path, 300, seed=11)

    found = [each for each in rounds(ground, 2, random.Random(11)) if each.violations]

    assert not found, found


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_harness_notices(tmp_path: Path, mutant: str) -> None:
    ground = prepare(tmp_path, 600, seed=12, mutant=mutant)

    assert any(each.violations for each in rounds(ground, 8, random.Random(12)))
