"""kill -9 of the process that writes the index, at random moments: every state on disk opens, nothing is lost.

    python -m tests.hostile.index_kills [--rounds 25] [--records 5000] [--seed S]

A round: the worker starts, records change (each twice, so that a batch of the log has
ids twice), in every other round the whole index is to
be built anew, and after some random time the worker is killed. Every generation that is there must then open, byte
for byte. At the end the worker is let work: index and catalogue must agree, each record be there once in its last
form, and nothing be left over.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.catalog.actors import SYSTEM
from portal.catalog.services.imports import ImportRun, import_records
from portal.exchange.json_lines import read_json_lines
from portal.jobs.followers import Requests
from portal.search.engines.whoosh import folder as index_folder
from portal.search.engines.whoosh.arrays import Damaged
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.indexer import FOLLOWER
from portal.search.request import SearchRequest
from portal.search.service import search
from portal.settings import read_settings
from portal.wiring import Portal, open_portal
from tests.running import Installation, Running

_BATCH = 40
_AGREE_SECONDS = 120.0
# A builder ends when it has built what it was given.
_OUTLIVE_SECONDS = 60.0
_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Round:
    """One kill: after how many seconds, whether during or before a rebuild, how many states were opened."""

    seconds: float
    rebuilds: bool
    opened: int
    problems: tuple[str, ...]


def prepare(var: Path, records: int) -> Installation:
    """A catalogue of `records`, indexed."""
    installation = Installation(var)
    installation.take("init")
    source = var / "rows.jsonl"
    source.write_text("".join(_row(number, "dau") for number in range(records)), encoding="utf-8")
    installation.take("import", source, timeout=600)
    return installation


def rounds(installation: Installation, count: int, chance: random.Random) -> Iterator[Round]:
    portal = _open(installation)
    last = _batch(portal, installation.var, "dau")
    for number in range(count):
        rebuilds = number % 2 == 1
        if rebuilds:
            Requests(installation.var).ask(FOLLOWER)
        worker = installation.start("worker")
        seconds = chance.uniform(0.0, 4.0)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            last = _batch(portal, installation.var, f"lan{number}")
        opened, problems = _killed(worker, installation.var / "index")
        yield Round(seconds, rebuilds, opened, tuple(problems))
    problems = list(_settled(installation, last))
    portal.close()
    yield Round(0.0, False, _opened(installation.var / "index")[0], tuple(problems))


def _killed(worker: Running, folder: Path) -> tuple[int, list[str]]:
    """Kills the worker alone: builders that it has must end by themselves."""
    os.kill(worker.pid, signal.SIGKILL)
    worker.process.wait()
    opened, problems = _opened(folder)
    begun = time.monotonic()
    while _is_alive(worker.pid):
        if time.monotonic() - begun > _OUTLIVE_SECONDS:
            worker.kill()
            return opened, [*problems, "a builder outlived its worker"]
        time.sleep(0.05)
    return opened, problems


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _opened(folder: Path) -> tuple[int, list[str]]:
    """How many generations open; those that do not."""
    problems, opened = [], 0
    for path in sorted(folder.glob("gen-*")):
        try:
            index_folder.open_generation(path)
            opened += 1
        except Damaged as error:
            problems.append(f"{path.name}: {error}")
    try:
        WhooshReader(folder).indexed()
    except Exception as error:
        problems.append(f"readers: {error!r}")
    return opened, problems


def _settled(installation: Installation, word: str) -> Iterator[str]:
    """What is still wrong when the worker has had its time."""
    worker = installation.start("worker")
    begun = time.monotonic()
    try:
        while (check := installation.run("check")).code and time.monotonic() - begun < _AGREE_SECONDS:
            time.sleep(0.5)
    finally:
        worker.stop()
    if check.code:
        yield f"check: {check.out[-300:]}"
    yield from (f"left over: {path.name}" for path in (installation.var / "index").glob(".tmp-*"))
    portal = _open(installation)
    with portal.database.read() as session:
        for number in range(_SAMPLE):
            found = search(
                SearchRequest(text=f'"zq{_letters(number)}" "{word}"'), engine=portal.search, session=session
            )
            if [hit.slug for hit in found.items] != [f"kill-{number}"]:
                yield f"kill-{number}: found {[hit.slug for hit in found.items]} by its word and {word}"
    portal.close()


def _batch(portal: Portal, var: Path, word: str) -> str:
    """Changes the first records twice, so that the log has each of them twice; the last form counts."""
    source = var / "batch.jsonl"
    for each in (f"{word}cu", word):
        source.write_text("".join(_row(number, each) for number in range(_BATCH)), encoding="utf-8")
        run = ImportRun(portal.database, portal.storage, SYSTEM, portal.clock)
        list(import_records(run, read_json_lines(source)))
    return word


def _row(number: int, word: str) -> str:
    row = {
        "id": f"kill-{number}",
        "title": f"Bảng zq{_letters(number)} {word}",
        "description": "Số liệu quan trắc chất lượng không khí. " * 10,
        "theme": ["Môi trường"],
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


def _letters(number: int) -> str:
    return "".join("bcdghklmnprstvx"[number // 15**place % 15] + "a" for place in range(4))


def _open(installation: Installation) -> Portal:
    return open_portal(read_settings({"PORTAL_VAR": str(installation.var)}))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    problems = 0
    with tempfile.TemporaryDirectory(prefix="portal-kills-") as folder:
        installation = prepare(Path(folder) / "var", options.records)
        for number, each in enumerate(
            rounds(installation, options.rounds, random.Random(options.seed)), start=1
        ):
            what = "settled" if number > options.rounds else f"killed at {each.seconds:4.2f} s"
            rebuild = ", with a rebuild" if each.rebuilds else ""
            print(
                f"{number:3}  {what}{rebuild}: {each.opened} states open, {len(each.problems)} problems",
                flush=True,
            )
            print("".join(f"       {problem}\n" for problem in each.problems[:8]), end="")
            problems += len(each.problems)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
