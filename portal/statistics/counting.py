"""Counts in memory, written every ten seconds: counting costs a reader nothing, a crash ten seconds of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from portal.clock import Clock, city_date
from portal.statistics.queries_kept import keepable
from portal.statistics.query_log import Asked, Counts, QueryLog
from portal.text import Language

INTERVAL_SECONDS = 10.0
# Distinct queries between two writings; what is over is not counted. Nobody types as fast as that.
MAX_QUERIES = 20_000
MAX_CLICKS = 500
_log = structlog.get_logger("portal.statistics")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found."""

    total: int
    is_relaxed: bool = False
    is_repaired: bool = False


@dataclass(frozen=True, slots=True)
class Click:
    """A dataset opened from a list of results. `search`: the parameters of the list as they stand in its
    address; they are forgotten as soon as the rank is known."""

    search: str
    language: Language
    slug: str


RankOf = Callable[[Click], tuple[str, int] | None]
"""The words and the place (from 1) of a click's result; None when it is no result of that search."""


class QueryCounter:
    """Counts of one process, safe for many threads. `keep_days` is how long days are kept."""

    def __init__(self, log: QueryLog, *, clock: Clock, keep_days: int, rank_of: RankOf) -> None:
        self._log = log
        self._clock = clock
        self._keep_days = keep_days
        self._rank_of = rank_of
        self._lock = threading.Lock()
        self._counted: dict[Asked, Counts] = {}
        self._clicks: list[Click] = []
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def searched(self, typed: str, language: Language, outcome: Outcome | None) -> None:
        """Counts one search; `outcome` is None when it is not known any more (an answer of long ago)."""
        self._count(
            typed,
            language,
            Counts(
                searches=1,
                zero_results=int(outcome is not None and outcome.total == 0),
                relaxed=int(outcome is not None and outcome.is_relaxed),
                repaired=int(outcome is not None and outcome.is_repaired),
            ),
        )

    def clicked(self, click: Click) -> None:
        """Counts that a result was opened; its rank is looked up later, when nobody waits."""
        with self._lock:
            if len(self._clicks) < MAX_CLICKS:
                self._clicks.append(click)
            self._begin()

    def flush(self) -> None:
        """Writes what was counted, and forgets days that are too old."""
        with self._lock:
            clicks, self._clicks = self._clicks, []
        for click in clicks:
            ranked = self._rank_of(click)
            if ranked is not None:
                self._count(ranked[0], click.language, Counts(clicks=1, ranks=ranked[1]))
        with self._lock:
            counted, self._counted = self._counted, {}
        if counted:
            self._log.add(counted)
            self._log.forget_before(city_date(self._clock()) - timedelta(days=self._keep_days))

    def close(self) -> None:
        """Writes the rest."""
        self._stop.set()
        if self._thread:
            self._thread.join()
        self.flush()
        self._log.close()

    def _count(self, typed: str, language: Language, more: Counts) -> None:
        query = keepable(typed)
        if query is None:
            return
        asked = Asked(city_date(self._clock()), query, language)
        with self._lock:
            if asked not in self._counted and len(self._counted) >= MAX_QUERIES:
                return
            counts = self._counted.setdefault(asked, Counts())
            for name in Counts.__slots__:
                setattr(counts, name, getattr(counts, name) + getattr(more, name))
            self._begin()

    def _begin(self) -> None:
        """The writing thread, begun with the first count: after any fork."""
        if self._thread is None and not self._stop.is_set():
            self._thread = threading.Thread(target=self._run, name="query-log", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(INTERVAL_SECONDS):
            try:
                self.flush()
            except Exception:
                # A full disk costs counts, never an answer; the next writing is tried again.
                _log.exception("queries not counted")
