"""Pages and API beside a Flask hello-world under the same gunicorn settings, in turns, in one run."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import psutil

from tests.bench.catalogues import mixed_paths, queries, slugs
from tests.bench.figures import Figure
from tests.bench.load import fetch_all, requests_per_second
from tests.bench.memory import private_mib
from tests.running import REPOSITORY, Installation, Running, children, free_port, worker_pid

HELLO = "hello"
_WARM_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Measured:
    name: str
    port: int
    path: str
    headers: dict[str, str]


def measure_ratios(portal: Installation, at: str, *, rounds: int, seconds: float) -> list[Figure]:
    """Answers a second of each page, warm, as a share of what hello-world reaches in the same round."""
    with portal.serving() as serving, _hello(portal) as port:
        _await_quiet(serving)
        hello, pages = _Measured(HELLO, port, "/", {}), list(_pages(portal))
        rates: dict[str, list[float]] = {each.name: [] for each in (hello, *pages)}
        shares: dict[str, list[float]] = {each.name: [] for each in pages}
        for each in (hello, *pages):
            _rate(each, _WARM_UP_SECONDS)
        for number in range(rounds):
            for page in pages:
                # Side by side, so that what else the machine does meets both; in turns, so that none is always first.
                pair = (hello, page) if number % 2 else (page, hello)
                found = {each.name: _rate(each, seconds) for each in pair}
                for name, rate in found.items():
                    rates[name].append(rate)
                shares[page.name].append(found[page.name] / found[HELLO])
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


def _rate(measured: _Measured, seconds: float) -> float:
    return requests_per_second(measured.port, measured.path, seconds=seconds, headers=measured.headers)


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
    """From the command to the first 200 of the home page."""
    taken = []
    for _ in range(rounds):
        begun = time.monotonic()
        serving = portal.start_serving(path="/")
        taken.append(time.monotonic() - begun)
        serving.stop()
    return [Figure("serve to first answer", statistics.median(taken), "s", at)]


def measure_latency(portal: Installation, at: str, count: int) -> list[Figure]:
    """From a writer's answer to its being shown and found, and to its being gone again."""
    with portal.serving():
        token = portal.take("create-admin", "--email", "bench@example.vn", "--print-token").out.strip()
        finished = portal.start_python("-m", "tests.bench.latency", count, portal.port, token).wait(300)
    return [Figure(name, value, "ms", at) for name, value in _read(finished.out, finished.err).items()]


def measure_search(portal: Installation, at: str, count: int) -> list[Figure]:
    """Search in a process, 7 facets, a filter and 20 highlights."""
    finished = portal.start_python("-m", "tests.bench.searching", count).wait(300)
    values = _read(finished.out, finished.err)
    number = int(values.pop("queries"))
    figures = [Figure("search / SQLite FTS5, processor time", values.pop("/ SQLite FTS5"), "x", at)]
    figures += [Figure(f"search in process, {name}", value, "ms", at) for name, value in values.items()]
    figures.append(Figure("search in process, distinct queries", number, "", at))
    figures.append(Figure("search, memory of the process", finished.peak_mib, "MiB", at))
    return figures


def web_processes(serving: Running) -> list[int]:
    """The processes of gunicorn that answer."""
    masters = [pid for pid, line in children(serving.pid).items() if "gunicorn" in line]
    return [pid for master in masters for pid in children(master)]


def _read(out: str, err: str) -> dict[str, float]:
    if not out.strip():
        raise AssertionError(err)
    values: dict[str, float] = json.loads(out.splitlines()[-1])
    return values


def _pages(portal: Installation) -> Iterator[_Measured]:
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
        yield _Measured(name, portal.port, path, {})
        if "etag" in answer.headers:
            same = {"If-None-Match": answer.headers["etag"]}
            if portal.request(path, headers=same).status != 304:
                raise AssertionError(f"{path}: the same ETag is not answered with 304")
            yield _Measured(f"{name}, 304", portal.port, path, same)


@contextmanager
def _hello(portal: Installation) -> Iterator[int]:
    """The hello-world with the portal's own gunicorn file; answers its port."""
    server = Installation(portal.var, free_port())
    config = REPOSITORY / "gunicorn.conf.py"
    running = server.start_python("-m", "gunicorn", "--config", config, "tests.bench.hello:app")
    try:
        _wait(server, running)
        yield server.port
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
