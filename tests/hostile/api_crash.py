"""kill -9 while clients create, upload and publish through the API: what they were told is done must stay done.

    python -m tests.hostile.api_crash [--rounds 30] [--datasets 200] [--seed S] [--mutant NAME]

A round on one data folder that lives through all of them: `serve`, clients that make datasets with a file and
publish them, kill -9 at a random moment of a web process, gunicorn's master, the worker or of everything; then a
restart where one is needed, and everything that any client was ever told is held against the portal. When everything
was killed, power was lost too: what was not synced is gone from the folder of files. With `--mutant` the portal is
broken on purpose and the run succeeds when the harness notices.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from tests.hostile.inspection import violations
from tests.hostile.power_loss import lose_power, witnessed
from tests.running import Caller, Installation, Running, children, staffed, worker_pid

Target = Literal["web", "master", "worker", "everything"]
Step = Literal["asked", "created", "attached", "published"]
TARGETS: tuple[Target, ...] = ("web", "master", "worker", "everything")
MUTANTS = ("rename-first", "change-later")
STEPS: tuple[Step, ...] = ("asked", "created", "attached", "published")
_CLIENTS = 4
_STORED = """
    SELECT d.title_vi, d.slug, d.state, d.published_at IS NOT NULL, count(x.id), group_concat(f.sha256, ' ')
    FROM dataset d
    LEFT JOIN distribution x ON x.dataset_id = d.id
    LEFT JOIN file_version f ON f.distribution_id = x.id
    GROUP BY d.id
"""
_LONGEST_SECONDS = 6.0
_AGREE_SECONDS = 30.0
_RESTART_SECONDS = 20.0
_COMMAND_SECONDS = 120.0
_SAMPLE = 25
COMPLETE = {
    "description": "Mỗi dòng là một lần đo.",
    "themes": ["moi-truong"],
    "licence": "cc-by-4.0",
    "frequency": "annual",
    "access_level": "public",
    "contact": {"name": "Phòng dữ liệu", "email": "dulieu@example.vn"},
}


@dataclass(slots=True)
class Work:
    """One dataset that a client makes: how far it was asked for, and how far it was acknowledged."""

    marker: str
    content: bytes
    asked: Step = "asked"
    done: Step = "asked"
    slug: str = ""

    @property
    def title(self) -> str:
        return f"Số liệu {self.marker}"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database has of a work."""

    slug: str
    state: str
    is_dated: bool
    distributions: int
    hashes: list[str]


@dataclass(slots=True)
class Round:
    """One kill and what came of it."""

    target: Target
    moment: float
    kills: int = 0
    lost: int = 0
    made: list[Work] = field(default_factory=list)
    agreed_after: float = 0.0
    violations: list[str] = field(default_factory=list)

    def count(self, step: Step) -> int:
        """How many works were acknowledged up to `step` at least."""
        return sum(_reached(each.done, step) for each in self.made)


class Client(threading.Thread):
    """Makes datasets until told to stop or `limit` are made; a connection that breaks leaves a work where it was."""

    def __init__(self, caller: Caller, seed: int, limit: int) -> None:
        super().__init__(daemon=True)
        self._caller, self._chance, self._limit = caller, random.Random(seed), limit
        self.made: list[Work] = []
        self.bad: list[str] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set() and len(self.made) < self._limit:
            marker = "".join(self._chance.choices("bcdfghklmnpqrstvwx", k=14))
            work = Work(marker, f"a,b\n{marker},1\n".encode() * self._chance.randint(1, 2000))
            self.made.append(work)
            try:
                self._make(work)
            except ConnectionRefusedError:
                # Nobody was there to be asked.
                if not work.slug:
                    self.made.remove(work)
                time.sleep(0.05)
            except (OSError, HTTPException):
                # Killed under way: whether it was done is for the portal to tell, whole or not at all.
                time.sleep(0.05)

    def _make(self, work: Work) -> None:
        work.asked = "created"
        made = self._tell(work, "datasets", {"title": work.title, **COMPLETE})
        if made:
            work.slug, work.done, work.asked = made["slug"], "created", "attached"
            if self._tell(work, f"datasets/{work.slug}/files?name=a.csv", work.content):
                work.done, work.asked = "attached", "published"
                if self._tell(work, f"datasets/{work.slug}/publish", None):
                    work.done = "published"

    def _tell(self, work: Work, path: str, value: object) -> dict[str, str] | None:
        answer = self._caller.call("POST", path, value)
        if answer.status < 300:
            told: dict[str, str] = answer.json()
            return told
        if answer.status != 503:
            self.bad.append(f"{work.marker}: POST {path}: {answer.status} {answer.body[:200]!r}")
        return None


def prepare(folder: Path, mutant: str | None = None) -> Installation:
    """An empty catalogue whose processes note what they sync, broken as `mutant` says."""
    broken = {"PORTAL_TEST_MUTANT": mutant} if mutant else {}
    installation = Installation(folder / "var", environment={**witnessed(folder / "synced.log"), **broken})
    installation.take("init")
    return installation


def rounds(installation: Installation, count: int, datasets: int, chance: random.Random) -> Iterator[Round]:
    """`count` rounds on one portal; the targets take turns, in another order each time."""
    serving = installation.start_serving()
    caller = staffed(installation)["publisher"]
    everything: list[Work] = []
    targets: list[Target] = []
    try:
        for _ in range(count):
            targets = targets or chance.sample(TARGETS, len(TARGETS))
            done = Round(targets.pop(), chance.uniform(0.3, _LONGEST_SECONDS))
            clients = [Client(caller, chance.randrange(10**9), datasets // _CLIENTS) for _ in range(_CLIENTS)]
            serving = _disturb(installation, serving, clients, done, chance)
            everything += done.made
            done.violations += _whole(installation, everything)
            done.agreed_after, disagreement = _wait_for_agreement(installation, done.made, chance)
            done.violations += disagreement
            yield done
    finally:
        serving.stop()


def _disturb(
    installation: Installation, serving: Running, clients: list[Client], done: Round, chance: random.Random
) -> Running:
    """Clients at work, kill -9, and a portal that serves again."""
    for each in clients:
        each.start()
    time.sleep(done.moment)
    done.kills = _kill(done.target, serving, chance)
    if done.target == "everything":
        done.lost = lose_power(
            installation.var / "files", Path(installation.environment["PORTAL_TEST_POWER_LOG"])
        )
    if not _recovers(installation, serving, done.target):
        serving = _restarted(installation, serving, clients)
    for each in clients:
        each.stopping.set()
    for each in clients:
        each.join(60)
        done.made += each.made
        done.violations += each.bad
    return serving


def _recovers(installation: Installation, serving: Running, target: Target) -> bool:
    """Whether `serve` brings the killed part back by itself; False when it ended and must be started again."""
    begun = time.monotonic()
    while serving.is_running() and time.monotonic() < begun + _RESTART_SECONDS:
        time.sleep(0.2)
        if target in ("web", "worker") and time.monotonic() > begun + 1:
            try:
                if installation.request("/api/v1/catalogue").status == 200:
                    return True
            except (OSError, HTTPException):
                continue
    return False


def _restarted(installation: Installation, serving: Running, clients: list[Client]) -> Running:
    for each in clients:
        each.stopping.set()
    serving.kill()
    end = time.monotonic() + _RESTART_SECONDS
    while True:
        try:
            return installation.start_serving()
        except AssertionError:
            # Web processes without a master hold the port until they notice.
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def _kill(target: Target, serving: Running, chance: random.Random) -> int:
    """kill -9; answers how many processes it was sent to."""
    if target == "everything":
        serving.kill()
        return 1
    worker = worker_pid(serving)
    master = next((pid for pid in children(serving.pid) if pid != worker), None)
    victims = {"worker": [worker], "master": [master], "web": []}[target]
    if target == "web" and master is not None:
        processes = list(children(master))
        victims = list(chance.sample(processes, chance.randint(1, len(processes)))) if processes else []
    sent = 0
    for pid in victims:
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            sent += 1
    return sent


def _whole(installation: Installation, works: list[Work]) -> list[str]:
    """Everything that was acknowledged is there, and nothing is there by half."""
    acknowledged = {each.slug for each in works if each.slug}
    found = violations(installation.var, {}, acknowledged)
    rows = _stored(installation.var)
    for work in works:
        stored = rows.get(work.title, [])
        if len(stored) > 1:
            found.append(f"{work.marker}: there {len(stored)} times")
        found += [f"{work.marker}: {problem}" for problem in _problems(work, stored[0] if stored else None)]
    return found


def _stored(var: Path) -> dict[str, list[Stored]]:
    """Every dataset by title."""
    with closing(
        sqlite3.connect(f"file:{var / 'catalogue.sqlite'}?mode=ro", uri=True, timeout=10)
    ) as database:
        rows = database.execute(_STORED).fetchall()
    found: dict[str, list[Stored]] = {}
    for title, slug, state, is_dated, distributions, hashes in rows:
        stored = Stored(slug, state, bool(is_dated), distributions, hashes.split() if hashes else [])
        found.setdefault(title, []).append(stored)
    return found


def _problems(work: Work, stored: Stored | None) -> Iterator[str]:
    if stored is None:
        if _reached(work.done, "created"):
            yield f"was acknowledged as {work.done} and is gone"
        return
    if not _reached(work.asked, "created"):
        yield "is there and was never asked for"
    if _reached(work.done, "attached") and stored.hashes != [work.sha256]:
        yield f"its file was acknowledged; {stored.hashes} are there"
    if len(stored.hashes) != stored.distributions or stored.hashes not in ([], [work.sha256]):
        yield f"{stored.distributions} distributions with files {stored.hashes}"
    if stored.hashes and not _reached(work.asked, "attached"):
        yield "has a file that was never sent"
    if _reached(work.done, "published") and stored.state != "published":
        yield f"was acknowledged as published and is {stored.state}"
    if stored.state not in ("draft", "published") or stored.is_dated != (stored.state == "published"):
        yield f"is {stored.state}, with a date of publication: {stored.is_dated}"
    if stored.state == "published" and not _reached(work.asked, "published"):
        yield "is published, which was never asked for"


def _reached(done: Step, step: Step) -> bool:
    return STEPS.index(done) >= STEPS.index(step)


def _wait_for_agreement(
    installation: Installation, made: list[Work], chance: random.Random
) -> tuple[float, list[str]]:
    """Polls until `check` and search by HTTP agree with the database; what is still wrong after 30 s."""
    begun = time.monotonic()
    sample = chance.sample(made, min(_SAMPLE, len(made)))
    while True:
        check = installation.run("check", timeout=_COMMAND_SECONDS)
        found = [f"check: {line}" for line in check.out.splitlines()[:5]] if check.code else []
        rows = _stored(installation.var)
        found += [line for work in sample for line in _search_problems(installation, work, rows)]
        seconds = time.monotonic() - begun
        if not found or seconds > _AGREE_SECONDS:
            return seconds, found


def _search_problems(installation: Installation, work: Work, rows: dict[str, list[Stored]]) -> Iterator[str]:
    stored = rows.get(work.title, [])
    published = [each.slug for each in stored if each.state == "published"]
    answer = installation.request(f"/api/v1/datasets?q={work.marker}")
    if answer.status != 200:
        yield f"search of {work.marker}: {answer.status}"
        return
    found = [each["slug"] for each in answer.json()["items"] if each["title"] == work.title]
    if found != published:
        yield f"search of {work.marker}: {found}, published: {published}"
    for slug in published:
        record = installation.request(f"/api/v1/datasets/{slug}")
        links = [each["download_url"] for each in record.json().get("distributions", [])]
        bodies = [installation.request(urlsplit(each).path).body for each in links]
        if record.status != 200 or any(body != work.content for body in bodies):
            yield f"{slug}: {record.status}, or other bytes than were sent"


def _tell(number: int, done: Round) -> None:
    print(
        f"{number:3}  {done.target:10}  at {done.moment:4.1f} s  kills {done.kills}  lost {done.lost}  "
        f"asked {len(done.made):4}  created {done.count('created'):4}  attached {done.count('attached'):4}  "
        f"published {done.count('published'):4}  agreed after {done.agreed_after:4.1f} s  "
        f"violations {len(done.violations)}",
        flush=True,
    )
    for violation in done.violations[:8]:
        print(f"       {violation}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--datasets", type=int, default=200, help="the most that are made in a round")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--mutant", choices=MUTANTS, help="break the portal on purpose; 0 when it is noticed")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="portal-api-crash-"))
    print(f"seed {options.seed}, data in {folder}", flush=True)
    installation = prepare(folder, options.mutant)
    done: list[Round] = []
    for each in rounds(installation, options.rounds, options.datasets, random.Random(options.seed)):
        done.append(each)
        _tell(len(done), each)
        if options.mutant and each.violations:
            break
    found = sum(len(each.violations) for each in done)
    acknowledged = sum(each.count(step) for each in done for step in STEPS[1:])
    print(
        f"{len(done)} rounds, {sum(each.kills for each in done)} kills, "
        f"{acknowledged} acknowledged, {found} violations"
    )
    if options.mutant or not found:
        shutil.rmtree(folder)
    return int(not found) if options.mutant else int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
