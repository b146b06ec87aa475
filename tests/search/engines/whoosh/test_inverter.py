"""Postings out of Whoosh."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest

from portal.search.engines.whoosh.inverter import SPACES, invert
from portal.search.fields import Weighed


def weighed(number: int) -> Weighed:
    return Weighed({"chung": 1.0, f"rieng{number}": 0.5}, {"riêng": 2.0} if number % 2 else {}, {}, {})


def test_terms_are_sorted_and_lists_ascend() -> None:
    postings = invert([weighed(number) for number in range(5)])
    assert set(postings) == set(SPACES)
    folded = postings["folded"]
    assert folded.terms == sorted(folded.terms)
    first = folded.terms.index(b"chung")
    assert folded.docs[folded.starts[first] : folded.starts[first + 1]].tolist() == [0, 1, 2, 3, 4]
    assert postings["exact"].terms == ["riêng".encode()]
    assert postings["exact"].docs.tolist() == [1, 3]
    assert np.allclose(postings["exact"].weights, 2.0)
    assert postings["pairs"].terms == []


def test_nothing_of_other_processes_is_touched_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stock Whoosh keeps its runs in MAIN.tmp of the temporary folder and empties it after every commit."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    run_of_another = tmp_path / "MAIN.tmp" / "another.run"
    run_of_another.parent.mkdir()
    run_of_another.touch()
    invert([weighed(1)])
    assert [path.name for path in tmp_path.rglob("*")] == ["MAIN.tmp", "another.run"]
