"""A few rounds of the crash harness, and the proof that it notices a portal that is broken on purpose."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.hostile import api_crash, schema_run
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


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("mutant", api_crash.MUTANTS)
def test_the_harness_of_the_api_notices(tmp_path: Path, mutant: str) -> None:
    installation = api_crash.prepare(tmp_path, mutant)

    assert any(each.violations for each in api_crash.rounds(installation, 8, 60, random.Random(15)))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_acknowledged_by_the_api_is_lost_by_kill_9(tmp_path: Path) -> None:
    installation = api_crash.prepare(tmp_path)

    done = list(api_crash.rounds(installation, 4, 60, random.Random(13)))

    assert sum(each.count("created") for each in done) > 0
    assert not [each for each in done if each.violations], done


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_answer_is_as_described(tmp_path: Path) -> None:
    installation = schema_run.prepare(tmp_path, size=20)

    with installation.serving() as serving:
        done = list(schema_run.passes(installation, ("publisher",), tmp_path, examples=2, seed=14))

        assert not [each for each in done if each.failures], done
        assert "request failed" not in serving.errors()
    assert all(each.cases > 1000 for each in done), done
