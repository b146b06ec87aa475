"""`serve` as a whole: both processes, restarts, signals, and nobody left behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import psutil
import pytest

from tests.running import Installation, Running, children, free_port, worker_pid


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An empty catalogue."""
    made = Installation(tmp_path_factory.mktemp("serve") / "var")
    made.take("init")
    return made


@pytest.fixture(scope="module")
def serving(installation: Installation) -> Iterator[Running]:
    """One portal for all tests that leave it alive."""
    with installation.serving() as running:
        _until(lambda: worker_pid(running) is not None)
        yield running


@pytest.fixture
def mortal(installation: Installation) -> Iterator[Running]:
    """A portal of its own, on another port: its worker waits for the other one to end."""
    own = replace(installation, port=free_port())
    with own.serving() as running:
        _until(lambda: worker_pid(running) is not None)
        yield running


def test_it_answers_and_knows_its_worker(installation: Installation, serving: Running) -> None:
    _until(lambda: installation.request("/health/ready").json()["checks"]["worker"]["ok"])
    assert installation.request("/health/live").status == 200


def test_a_killed_worker_comes_back_while_the_web_goes_on(
    installation: Installation, serving: Running
) -> None:
    killed = worker_pid(serving)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert installation.request("/health/live").status == 200
    _until(lambda: worker_pid(serving) not in (None, killed))


def test_a_killed_web_server_comes_back_while_the_worker_goes_on(
    installation: Installation, serving: Running
) -> None:
    (master,) = (pid for pid, line in children(serving.pid).items() if "gunicorn" in line)
    worker = worker_pid(serving)
    os.kill(master, signal.SIGKILL)
    _until(lambda: any("gunicorn" in line for pid, line in children(serving.pid).items() if pid != master))
    _until(lambda: _answers(installation))
    assert worker_pid(serving) == worker and serving.is_running()


def test_a_reload_drops_no_request(installation: Installation, serving: Running) -> None:
    os.kill(serving.pid, signal.SIGHUP)
    end = time.monotonic() + 4
    while time.monotonic() < end:
        assert installation.request("/health/live").status == 200


def test_a_second_one_on_the_same_port_is_told_so(installation: Installation, serving: Running) -> None:
    second = installation.run("serve")
    assert second.code == 1
    assert f"Port {installation.port}" in second.err
    assert installation.request("/health/live").status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_well(mortal: Running, number: signal.Signals) -> None:
    started = _family(mortal.pid)
    os.kill(mortal.pid, number)
    assert mortal.wait(40).code == 0
    _until(lambda: not any(map(_lives, started)))


def test_a_killed_parent_leaves_nobody_behind(mortal: Running) -> None:
    started = _family(mortal.pid)
    os.kill(mortal.pid, signal.SIGKILL)
    _until(lambda: not any(map(_lives, started)))


def _family(pid: int) -> list[int]:
    own = list(children(pid))
    return own + [grandchild for child in own for grandchild in children(child)]


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _answers(installation: Installation) -> bool:
    try:
        return installation.request("/health/live").status == 200
    except OSError:
        return False


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 40
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)
