"""The parent of web server and worker, with two small programs in their place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

PARENT = """
import os, sys
from portal.cli import parent
from portal.cli.parent import Parent
parent._MOST_FAILURES = 3
script = sys.argv[1]
sys.exit(Parent([sys.executable, script, "web"], [sys.executable, script, "worker"], dict(os.environ)).run())
"""
CHILD = """
import os, signal, sys, time
name = sys.argv[1]
def say(text):
    os.write(1, f"{name} {text}\\n".encode())
def end(number, frame):
    say(f"got {signal.Signals(number).name}")
    if not (name == "web" and number == signal.SIGHUP):
        sys.exit(0)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, end)
say(f"up {os.getpid()}")
while True:
    time.sleep(0.05)
"""


class Running:
    """A parent with its children's lines."""

    def __init__(self, folder: Path) -> None:
        script = folder / "child.py"
        script.write_text(CHILD)
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PARENT, str(script)], stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def lines(self) -> list[str]:
        return self._log.read_text().splitlines()

    def pids(self, name: str) -> list[int]:
        return [int(line.split()[2]) for line in self.lines() if line.startswith(f"{name} up ")]

    def wait_for(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + 15
        while not holds():
            assert time.monotonic() < end, self.lines()
            time.sleep(0.05)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path)
    started.wait_for(lambda: bool(started.pids("web") and started.pids("worker")))
    # Its handlers are set right after the children are started.
    time.sleep(0.3)
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_both_get_the_signal_and_everything_ends_well(running: Running, number: signal.Signals) -> None:
    running.process.send_signal(number)
    assert running.process.wait(15) == 0
    assert {f"web got {number.name}", f"worker got {number.name}"} <= set(running.lines())
    assert not _alive(running.pids("web") + running.pids("worker"))


def test_a_hangup_reloads_the_web_server_and_starts_the_worker_anew(running: Running) -> None:
    running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda: len(running.pids("worker")) == 2)
    assert "web got SIGHUP" in running.lines()
    assert len(running.pids("web")) == 1


def test_a_killed_worker_is_started_again_after_longer_and_longer_pauses(running: Running) -> None:
    for count in (1, 2):
        os.kill(running.pids("worker")[-1], signal.SIGKILL)
        running.wait_for(lambda count=count: len(running.pids("worker")) == count + 1)  # type: ignore[misc]
    pauses = [line.split("start_again_in")[1][:8] for line in running.lines() if "start_again_in" in line]
    assert len(pauses) == 2 and pauses[0] != pauses[1]


def test_a_killed_web_server_is_started_again_while_the_worker_goes_on(running: Running) -> None:
    os.kill(running.pids("web")[0], signal.SIGKILL)
    running.wait_for(lambda: len(running.pids("web")) == 2)
    assert len(running.pids("worker")) == 1 and _alive(running.pids("worker"))
    # And ends by a signal as before.
    time.sleep(0.3)
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(15) == 0


def test_a_web_server_that_ends_by_itself_ends_the_whole_with_a_failure(running: Running) -> None:
    os.kill(running.pids("web")[0], signal.SIGTERM)
    assert running.process.wait(15) != 0
    assert not _alive(running.pids("worker"))


def test_a_killed_web_server_that_cannot_come_back_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    running = Running(tmp_path / "broken")
    running.wait_for(lambda: bool(running.pids("web")))
    (tmp_path / "broken" / "child.py").write_text("raise SystemExit(3)")
    time.sleep(0.3)
    os.kill(running.pids("web")[0], signal.SIGKILL)
    assert running.process.wait(60) == 3
    assert len([line for line in running.lines() if "web server ended" in line]) == 3


def test_a_signal_while_a_killed_web_server_waits_to_come_back_ends_the_whole(running: Running) -> None:
    for count in (1, 2, 3):
        os.kill(running.pids("web")[-1], signal.SIGKILL)
        if count < 3:
            running.wait_for(lambda count=count: len(running.pids("web")) == count + 1)  # type: ignore[misc]
    time.sleep(0.3)
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(15) == 0


def test_a_killed_parent_leaves_no_orphans(running: Running) -> None:
    children = running.pids("web") + running.pids("worker")
    running.process.kill()
    running.process.wait()
    running.wait_for(lambda: not _alive(children))


def _alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
