"""What every file of the project has in common: size, a sentence on its role, who reads what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 400
PORTAL = sorted((ROOT / "portal").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", [*PORTAL, *TESTS], ids=_name)
def test_no_file_is_longer_than_the_limit(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", PORTAL, ids=_name)
def test_every_module_opens_with_a_sentence_on_its_role(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring and docstring.split("\n\n")[0].rstrip().endswith((".", "`"))


def test_only_settings_reads_the_environment() -> None:
    readers = {_name(path) for path in PORTAL if _reads_environment(path)}
    assert readers == {"portal/settings.py"}


def test_only_commands_and_the_seed_read_what_the_portal_is_born_with() -> None:
    readers = {_name(path) for path in PORTAL if _joins_path(path, "datasets")}
    assert readers
    assert all(reader.startswith(("portal/cli/", "portal/seed/")) for reader in readers)


def _reads_environment(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "environb" | "getenv"):
                return True
            case ast.ImportFrom(module="os", names=names) if any("env" in each.name for each in names):
                return True
    return False


def _joins_path(path: Path, folder: str) -> bool:
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and any(isinstance(part, ast.Constant) and part.value == folder for part in _operands(node))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


def _operands(node: ast.BinOp) -> Iterator[ast.expr]:
    yield node.left
    yield node.right
