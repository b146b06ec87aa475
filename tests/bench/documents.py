"""Whole-catalogue documents: how long they take to write, how large they are, and sending beside a static file."""

from __future__ import annotations

import json
import statistics
from dataclasses import replace
from pathlib import Path

from portal.exchange.snapshots import Encoding, Snapshots
from tests.bench.figures import Figure
from tests.bench.load import load
from tests.running import REPOSITORY, Installation, free_port

# In brotli the document is small and the ratio is one of answers; as it is, it is one of bytes.
RATIO = "catalog.ttl in brotli / static file"
PLAIN_RATIO = "catalog.ttl, plain / static file"
_ENCODINGS: tuple[tuple[Encoding, str], ...] = (("br", RATIO), ("", PLAIN_RATIO))


def measure_documents(portal: Installation, at: str, *, rounds: int, seconds: float) -> list[Figure]:
    """Seconds, MiB, and a ratio: answers a second as a share of what a bare file server reaches in the same round."""
    finished = portal.start_python("-m", "tests.bench.writing").wait(1800)
    if not finished.out.strip():
        raise AssertionError(finished.err)
    values: dict[str, float] = json.loads(finished.out.splitlines()[-1])
    figures = [Figure(name, value, "MiB" if "size" in name else "s", at) for name, value in values.items()]
    figures.append(Figure("documents, memory of the process", finished.peak_mib, "MiB", at))
    ratios = [
        Figure(name, _sending(portal, encoding, rounds=rounds, seconds=seconds), "x", at)
        for encoding, name in _ENCODINGS
    ]
    return [*figures, *ratios]


def _sending(portal: Installation, encoding: Encoding, *, rounds: int, seconds: float) -> float:
    """The median of the rounds. Each side has one process: how kept connections happen to be shared among
    several decides more than what is measured."""
    alone = {**portal.environment, "PORTAL_WORKERS": "1"}
    snapshot = Snapshots(Path(portal.var) / "snapshots").current()
    assert snapshot is not None
    file = str(snapshot.path("catalog.ttl", encoding))
    static = Installation(portal.var, free_port(), {**alone, "STATIC_FILE": file})
    ours = replace(portal, environment=alone)
    config = REPOSITORY / "gunicorn.conf.py"
    running = static.start_python("-m", "gunicorn", "--config", config, "tests.bench.static_file:app")
    try:
        with ours.serving():
            return statistics.median(_ratio(ours, static, encoding, seconds) for _ in range(rounds))
    finally:
        running.stop()


def _ratio(portal: Installation, static: Installation, encoding: Encoding, seconds: float) -> float:
    headers = {"Accept-Encoding": encoding or "identity"}
    ours = load(portal.port, "/catalog.ttl", seconds=seconds, headers=headers)
    bare = load(static.port, "/", seconds=seconds, headers=headers)
    return (ours.answers / ours.seconds) / (bare.answers / bare.seconds)
