"""`init`, `seed` and `import` as people run them, on a data folder of their own."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from portal.settings import Settings
from portal.wiring import Portal, open_portal

ROW: dict[str, Any] = {
    "id": "bai-do-xe-2025",
    "title": "Bãi đỗ xe công cộng năm 2025",
    "publisher": "Sở Xây dựng",
    "resources": [{"name": "Bảng", "format": "CSV", "local": "bai-do-xe.csv"}],
}


class Runner:
    """Runs commands with `var` in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.var = folder / "var"
        self.environment = {**os.environ, "PORTAL_VAR": str(self.var)}

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "portal", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def write(self, *rows: dict[str, Any] | str) -> str:
        """A file of JSON lines."""
        path = self.folder / "source.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    def portal(self) -> Portal:
        return open_portal(Settings(var=self.var))


@pytest.fixture
def run(tmp_path: Path) -> Runner:
    (tmp_path / "bai-do-xe.csv").write_text("tên,chỗ\nBãi A,20\n", encoding="utf-8")
    return Runner(tmp_path)


def test_init_makes_a_catalogue_without_datasets_and_nothing_seeds_after_it(run: Runner) -> None:
    assert run("init").returncode == 0
    again = run("seed", "--when-new")
    assert (again.returncode, again.stdout) == (0, "")
    portal = run.portal()
    assert portal.search.indexed() == {}
    portal.close()
    assert run("check").returncode == 0


def test_seed_fills_up_to_the_size_indexes_and_is_the_same_the_second_time(run: Runner) -> None:
    first = run("seed", "--size", "60")
    assert first.returncode == 0, first.stderr
    assert first.stdout == "seed: 60 created, 0 changed, 0 unchanged, 0 refused\n"
    portal = run.portal()
    assert len(portal.search.indexed()) == 60
    portal.close()
    assert run("seed", "--size", "60").stdout == "seed: 0 created, 0 changed, 60 unchanged, 0 refused\n"
    assert run("check", "--verify").stdout == "ok\n"


def test_a_seed_that_was_killed_is_finished_by_the_next_start(run: Runner) -> None:
    command = [sys.executable, "-m", "portal", "seed", "--size", "700"]
    with subprocess.Popen(command, env=run.environment, stderr=subprocess.DEVNULL) as cut_short:
        database = run.var / "catalogue.sqlite"
        end = time.monotonic() + 30
        while not database.exists() and time.monotonic() < end:
            time.sleep(0.02)
        cut_short.send_signal(signal.SIGKILL)
    finished = run("seed", "--when-new")
    assert finished.returncode == 0, finished.stderr
    portal = run.portal()
    assert len(portal.search.indexed()) == 700
    portal.close()
    assert run("seed", "--when-new").stdout == ""


def test_import_takes_records_with_files_makes_them_searchable_and_is_idempotent(run: Runner) -> None:
    source = run.write(ROW)
    first = run("import", source, "--files", str(run.folder))
    assert (first.returncode, first.stdout) == (
        0,
        "source.jsonl: 1 created, 0 changed, 0 unchanged, 0 refused\n",
    )
    portal = run.portal()
    assert len(portal.search.indexed()) == 1
    assert len(list(portal.storage.hashes())) == 1
    portal.close()
    again = run("import", source, "--files", str(run.folder))
    assert again.stdout == "source.jsonl: 0 created, 0 changed, 1 unchanged, 0 refused\n"
    run.write({**ROW, "title": "Bãi đỗ xe năm 2026"})
    changed = run("import", source, "--files", str(run.folder))
    assert "source.jsonl:1: changed bai-do-xe-2025: title" in changed.stdout


def test_what_is_refused_is_told_with_its_line_and_the_rest_is_taken(run: Runner) -> None:
    missing = {**ROW, "id": "thieu", "resources": [{"local": "khong-co.csv"}]}
    source = run.write("{broken", ROW, missing, ROW)
    report = run.folder / "report.jsonl"
    finished = run("import", source, "--files", str(run.folder), "--report", str(report))
    assert finished.returncode == 1
    assert finished.stdout.splitlines()[-1] == "source.jsonl: 1 created, 0 changed, 0 unchanged, 3 refused"
    told = [line.split(" ", 1)[0] for line in finished.stdout.splitlines() if "refused " in line]
    assert told == ["source.jsonl:1:", "source.jsonl:3:", "source.jsonl:4:"]
    rows = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert [row["result"] for row in rows] == ["refused", "created", "refused", "refused"]
    assert rows[0]["reason"]["vi"] and rows[0]["reason"]["en"]


def test_a_dry_run_tells_and_changes_nothing(run: Runner) -> None:
    run("init")
    finished = run("import", run.write(ROW), "--files", str(run.folder), "--dry-run")
    assert finished.stdout == "source.jsonl: 1 created, 0 changed, 0 unchanged, 0 refused (dry run)\n"
    portal = run.portal()
    assert list(portal.storage.hashes()) == []
    portal.close()
    assert "1 created" in run("import", run.write(ROW), "--files", str(run.folder)).stdout


def test_drafts_are_kept_out_of_sight(run: Runner) -> None:
    run("import", run.write(ROW), "--files", str(run.folder), "--draft")
    portal = run.portal()
    assert portal.search.indexed() == {}
    portal.close()


def test_a_compressed_catalogue_is_read_as_well(run: Runner) -> None:
    packed = run.folder / "source.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps({**ROW, "resources": []}).encode()))
    assert (
        run("import", str(packed)).stdout == "source.jsonl.gz: 1 created, 0 changed, 0 unchanged, 0 refused\n"
    )
