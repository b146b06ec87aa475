"""The documents say what there is: every setting, every command, every target, and nothing of the past."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from portal.cli.main import COMMANDS, main
from portal.settings import Settings, variable_of

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Read by the tests themselves.
TEST_VARIABLES = {"PORTAL_TEST_SHARED", "PORTAL_TEST_DATABASE_URL"}


@pytest.mark.parametrize("field", [field.name for field in fields(Settings)])
def test_every_setting_is_documented_with_its_variable(field: str) -> None:
    assert f"`{variable_of(field)}`" in SETTINGS


def test_no_document_names_a_setting_that_does_not_exist() -> None:
    known = {variable_of(field.name) for field in fields(Settings)} | TEST_VARIABLES
    for document in DOCUMENTS:
        named = set(re.findall(r"PORTAL_[A-Z][A-Z_]*[A-Z]", document.read_text(encoding="utf-8")))
        assert named <= known, document.name


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_documented(command: str) -> None:
    assert f"`{command}" in OPERATIONS
    found = main.get_command(click.Context(main), command)
    assert found is not None and found.help
    parts = found.commands if isinstance(found, click.Group) else {}
    assert [name for name in parts if f"`{command} {name}" not in OPERATIONS] == []
    for parameter in (parameter for each in (found, *parts.values()) for parameter in each.params):
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in OPERATIONS, f"{command} {parameter.opts[0]}"


def test_the_readme_is_short_and_names_the_two_commands() -> None:
    assert len(README.splitlines()) <= 100
    assert "make run" in README and "make test" in README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_no_text_keeps_the_marks_of_an_unfinished_merge() -> None:
    kinds = ("*.py", "*.md", "*.html", "*.js", "*.css", "*.toml", "*.in", "*.json", "*.jsonl", "*.po")
    folders = [ROOT / name for name in ("portal", "tests", "docs", "datasets", "migrations")]
    files = [
        *ROOT.glob("*.*"),
        *(each for folder in folders for kind in kinds for each in folder.rglob(kind)),
    ]
    marks = re.compile(rb"^(<{7} |={7}$|>{7} )", re.MULTILINE)
    assert [each.name for each in files if each.is_file() and marks.search(each.read_bytes())] == []
