"""Search and the building of its index, each measured in a process of its own."""

from __future__ import annotations

from tests.bench.figures import Figure, printed
from tests.running import Installation

_SECONDS = 1_800


def measure_search(portal: Installation, at: str, count: int) -> list[Figure]:
    """Whole searches with 4 facets, a filter and 20 highlights; suggestions; queries that are meant to hurt."""
    finished = portal.start_python("-m", "tests.bench.searching", count).wait(_SECONDS)
    values = printed(finished)
    number = values.pop("queries")
    figures = [Figure("slowest killer / warm p95, processor time", _killers(values), "x", at)]
    figures += [Figure(f"search, {name}", value, "ms", at) for name, value in values.items()]
    figures.append(Figure("search, distinct queries", number, "", at))
    figures.append(Figure("search, memory of the process", finished.peak_mib, "MiB", at))
    return figures


def _killers(values: dict[str, float]) -> float:
    return values["slowest killer query, processor time"] / values["warm p95, processor time"]


def measure_finding(portal: Installation, at: str, count: int) -> list[Figure]:
    """The same questions to SQLite FTS5 and tantivy on the same records."""
    values = printed(portal.start_python("-m", "tests.bench.finding", count).wait(_SECONDS))
    number = values.pop("questions")
    ratios = {name: values.pop(name) for name in list(values) if " / " in name}
    return [
        *(Figure(name, value, "x", at) for name, value in ratios.items()),
        *(Figure(name, value, "ms", at) for name, value in values.items()),
        Figure("finding, questions that all three answer alike", number, "", at),
    ]


def measure_build(portal: Installation, at: str, *, alone: bool) -> list[Figure]:
    """A whole index by as many processes as there are processors; with `alone`, by one process too."""
    found = printed(portal.start_python("-m", "tests.bench.building", 0).wait(_SECONDS))
    figures = [
        Figure("index build", found["seconds"], "s", at),
        Figure("index build, processor time of all", found["work"], "s", at),
        Figure("index build, private memory of the writer", found["writer"], "MiB", at),
        Figure("index build, memory of a builder", found["builder"], "MiB", at),
        Figure("index on disk", found["MiB"], "MiB", at),
    ]
    if alone:
        one = printed(portal.start_python("-m", "tests.bench.building", 1).wait(_SECONDS))
        figures.append(
            Figure("index build, all processors / one", found["seconds"] / one["seconds"], "x", at)
        )
    return figures
