"""The sandbox: whatever a job does to its child, its neighbours are done and the parent knows which it was."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from portal.files.sandbox import MEBIBYTE, Job, Limits, Outcome, Progress, run

TASK = "tests.files.sandbox_tasks:do"
LIMITS = Limits(
    memory_bytes=256 * MEBIBYTE,
    address_bytes=1024 * MEBIBYTE,
    processor_seconds=2,
    seconds=20.0,
    output_bytes=8 * MEBIBYTE,
)


def jobs(folder: Path, *deeds: str) -> list[Job]:
    made = []
    for position, deed in enumerate(deeds):
        own = folder / f"job-{position}"
        own.mkdir()
        made.append(Job({"what": deed}, own))
    return made


def outcomes(folder: Path, *deeds: str, limits: Limits = LIMITS) -> list[Outcome]:
    return list(run(TASK, jobs(folder, *deeds), limits))


@pytest.mark.parametrize(
    ("deed", "ending"),
    [
        ("fail", "failed"),
        ("ask", "memory"),
        ("fill", "memory"),
        ("spin", "processor-time"),
        ("die", "crashed"),
        ("killed", "memory"),
        ("flood", "output"),
        ("lie", "crashed"),
    ],
)
def test_a_job_that_goes_wrong_is_named_and_its_neighbours_are_done(
    deed: str, ending: str, tmp_path: Path
) -> None:
    first, bad, last = outcomes(tmp_path, "work", deed, "work")
    assert (first.ending, bad.ending, last.ending) == ("done", ending, "done")
    assert (first.position, bad.position, last.position) == (0, 1, 2)
    assert bad.report is None


def test_one_child_does_the_whole_list_while_nothing_ends_it(tmp_path: Path) -> None:
    told = outcomes(tmp_path, "work", "fail", "work")
    pids = [outcome.report["pid"] for outcome in told if outcome.report]
    assert len(pids) == 2
    assert len(set(pids)) == 1 != pids[0]
    assert os.getpid() not in pids
    assert (tmp_path / "job-0" / "made.txt").read_text() == "made"


def test_the_child_sees_nothing_of_our_environment_and_has_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "not for the child")
    report = outcomes(tmp_path, "tell")[0].report
    assert report is not None
    assert "PORTAL_SECRET_KEY" not in str(report["environment"])
    assert report["limits"] == {"RLIMIT_AS": LIMITS.address_bytes, "RLIMIT_FSIZE": LIMITS.output_bytes}
    assert report["group"] is True


def test_the_child_has_no_network_where_the_system_can_take_it_away(tmp_path: Path) -> None:
    report = outcomes(tmp_path, "phone")[0].report
    assert report is not None
    # Refused by nobody who listens, or, in a network of its own, unreachable: a connection in no case.
    assert report["error"] in (errno.ECONNREFUSED, errno.ENETUNREACH)


def test_the_clock_ends_a_job_that_only_waits(tmp_path: Path) -> None:
    began = time.monotonic()
    late, after = outcomes(tmp_path, "sleep", "work", limits=Limits(seconds=2.0))
    assert (late.ending, after.ending) == ("time", "done")
    assert time.monotonic() - began < 60


def test_a_report_without_measure_is_not_read(tmp_path: Path) -> None:
    limits = Limits(memory_bytes=1024 * MEBIBYTE, seconds=20.0)
    assert outcomes(tmp_path, "babble", limits=limits)[0].ending in ("output", "crashed", "failed")


def test_progress_is_told_and_a_stop_ends_the_list(tmp_path: Path) -> None:
    seen: list[Progress] = []
    made = jobs(tmp_path, "work", "sleep", "work")
    told = list(
        run(TASK, made, LIMITS, on_progress=seen.append, stop=lambda: any(p.step == "asleep" for p in seen))
    )
    assert [outcome.ending for outcome in told] == ["done"]
    assert seen == [Progress(0, 0.5, "half"), Progress(1, 0.0, "asleep")]


def test_a_list_that_nobody_reads_to_its_end_leaves_no_child(tmp_path: Path) -> None:
    walk = run(TASK, jobs(tmp_path, "work", "sleep"), LIMITS)
    report = next(walk).report
    assert report is not None
    walk.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(report["pid"])), 0)
