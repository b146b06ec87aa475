"""Whole-catalogue documents: how long they take to write, how large they are, and sending beside a static file."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

from portal.exchange.snapshots import Snapshots
from tests.bench.figures import Figure
from tests.bench.load import load
from tests.running import REPOSITORY, Installation, free_port

RATIO = "catalog.ttl in brotli / static file"
_HEADERS = {"Accept-Encoding": "br"}


def measure_documents(portal: Installation, at: str, *, rounds: int, seconds: float) -> list[Figure]:
    """Seconds, MiB, and a ratio: answers a second as a share of what a bare file server reaches in the same round."""
    finished = portal.start_python("-m", "tests.bench.writing").wait(1800)
    if not finished.out.strip():
        raise AssertionError(finished.err)
    values: dict[str, float] = json.loads(finished.out.splitlines()[-1])
    figures = [Figure(name, value, "MiB" if "size" in name else "s", at) for name, value in values.items()]
    figures.append(Figure("documents, memory of the process", finished.peak_mib, "MiB", at))
    return [*figures, *_sending(portal, at, rounds=rounds, seconds=seconds)]


def _sending(portal: Installation, at: str, *, rounds: int, seconds: float) -> list[Figure]:
    snapshot = Snapshots(Path(portal.var) / "snapshots").current()
    assert snapshot is not None
    static = Installation(portal.var, free_port())
    static.environment["STATIC_FILE"] = str(snapshot.path("catalog.ttl", "br"))
    config = REPOSITORY / "gunicorn.conf.py"
    running = static.start_python("-m", "gunicorn", "--config", config, "tests.bench.static_file:app")
    try:
        with portal.serving():
            pairs = [_pair(portal, static, seconds) for _ in range(rounds)]
    finally:
        running.stop()
    ours = statistics.median(own for own, _ in pairs)
    return [
        Figure("catalog.ttl in brotli, answers a second", ours, "1/s", at),
        Figure(RATIO, statistics.median(own / bare for own, bare in pairs), "x", at),
    ]


def _pair(portal: Installation, static: Installation, seconds: float) -> tuple[float, float]:
    ours = load(portal.port, "/catalog.ttl", seconds=seconds, headers=_HEADERS)
    bare = load(static.port, "/", seconds=seconds, headers=_HEADERS)
    return ours.answers / ours.seconds, bare.answers / bare.seconds
