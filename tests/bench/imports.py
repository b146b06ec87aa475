"""How long an import takes until all of it can be found, and how much memory it and the worker hold."""

from __future__ import annotations

import re
from pathlib import Path

from tests.bench.catalogues import first_rows, scale_sources
from tests.bench.figures import Figure
from tests.bench.memory import PeakPrivate, peak_mib
from tests.running import Installation

_SECONDS = 1800


def measure_import(folder: Path, shared: Path, count: int) -> list[Figure]:
    """The first `count` records of the reference data."""
    source = first_rows(scale_sources(shared), count, folder / f"{count}.jsonl")
    return _measure(Installation(folder / f"import-{count}"), [source], f"{count:,}")


def measure_whole_import(folder: Path, shared: Path) -> list[Figure]:
    """All records of the reference data."""
    return _measure(Installation(folder / "import-whole"), scale_sources(shared), "scale")


def _measure(installation: Installation, sources: list[Path], at: str) -> list[Figure]:
    installation.take("init")
    worker = installation.start("worker")
    private = PeakPrivate(worker.pid)
    try:
        first = installation.take("import", *sources, timeout=_SECONDS)
        peak = peak_mib(worker.pid)
        again = installation.take("import", *sources, timeout=_SECONDS)
    finally:
        worker_private = private.stop()
        worker.stop()
    created, changed = (
        _count(first.out, "created"),
        _count(again.out, "created") + _count(again.out, "changed"),
    )
    check = installation.run("check", timeout=_SECONDS)
    if check.code or changed:
        raise AssertionError(f"{changed} changed by the second import, check: {check.out[-500:]}")
    return [
        Figure("import to searchable", first.seconds, "s", at),
        Figure("import, records a second", created / first.seconds, "1/s", at),
        Figure("import again, nothing changed", again.seconds, "s", at),
        Figure("import again / import", again.seconds / first.seconds, "x", at),
        Figure("import, peak memory of the command", first.peak_mib, "MiB", at),
        Figure("import, peak memory of the worker", peak, "MiB", at),
        Figure("import, of that private to the worker", worker_private, "MiB", at),
    ]


def _count(out: str, result: str) -> int:
    return sum(int(each.replace(",", "")) for each in re.findall(rf"([\d,]+) {result}\b", out))
