"""Many readers search through HTTP while records are published: no error, and every answer is of one state.

    python -m tests.hostile.search_storm [--workers 4] [--threads 8] [--publishes 20] [--records 1200]

`serve` with as many web processes as `--workers`, and as many reading processes of `--threads` each. All published
records share a word and have one theme and one year each, so in every answer about that word the counts of both
facets must add up to its total.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import quote

from portal.catalog.actors import SYSTEM
from portal.catalog.services.imports import ImportRun, import_records
from portal.exchange.json_lines import read_json_lines
from portal.settings import read_settings
from portal.wiring import open_portal
from tests.bench.catalogues import queries, seeded
from tests.running import Installation

WORD = "zqbao"
_COUNTED = f"/api/v1/datasets?q={WORD}&page_size=100"
_BETWEEN_SECONDS = 0.25
_SEEN_SECONDS = 10.0
_STOP = "stop"
_THEMES = ("Giao thông", "Y tế", "Môi trường")


@dataclass(frozen=True, slots=True)
class Storm:
    """What came of one: answers read, how long the last publication took to be counted, and what was wrong."""

    answers: int
    seen_after: float
    problems: tuple[str, ...]


def run(installation: Installation, *, workers: int, threads: int, publishes: int) -> Storm:
    """Publishes while everybody reads, then waits until the last record is counted."""
    installation.environment["PORTAL_WORKERS"] = str(workers)
    signs = installation.var / "storm"
    signs.mkdir()
    paths = [_COUNTED, *(f"/api/v1/datasets?q={quote(each)}" for each in queries(installation.var, 40))]
    with (
        installation.serving(),
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes,
    ):
        reading = [processes.submit(_read, installation.port, paths, threads, signs) for _ in range(workers)]
        try:
            while len(list(signs.iterdir())) < workers * threads and not any(each.done() for each in reading):
                time.sleep(_BETWEEN_SECONDS)
            for number in range(publishes):
                _publish(installation, number)
                time.sleep(_BETWEEN_SECONDS)
            seen_after, problems = _wait_until_counted(installation, publishes)
        finally:
            (signs / _STOP).touch()
        for each in reading:
            problems += each.result(timeout=120)[1]
    return Storm(sum(each.result()[0] for each in reading), seen_after, tuple(problems))


def _publish(installation: Installation, number: int) -> None:
    """One record, committed by itself."""
    row = {
        "id": f"bao-{number}",
        "title": f"Số liệu {WORD} lần {number}",
        "theme": [_THEMES[number % len(_THEMES)]],
        "modified": f"{2015 + number % 10}-05-01",
    }
    source = installation.var / "one.jsonl"
    source.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    portal = open_portal(read_settings({"PORTAL_VAR": str(installation.var)}))
    list(
        import_records(
            ImportRun(portal.database, portal.storage, SYSTEM, portal.clock), read_json_lines(source)
        )
    )
    portal.close()


def _wait_until_counted(installation: Installation, publishes: int) -> tuple[float, list[str]]:
    begun = time.monotonic()
    while time.monotonic() - begun < _SEEN_SECONDS:
        if installation.request(_COUNTED).json()["total"] == publishes:
            return time.monotonic() - begun, []
        time.sleep(0.01)
    return _SEEN_SECONDS, [f"{publishes} published, and not all of them counted after {_SEEN_SECONDS} s"]


def _read(port: int, paths: list[str], threads: int, signs: Path) -> tuple[int, list[str]]:
    """Asks for one path after another, each thread on its own connection, until there is a sign to stop."""
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(lambda first: _read_alone(port, paths, first, signs), range(threads)))
    return sum(answers for answers, _ in found), [each for _, problems in found for each in problems]


def _read_alone(port: int, paths: list[str], first: int, signs: Path) -> tuple[int, list[str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    answers, problems = 0, list[str]()
    while not (signs / _STOP).exists():
        # Every second answer is one that can be added up.
        path = paths[0] if answers % 2 else paths[(first * 7 + answers) % len(paths)]
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            problems.append(f"{path}: {error!r}")
            connection.close()
            continue
        answers += 1
        (signs / f"reader-{os.getpid()}-{first}").touch()
        problems += _problems(path, answer.status, body)
    connection.close()
    return answers, problems


def _problems(path: str, status: int, body: bytes) -> Iterator[str]:
    if status != 200:
        yield f"{path}: {status}"
        return
    page: dict[str, Any] = json.loads(body)
    if path == _COUNTED:
        counts = {name: sum(each["count"] for each in page["facets"][name]) for name in ("theme", "year")}
        if {*counts.values(), len(page["items"])} != {page["total"]}:
            yield f"{path}: {page['total']} in total, {len(page['items'])} shown, {counts}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name, default in (("workers", 4), ("threads", 8), ("publishes", 20), ("records", 1_200)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="portal-storm-") as folder:
        installation = seeded(Path(folder) / "var", options.records)
        storm = run(
            installation, workers=options.workers, threads=options.threads, publishes=options.publishes
        )
    print(
        f"{options.workers} x {options.threads} readers, {options.publishes} publications: {storm.answers:,} answers, "
        f"{len(storm.problems)} errors; the last was counted after {storm.seen_after:.2f} s"
    )
    print("\n".join(storm.problems[:20]))
    return int(bool(storm.problems))


if __name__ == "__main__":
    sys.exit(main())
