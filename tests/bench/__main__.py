"""Benchmarks: prints tables, and fails when a ratio is beyond its limit.

    python -m tests.bench [SIZE ...] [--full] [--save] [--only imports,search,latency,web,memory]

SIZE: how many datasets the seeded catalogue has (1200 by default). `--full` imports all 62,230 reference records
as well, makes 10,000 mixed requests and takes its time; `--save` keeps the figures under docs/bench.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import web
from tests.bench.catalogues import seeded
from tests.bench.figures import Figure, Limit, as_json, broken, circumstances, show
from tests.bench.imports import measure_import, measure_whole_import
from tests.running import REPOSITORY

# Ratios taken in one run, set from the first honest measurement with a margin for a busy machine. Only tighten.
# The budget for home, dataset page, list and show is 0.8; the figures tell where it is met. With two web processes
# all connections of one measurement may land on one of them, for the page or for hello-world: one page was seen at
# 0.36, another at 2.3. What must never pass unseen is a page made anew for every request, which is at 0.01 to 0.1.
LIMITS: dict[str, Limit] = {
    "import again / import": Limit(at_most=0.9),
    "search / SQLite FTS5, processor time": Limit(at_most=16),
    "home / hello": Limit(at_least=0.15),
    "dataset page / hello": Limit(at_least=0.15),
    "search page / hello": Limit(at_least=0.15),
    "API list / hello": Limit(at_least=0.15),
    "API show / hello": Limit(at_least=0.15),
    "home, 304 / hello": Limit(at_least=0.15),
    "dataset page, 304 / hello": Limit(at_least=0.15),
    "search page, 304 / hello": Limit(at_least=0.15),
    "API list, 304 / hello": Limit(at_least=0.15),
    "API show, 304 / hello": Limit(at_least=0.15),
}
PARTS = ("imports", "search", "latency", "web", "memory")


def run(folder: Path, sizes: list[int], parts: list[str], *, is_full: bool) -> list[Figure]:
    """All figures, shown as they come."""
    figures: list[Figure] = []

    def add(title: str, found: list[Figure]) -> None:
        show(title, found, LIMITS)
        figures.extend(found)

    if "imports" in parts:
        _imports(folder, is_full=is_full, add=add)
    for size in sizes if set(parts) - {"imports"} else ():
        portal, at = seeded(folder / f"seed-{size}", size), f"{size:,}"
        if "search" in parts:
            add("search in a process", web.measure_search(portal, at, 400))
        if "latency" in parts:
            add("from a writer to readers", web.measure_latency(portal, at, 60 if is_full else 20))
        if "web" in parts:
            seconds = 2.0 if is_full else 1.0
            found = web.measure_ratios(portal, at, rounds=5, seconds=seconds)
            if any(broken(found, LIMITS)):
                # A neighbour on the machine is not a slower portal: what is broken twice is broken.
                again = web.measure_ratios(portal, at, rounds=5, seconds=seconds)
                found = [max(pair, key=lambda each: each.value) for pair in zip(found, again, strict=True)]
            add("beside hello-world", found)
            add("start", web.measure_start(portal, at, rounds=3))
        if "memory" in parts:
            add("memory of the web", web.measure_memory(portal, at, 10_000 if is_full else 2_000))
        shutil.rmtree(portal.var)
    return figures


def _imports(folder: Path, *, is_full: bool, add: Callable[[str, list[Figure]], None]) -> None:
    shared = Path(os.environ.get("PORTAL_TEST_SHARED", REPOSITORY.parent / "shared"))
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
    parser.add_argument("--only", default=",".join(PARTS), metavar="PART,...")
    options = parser.parse_args()
    parts = options.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(unknown)}")
    print(", ".join(f"{name}: {value}" for name, value in circumstances().items()))
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        figures = run(Path(folder), options.sizes, parts, is_full=options.full)
    if options.save:
        _save(figures)
    beyond = list(broken(figures, LIMITS))
    print("\n" + ("\n".join(beyond) or "every ratio is within its limit"))
    return int(bool(beyond))


if __name__ == "__main__":
    sys.exit(main())
