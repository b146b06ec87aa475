"""Pages and API beside a Flask hello-world under the same gunicorn settings, in turns, in one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import psutil

from tests.bench.catalogues import mixed_paths, queries, slugs
from tests.bench.figures import Figure, printed
from tests.bench.load import fetch_all, load
from tests.bench.memory import private_mib
from tests.running import REPOSITORY, Installation, Running, children, free_port, worker_pid

HELLO = "hello"
_WARM_UP_SECONDS = 1.0
_TYPING_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Measured:
    name: str
    port: int
    path: str
    headers: dict[str, str]
    processes: tuple[int, ...]


def measure_ratios(portal: Installation, at: str, *, rounds: int, seconds: float) -> list[Figure]:
    """What each page costs, warm, beside what hello-world costs in the same round.

    Compared is how much processor time the web process takes for an answer, because on a machine with others that
    is what does not depend on them. One process each: a kept connection stays with the process that accepted it.
    """
    portal.environment["PORTAL_WORKERS"] = "1"
    with portal.serving() as serving, _hello(portal) as hello:
        _await_quiet(serving)
        pages = list(_pages(portal, tuple(web_processes(serving))))
        rates: dict[str, list[float]] = {each.name: [] for each in (hello, *pages)}
        shares: dict[str, list[float]] = {each.name: [] for each in pages}
        for each in (hello, *pages):
            load(each.port, each.path, seconds=_WARM_UP_SECONDS, headers=each.headers)
        for number in range(rounds):
            for page in pages:
                # Side by side and in turns: what else the machine does meets both, and none is always first.
                pair = (hello, page) if number % 2 else (page, hello)
                costs = {each.name: _cost(each, seconds, rates[each.name]) for each in pair}
                shares[page.name].append(costs[HELLO] / costs[page.name])
    del portal.environment["PORTAL_WORKERS"]
    figures = [
        Figure(f"{name}, answers a second", statistics.median(each), "1/s", at)
        for name, each in rates.items()
    ]
    return figures + [
        Figure(f"{name} / {HELLO}", statistics.median(each), "x", at) for name, each in shares.items()
    ]


def _await_quiet(serving: Running) -> None:
    """Waits until the worker has done what a start brings (index, documents), two minutes at most."""
    worker = worker_pid(serving)
    until = time.monotonic() + 120
    while worker is not None and time.monotonic() < until:
        if psutil.Process(worker).cpu_percent(interval=2.0) < 10:
            return


def _cost(measured: _Measured, seconds: float, rates: list[float]) -> float:
    """Seconds of the processor for one answer; adds the answers a second by the clock to `rates`."""
    before = _worked(measured.processes)
    found = load(measured.port, measured.path, seconds=seconds, headers=measured.headers)
    rates.append(found.answers / found.seconds)
    return (_worked(measured.processes) - before) / found.answers


def _worked(processes: tuple[int, ...]) -> float:
    times = [psutil.Process(pid).cpu_times() for pid in processes]
    return sum(each.user + each.system for each in times)


def measure_memory(portal: Installation, at: str, requests: int) -> list[Figure]:
    """Private memory of the one web process after mixed requests, and how much the second half added."""
    portal.environment["PORTAL_WORKERS"] = "1"
    paths = list(mixed_paths(portal.var, requests))
    with portal.serving() as serving:
        web = web_processes(serving)[0]
        start, begun = private_mib(web), time.monotonic()
        statuses = fetch_all(portal.port, paths[: requests // 2])
        half = private_mib(web)
        for status, number in fetch_all(portal.port, paths[requests // 2 :]).items():
            statuses[status] = statuses.get(status, 0) + number
        end, seconds = private_mib(web), time.monotonic() - begun
    del portal.environment["PORTAL_WORKERS"]
    unexpected = {status for status in statuses if status not in (200, 404)}
    if unexpected:
        raise AssertionError(f"mixed requests were answered with {statuses}")
    return [
        Figure("web process, private, at its start", start, "MiB", at),
        Figure(f"web process, private, after {requests:,} requests", end, "MiB", at),
        Figure("web process, growth over the second half", end - half, "MiB", at),
        Figure("mixed requests, answers a second", requests / seconds, "1/s", at),
    ]


def measure_start(portal: Installation, at: str, *, rounds: int) -> list[Figure]:
    """From the command to the first 200 of the home page, and the first search when a reader has typed it."""
    taken, searched = [], []
    words = [quote(each) for each in queries(portal.var, rounds)]
    for word in words:
        begun = time.monotonic()
        serving = portal.start_serving(path="/")
        taken.append(time.monotonic() - begun)
        time.sleep(_TYPING_SECONDS)
        begun = time.monotonic()
        portal.request(f"/api/v1/datasets?q={word}")
        searched.append(1000 * (time.monotonic() - begun))
        serving.stop()
    return [
        Figure("serve to first answer", statistics.median(taken), "s", at),
        Figure("first search of a process", statistics.median(searched), "ms", at),
    ]


def measure_latency(portal: Installation, at: str, count: int) -> list[Figure]:
    """From a writer's answer to its being shown and found, and to its being gone again."""
    with portal.serving():
        token = portal.take("create-admin", "--email", "bench@example.vn", "--print-token").out.strip()
        finished = portal.start_python("-m", "tests.bench.latency", count, portal.port, token).wait(300)
    return [Figure(name, value, "ms", at) for name, value in printed(finished).items()]


def web_processes(serving: Running) -> list[int]:
    """The processes of gunicorn that answer."""
    masters = [pid for pid, line in children(serving.pid).items() if "gunicorn" in line]
    return [pid for master in masters for pid in children(master)]


def _pages(portal: Installation, processes: tuple[int, ...]) -> Iterator[_Measured]:
    slug, words = slugs(portal.var, 3)[1], quote(queries(portal.var, 5)[2])
    for name, path in (
        ("home", "/"),
        ("dataset page", f"/du-lieu/{slug}"),
        ("search page", f"/du-lieu?q={words}"),
        ("API list", "/api/v1/datasets"),
        ("API show", f"/api/v1/datasets/{slug}"),
    ):
        answer = portal.request(path)
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer.status}")
        yield _Measured(name, portal.port, path, {}, processes)
        if "etag" in answer.headers:
            same = {"If-None-Match": answer.headers["etag"]}
            if portal.request(path, headers=same).status != 304:
                raise AssertionError(f"{path}: the same ETag is not answered with 304")
            yield _Measured(f"{name}, 304", portal.port, path, same, processes)


@contextmanager
def _hello(portal: Installation) -> Iterator[_Measured]:
    """The hello-world with the portal's own gunicorn file and settings."""
    server = Installation(portal.var, free_port(), portal.environment)
    config = REPOSITORY / "gunicorn.conf.py"
    running = server.start_python("-m", "gunicorn", "--config", config, "tests.bench.hello:app")
    try:
        _wait(server, running)
        yield _Measured(HELLO, server.port, "/", {}, tuple(children(running.pid)))
    finally:
        running.stop()


def _wait(server: Installation, running: Running) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            if server.request("/").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"hello-world does not serve\n{running.errors()}")
