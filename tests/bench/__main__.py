"""Benchmarks: prints tables, and fails when a ratio is beyond its limit.

    python -m tests.bench [SIZE ...] [--full] [--save] [--keep FOLDER] [--only PART,...]

SIZE: how many datasets the catalogue has (1200 by default): seeded up to 10,000; above, the reference data and
variations of it that are labelled as made for measuring. `--full` imports all 62,230 reference records as well,
makes 10,000 mixed requests and takes its time; `--save` keeps the figures under docs/bench, `--keep` the
catalogues in a folder, for the next run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import documents, rows, search, web
from tests.bench.catalogues import scaled, seeded
from tests.bench.figures import Figure, Limit, as_json, broken, circumstances, show
from tests.bench.imports import measure_import, measure_whole_import
from tests.running import REPOSITORY, Installation

# Ratios taken in one run, set from the first honest measurement with a margin for a busy machine. Only tighten.
LIMITS: dict[str, Limit] = {
    documents.RATIO: Limit(at_least=0.55),
    documents.PLAIN_RATIO: Limit(at_least=0.7),
    rows.READING: Limit(at_most=14),
    **{rows.budget(question): Limit(at_most=1) for question in rows.QUESTIONS},
    "import again / import": Limit(at_most=0.9),
    "finding / SQLite FTS5, processor time": Limit(at_most=0.9),
    "finding / tantivy, processor time": Limit(at_most=6),
    "slowest killer / warm p95, processor time": Limit(at_most=6),
    "index build, all processors / one": Limit(at_most=1.2),
    "home / hello": Limit(at_least=0.65),
    "dataset page / hello": Limit(at_least=0.65),
    "search page / hello": Limit(at_least=0.55),
    "API list / hello": Limit(at_least=0.65),
    "API show / hello": Limit(at_least=0.65),
    "home, 304 / hello": Limit(at_least=0.65),
    "dataset page, 304 / hello": Limit(at_least=0.65),
    "search page, 304 / hello": Limit(at_least=0.65),
    "API list, 304 / hello": Limit(at_least=0.65),
    "API show, 304 / hello": Limit(at_least=0.65),
}
# What an idle machine with 2 cores should reach; shown, and never a reason to fail.
SMALL, MIDDLE, LARGE = "1,200", "10,000", "100,000"
BUDGETS: dict[str, dict[str, float]] = {
    "search, warm p95": {SMALL: 5, MIDDLE: 10, LARGE: 25},
    "search, no filter p95": {SMALL: 5, MIDDLE: 10, LARGE: 25},
    "search, first touch p95": {SMALL: 5, MIDDLE: 10, LARGE: 60},
    "search, suggest p95": {SMALL: 5, MIDDLE: 5, LARGE: 5},
    "search, slowest killer query": {SMALL: 50, MIDDLE: 50, LARGE: 50},
    "search, 200 random letters p95": {SMALL: 50, MIDDLE: 50, LARGE: 50},
    "index build": {SMALL: 5, LARGE: 180},
    "publish to api p95": {SMALL: 100, MIDDLE: 100, LARGE: 100},
    "publish to search p95": {SMALL: 1_000, MIDDLE: 1_000, LARGE: 2_000},
}
PARTS = ("imports", "rows", "build", "search", "latency", "web", "memory", "documents")
# The seed has texts for this many; larger catalogues are made of the reference data.
_LARGEST_SEED = 10_000


def run(folder: Path, sizes: list[int], parts: list[str], *, is_full: bool) -> list[Figure]:
    """All figures, shown as they come."""
    figures: list[Figure] = []

    def add(title: str, found: list[Figure]) -> None:
        show(title, found, LIMITS, BUDGETS)
        figures.extend(found)

    if "imports" in parts:
        _imports(folder, is_full=is_full, add=add)
    if "rows" in parts:
        for title, found in rows.measure_rows(folder, is_full=is_full).items():
            add(title, found)
    for size in sizes if set(parts) - {"imports", "rows"} else ():
        portal = _catalogue(folder, size)
        if portal is not None:
            _measure(portal, f"{size:,}", parts, is_full=is_full, add=add)
    return figures


def _catalogue(folder: Path, size: int) -> Installation | None:
    """A portal with `size` datasets; one that `folder` has from an earlier run is taken again."""
    var, shared = folder / f"catalogue-{size}", _shared()
    if (var / "complete").exists():
        kept = Installation(var)
        kept.take("migrate", timeout=3_600)
        return kept
    if size > _LARGEST_SEED and not shared.is_dir():
        print(f"{size:,} are not measured: the reference data (../shared) is not beside this repository")
        return None
    begun = time.monotonic()
    portal = seeded(var, size) if size <= _LARGEST_SEED else scaled(var, size, shared)
    print(f"\na catalogue of {size:,}: {time.monotonic() - begun:.0f} s", flush=True)
    (var / "complete").touch()
    return portal


def _measure(portal: Installation, at: str, parts: list[str], *, is_full: bool, add: Add) -> None:
    is_large = at == LARGE
    if "build" in parts:
        add("index build", search.measure_build(portal, at, alone=at == MIDDLE))
    if "search" in parts:
        add("search in a process", search.measure_search(portal, at, 400))
        add("beside other engines, asked for the same", search.measure_finding(portal, at, 200))
    if "latency" in parts:
        add("from commit to readers", web.measure_latency(portal, at, 60 if is_full and not is_large else 20))
    if not {"web", "documents", "memory"}.isdisjoint(parts):
        # While the worker reads files, what is public changes every second, and one core is its own.
        add("files read into tables", [_read_tables(portal, at)])
    if "web" in parts and not is_large:
        add("beside hello-world", _beside_hello(portal, at, 2.0 if is_full else 1.0))
    if "web" in parts:
        add("start", web.measure_start(portal, at, rounds=3))
    if "documents" in parts:
        seconds, rounds = (2.0, 7) if is_full else (1.0, 5)
        add("whole catalogue", documents.measure_documents(portal, at, rounds=rounds, seconds=seconds))
    if "memory" in parts and not is_large:
        add("memory of the web", web.measure_memory(portal, at, 10_000 if is_full else 2_000))


def _read_tables(portal: Installation, at: str) -> Figure:
    begun = time.monotonic()
    portal.take("read-tables", timeout=3_600)
    return Figure("tables, what was not yet read", time.monotonic() - begun, "s", at)


def _beside_hello(portal: Installation, at: str, seconds: float) -> list[Figure]:
    found = web.measure_ratios(portal, at, rounds=5, seconds=seconds)
    if any(broken(found, LIMITS)):
        # A neighbour on the machine is not a slower portal: what is broken twice is broken.
        again = web.measure_ratios(portal, at, rounds=5, seconds=seconds)
        found = [max(pair, key=lambda each: each.value) for pair in zip(found, again, strict=True)]
    return found


Add = Callable[[str, list[Figure]], None]


def _shared() -> Path:
    return Path(os.environ.get("PORTAL_TEST_SHARED", REPOSITORY.parent / "shared"))


def _imports(folder: Path, *, is_full: bool, add: Add) -> None:
    shared = _shared()
    if not shared.is_dir():
        print("no import is measured: the reference data (../shared) is not beside this repository")
        return
    add("import", measure_import(folder, shared, 1_200))
    if is_full:
        add("import of all reference records", measure_whole_import(folder, shared))


def _save(figures: list[Figure]) -> None:
    target = REPOSITORY / "docs" / "bench" / f"{datetime.now(UTC):%Y-%m-%d}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    document = {**circumstances(), "figures": as_json(figures)}
    target.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\nsaved as {target.relative_to(REPOSITORY)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=[1_200], metavar="SIZE")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--only", default=",".join(PARTS), metavar="PART,...")
    options = parser.parse_args()
    parts = options.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(unknown)}")
    print(", ".join(f"{name}: {value}" for name, value in circumstances().items()))
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        figures = run(options.keep or Path(folder), options.sizes, parts, is_full=options.full)
    if options.save:
        _save(figures)
    beyond = list(broken(figures, LIMITS))
    print("\n" + ("\n".join(beyond) or "every ratio is within its limit"))
    return int(bool(beyond))


if __name__ == "__main__":
    sys.exit(main())
