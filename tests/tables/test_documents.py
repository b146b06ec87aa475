"""docs/tables.md names every refusal and every note, in the words that people read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.tables.notes import NOTES
from portal.tables.refusals import REFUSALS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
RAISED = re.compile(r'NoTable\(\s*"([a-z-]+)"')
NOTED = re.compile(r'(?:Note|remark)\(\s*"([a-z-]+)"|notes\.append\("([a-z-]+)"\)')
SOURCE = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "portal" / "tables").rglob("*.py"))
)


def test_every_refusal_is_documented_as_it_is_said() -> None:
    for code, (message, remedy) in REFUSALS.items():
        assert f"| `{code}` | {message.en} | {remedy.en} |" in DOCUMENT
        assert message.vi and remedy.vi


def test_every_note_is_documented_as_it_is_said() -> None:
    for code, text in NOTES.items():
        assert f"| `{code}` | {text.en} |" in DOCUMENT
        assert text.vi


@pytest.mark.parametrize(("pattern", "known"), [(RAISED, REFUSALS.keys()), (NOTED, NOTES.keys())])
def test_every_code_in_the_source_has_its_sentences(pattern: re.Pattern[str], known: set[str]) -> None:
    used = {next(filter(None, match.groups())) for match in pattern.finditer(SOURCE)}
    assert used and used <= set(known)
