"""`create-admin` gives the owner of the machine a way in, again and again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.accounts.authentication import authenticate
from portal.catalog import audit
from portal.catalog.actors import Scope
from portal.cli.main import main
from portal.clock import system_clock
from portal.database import Database


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("PORTAL_VAR", str(tmp_path))
    monkeypatch.delenv("PORTAL_DATABASE_URL", raising=False)
    return CliRunner()


def test_it_prints_only_a_token_that_may_do_everything(cli: CliRunner, tmp_path: Path) -> None:
    first, second = (
        cli.invoke(main, ["create-admin", "--email", email, "--print-token"])
        for email in ("Root@example.vn", "root@EXAMPLE.vn")
    )
    database = Database(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    with database.read() as session:
        actors = [
            authenticate(session, each.stdout.removesuffix("\n"), system_clock()) for each in (first, second)
        ]
        kinds = [each.object_kind for each in audit.entries(session, before_id=None, limit=10)]
    database.close()
    assert {each.name for each in actors} == {"Root@example.vn"}
    assert all(each.is_administrator and each.scopes == frozenset(Scope) for each in actors)
    assert kinds == ["token", "token", "person"]


def test_without_the_option_no_token_is_made(cli: CliRunner) -> None:
    result = cli.invoke(main, ["create-admin", "--email", "root@example.vn"])
    assert (result.exit_code, result.stdout) == (0, "administrator: root@example.vn\n")


def test_an_address_that_is_none_is_a_failure(cli: CliRunner) -> None:
    result = cli.invoke(main, ["create-admin", "--email", "nobody"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert cli.invoke(main, ["create-admin"]).exit_code == 2
