"""Load on a web server of this machine: wrk when it is installed, threads of our own otherwise."""

from __future__ import annotations

import http.client
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Load:
    """What was answered in how many seconds."""

    answers: int
    seconds: float


def load(port: int, path: str, *, seconds: float, headers: Mapping[str, str]) -> Load:
    """Asks for one thing on `CONNECTIONS` new connections, which are kept; raises when an answer is an error."""
    measure = _by_wrk if shutil.which("wrk") else _by_threads
    begun = time.monotonic()
    answers = measure(port, path, seconds, headers)
    return Load(answers, time.monotonic() - begun)


def _by_wrk(port: int, path: str, seconds: float, headers: Mapping[str, str]) -> int:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    out = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(f"{path}: {out}")
    found = re.search(r"(\d+) requests in", out)
    if found is None:
        raise RuntimeError(out)
    return int(found[1])


def _by_threads(port: int, path: str, seconds: float, headers: Mapping[str, str]) -> int:
    end = time.monotonic() + seconds
    counts = [0] * CONNECTIONS
    errors: list[int] = []

    def run(position: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while time.monotonic() < end:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            answer.read()
            counts[position] += 1
            if answer.status >= 400:
                errors.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=run, args=(position,)) for position in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise RuntimeError(f"{path}: {errors[:5]}")
    return sum(counts)


def fetch_all(port: int, paths: Sequence[str], *, threads: int = 4) -> dict[int, int]:
    """Every path once, in order, over a few kept connections; how many answers of each status came."""
    statuses: dict[int, int] = {}
    lock, remaining = threading.Lock(), iter(paths)

    def run() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with lock:
                path = next(remaining, None)
            if path is None:
                break
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            with lock:
                statuses[answer.status] = statuses.get(answer.status, 0) + 1
        connection.close()

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return statuses
