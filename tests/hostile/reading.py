"""Readers by HTTP while processes die: no answer may be an error, no found record may be the wrong one."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

from tests.hostile.made_catalogue import MadeCatalogue, MadeRecord
from tests.running import Installation

_PAUSE_SECONDS = 0.05
_SAMPLE = 5


class Readers:
    """A thread that searches and opens records all the time; server errors are violations."""

    def __init__(self, installation: Installation, made: MadeCatalogue, seed: float) -> None:
        self._installation, self._records = installation, list(made.records.values())
        self._chance = random.Random(seed)
        self._stop, self._away = threading.Event(), threading.Event()
        self._answers = 0
        self._bad: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @contextmanager
    def interrupted(self, is_expected: bool) -> Iterator[None]:
        """Inside, when expected, connections may be refused."""
        if is_expected:
            self._away.set()
        yield
        self._away.clear()

    def stop(self) -> tuple[int, list[str]]:
        """How many answers were read, and the bad ones."""
        self._stop.set()
        self._thread.join(60)
        return self._answers, self._bad

    def _read(self) -> None:
        while not self._stop.wait(_PAUSE_SECONDS):
            record = self._chance.choice(self._records)
            path = self._chance.choice(
                (f"/api/v1/datasets?q={record.marker}", f"/api/v1/datasets/{record.identifier}")
            )
            was_away = self._away.is_set()
            try:
                status = self._installation.request(path).status
            except OSError as error:
                if not (was_away or self._away.is_set()):
                    self._bad.append(f"{path}: {error!r}")
                continue
            self._answers += 1
            if status >= 500:
                self._bad.append(f"{path}: {status}")


def search_violations(
    installation: Installation, made: MadeCatalogue, present: Sequence[str], chance: random.Random
) -> list[str]:
    """Some of the records that are there must be found by their word; some that are not must not be."""
    absent = sorted(made.records.keys() - set(present))
    found: list[str] = []
    for identifier in chance.sample(present, min(_SAMPLE, len(present))):
        record = made.records[identifier]
        if _first(installation, record) != identifier:
            found.append(f"{identifier}: committed, and not found by {record.marker}")
        else:
            found += _file_violations(installation, record)
    for identifier in chance.sample(absent, min(_SAMPLE, len(absent))):
        if _first(installation, made.records[identifier]) == identifier:
            found.append(f"{identifier}: found, and not committed")
    return found


def _first(installation: Installation, record: MadeRecord) -> str | None:
    answer = installation.request(f"/api/v1/datasets?q={quote(record.marker)}")
    items = answer.json()["items"] if answer.status == 200 else []
    return items[0]["slug"] if items else None


def _file_violations(installation: Installation, record: MadeRecord) -> list[str]:
    """The record's files as a reader downloads them."""
    shown = installation.request(f"/api/v1/datasets/{record.identifier}")
    if shown.status != 200:
        return [f"{record.identifier}: found, and shown with {shown.status}"]
    urls = [each["download_url"] for each in shown.json()["distributions"]]
    answers = [installation.request(urlsplit(url).path) for url in urls]
    hashes = {hashlib.sha256(answer.body).hexdigest() for answer in answers}
    return (
        [] if hashes == record.hashes else [f"{record.identifier}: downloads differ from what was imported"]
    )
