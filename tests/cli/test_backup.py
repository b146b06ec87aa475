"""`backup` and `restore` as an operator uses them: beside a running portal, then in its place."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.made_catalogue import MadeCatalogue, make_catalogue
from tests.running import Installation


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCatalogue:
    return make_catalogue(tmp_path_factory.mktemp("made"), 6)


@pytest.fixture
def installation(tmp_path: Path, made: MadeCatalogue) -> Installation:
    """Six published datasets with files."""
    own = Installation(tmp_path / "var")
    own.take("import", made.source, "--files", made.files)
    return own


def found(installation: Installation) -> dict[str, Any]:
    """Titles and files that everybody can see."""
    answer = installation.request("/api/v1/datasets?page_size=100").json()
    return {item["slug"]: item["title"] for item in answer["items"]}


def test_what_was_backed_up_while_it_served_comes_back_whole(
    installation: Installation, made: MadeCatalogue, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    with installation.serving():
        backed_up = installation.take("backup", target)
        assert "0 problem(s)" in backed_up.out and "files: " in backed_up.err
        before, version = found(installation), _version(installation)
        refused = installation.run("restore", target)
        assert refused.code == 1 and "serve" in refused.err and "đang được sử dụng" in refused.err
    extra = make_catalogue(tmp_path / "extra", 9, seed=7)
    installation.take("import", extra.source, "--files", extra.files)
    assert installation.take("restore", "--verify", target).out.startswith("ok: ")
    restored = installation.take("restore", target)
    assert "restored" in restored.out and "before-restore-" in restored.err
    assert installation.take("check", "--verify").out == "ok\n"
    with installation.serving():
        assert found(installation) == before and len(before) == len(made.records)
        epochs = {each.partition("-")[0] for each in (version, _version(installation))}
        assert len(epochs) == 2


def test_a_lost_file_is_named_and_the_exit_code_is_1(installation: Installation, tmp_path: Path) -> None:
    lost = next(each for each in (installation.var / "files").glob("??/*") if len(each.name) == 64)
    lost.unlink()
    finished = installation.run("backup", tmp_path / "backup")
    assert finished.code == 1 and f"files: missing: {lost.name}" in finished.err
    assert "1 problem(s)" in finished.out
    # The rest is a backup all the same, and says again what it lacks.
    restored = Installation(tmp_path / "new").take("restore", tmp_path / "backup")
    assert lost.name in restored.err


@pytest.mark.parametrize("arguments", [["backup"], ["restore"], ["restore", "--nonsense", "x"]])
def test_wrong_use_is_2(tmp_path: Path, arguments: list[str]) -> None:
    assert Installation(tmp_path / "var").run(*arguments).code == 2


def test_something_else_than_a_backup_is_refused_and_nothing_made(tmp_path: Path) -> None:
    finished = Installation(tmp_path / "var").run("restore", tmp_path)
    assert finished.code == 1 and "manifest.json" in finished.err
    assert len(finished.err.splitlines()) == 1 and not (tmp_path / "var").exists()


def test_a_backup_killed_half_way_is_none_and_stops_no_later_one(
    installation: Installation, tmp_path: Path
) -> None:
    (tmp_path / "backups").mkdir()
    running = installation.start("backup", tmp_path / "backups" / "one")
    end = time.monotonic() + 60
    while not any("partial" in each.name for each in (tmp_path / "backups").iterdir()):
        assert running.is_running() and time.monotonic() < end
    running.kill()
    assert not (tmp_path / "backups" / "one").exists()
    installation.take("backup", tmp_path / "backups" / "one")
    installation.take("restore", "--verify", tmp_path / "backups" / "one")


def _version(installation: Installation) -> str:
    checks = installation.request("/health/ready").json()["checks"]
    return str(checks["database"]["catalogue_version"])
