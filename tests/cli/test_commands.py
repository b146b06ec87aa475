"""Exit codes and sentences of the commands."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal import __version__
from portal.cli.main import COMMANDS, main


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("PORTAL_VAR", str(tmp_path / "var"))
    return CliRunner()


def test_help_names_every_command(cli: CliRunner) -> None:
    told = cli.invoke(main, ["--help"]).output
    assert all(f"  {command} " in told for command in COMMANDS)


@pytest.mark.parametrize(
    "wrong", [["nonsense"], ["seed", "--size", "many"], ["import"], ["serve", "--port", "0"]]
)
def test_wrong_use_is_2(cli: CliRunner, wrong: list[str]) -> None:
    assert cli.invoke(main, wrong).exit_code == 2


def test_version(cli: CliRunner) -> None:
    assert cli.invoke(main, ["version"]).output == f"{__version__}\n"


def test_a_failure_is_one_sentence_in_both_languages_and_1(cli: CliRunner) -> None:
    result = cli.invoke(main, ["check"])
    assert result.exit_code == 1
    assert result.stderr.startswith("Cơ sở dữ liệu") and " / The database" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_setting_that_cannot_be_read_is_named(cli: CliRunner) -> None:
    result = cli.invoke(main, ["migrate"], env={"PORTAL_WORKERS": "two"})
    assert result.exit_code == 1
    assert "PORTAL_WORKERS" in result.stderr


def test_a_database_that_cannot_be_opened_is_told(cli: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "catalogue.sqlite").mkdir()
    result = cli.invoke(main, ["migrate"])
    assert result.exit_code == 1
    assert "The database cannot be used: unable to open database file" in result.stderr


@pytest.mark.parametrize("command", [["check"], ["migrate"], ["backup", "anywhere"]])
def test_a_damaged_database_is_named_with_the_way_out(
    cli: CliRunner, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "catalogue.sqlite").write_bytes(b"no database at all, but something else " * 500)
    result = cli.invoke(main, command)
    assert result.exit_code == 1
    assert "python -m portal restore DIR" in result.stderr and len(result.stderr.splitlines()) == 1


def test_migrate_makes_the_database_and_says_so_once(cli: CliRunner) -> None:
    assert cli.invoke(main, ["migrate", "--check"]).exit_code == 1
    assert cli.invoke(main, ["migrate"]).output.startswith("schema none -> ")
    assert cli.invoke(main, ["migrate"]).output.count("->") == 0
    assert cli.invoke(main, ["migrate", "--check"]).exit_code == 0


def test_reindex_builds_the_index(cli: CliRunner, tmp_path: Path) -> None:
    cli.invoke(main, ["migrate"])
    assert cli.invoke(main, ["reindex"]).exit_code == 0
    assert (tmp_path / "var" / "index" / "CURRENT").exists()


def test_serve_on_a_port_in_use_says_so_at_once(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        finished = subprocess.run(
            [sys.executable, "-m", "portal", "serve", "--port", port],
            env={**os.environ, "PORTAL_VAR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert finished.returncode == 1
    assert f"Cổng {port}" in finished.stderr and f"Port {port}" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_serve_without_a_database_says_what_to_do(cli: CliRunner, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    finished = subprocess.run(
        [sys.executable, "-m", "portal", "serve", "--port", port],
        env={**os.environ, "PORTAL_VAR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert finished.returncode == 1
    assert "python -m portal migrate" in finished.stderr
