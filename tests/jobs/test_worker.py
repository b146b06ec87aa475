"""The worker as a process: it follows, speaks up, waits its turn, survives a kill, and stops when told."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.errors import PortalError
from portal.jobs import heartbeat
from portal.jobs.exclusive import try_alone
from portal.settings import child_environment
from portal.wiring import Portal
from tests.factories import make_dataset


class Worker:
    """One `python -m portal worker`."""

    def __init__(self, portal: Portal, log: Path) -> None:
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal", "worker"],
                env=child_environment(portal.settings),
                stdout=output,
                stderr=output,
            )

    def says(self, event: str) -> bool:
        return f'"event": "{event}"' in self.log.read_text()


@pytest.fixture
def start(portal: Portal, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    """Starts workers and ends those that are left."""
    started: list[Worker] = []

    def one() -> Worker:
        started.append(Worker(portal, tmp_path / f"worker-{len(started)}.log"))
        return started[-1]

    yield one
    for worker in started:
        worker.process.kill()
        worker.process.wait()


def test_it_builds_the_index_follows_changes_and_stops_when_told(
    portal: Portal, start: Callable[[], Worker]
) -> None:
    worker = start()
    _until(lambda: _indexed(portal) == 3, worker)
    _until(lambda: heartbeat.is_alive(portal.settings.var) and worker.says("worker started"), worker)
    with portal.database.write() as session:
        make_dataset(session, "Vừa công bố")
    begun = time.monotonic()
    _until(lambda: _indexed(portal) == 4, worker)
    assert time.monotonic() - begun < 5
    worker.process.send_signal(signal.SIGTERM)
    assert worker.process.wait(20) == 0
    assert worker.says("worker stopped")
    assert portal.database.write_ahead_bytes() == 0


def test_a_second_worker_waits_and_takes_over_after_a_kill(
    portal: Portal, start: Callable[[], Worker]
) -> None:
    first = start()
    _until(lambda: first.says("worker started"), first)
    second = start()
    _until(lambda: second.says("waiting for the other worker to end"), second)
    first.process.kill()
    _until(lambda: second.says("worker started"), second)
    with try_alone(portal.settings.var) as alone:
        assert not alone


def test_a_lost_index_is_made_again_by_the_next_worker(portal: Portal, start: Callable[[], Worker]) -> None:
    first = start()
    _until(lambda: _indexed(portal) == 3, first)
    os.kill(first.process.pid, signal.SIGKILL)
    shutil.rmtree(portal.settings.index_folder)
    second = start()
    _until((portal.settings.index_folder / "CURRENT").exists, second)
    _until(lambda: second.says("worker started"), second)


def test_without_a_schema_it_says_what_to_do(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "portal", "worker"],
        env={**os.environ, "PORTAL_VAR": str(tmp_path / "empty")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 1
    assert "python -m portal migrate" in finished.stderr
    assert "Traceback" not in finished.stderr


def _indexed(portal: Portal) -> int:
    try:
        return len(portal.search.indexed())
    except PortalError:
        return -1


def _until(holds: Callable[[], bool], worker: Worker) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end and worker.process.poll() is None, worker.log.read_text()
        time.sleep(0.05)
