"""Queries by day: how often, with what success, and which result was opened. A file of its own.

A row knows a day, a query and a language. There is no address, no browser, no time of day and no order, so
that nothing in it can be put together to one person's visit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from sqlalchemy import Column, Date, Integer, MetaData, String, Table, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from portal.database import Database
from portal.text import Language

List = Literal["searches", "zero-results", "low-clicks"]
LISTS: tuple[List, ...] = ("zero-results", "low-clicks", "searches")

_METADATA = MetaData()
_QUERIES = Table(
    "query",
    _METADATA,
    Column("day", Date, primary_key=True),
    Column("query", String, primary_key=True),
    Column("language", String(2), primary_key=True),
    Column("searches", Integer, nullable=False),
    Column("zero_results", Integer, nullable=False),
    Column("relaxed", Integer, nullable=False),
    Column("repaired", Integer, nullable=False),
    Column("clicks", Integer, nullable=False),
    Column("ranks", Integer, nullable=False),
    sqlite_with_rowid=False,
)
_LONGEST_LOG_BYTES = 2**20
_COUNTS = ("searches", "zero_results", "relaxed", "repaired", "clicks", "ranks")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is counted together."""

    day: date
    query: str
    language: Language


@dataclass(slots=True)
class Counts:
    """How often a query was asked, found nothing, found only less than asked for, was repaired, and how often
    a result of it was opened. `ranks`: the sum of the places (from 1) of the opened results."""

    searches: int = 0
    zero_results: int = 0
    relaxed: int = 0
    repaired: int = 0
    clicks: int = 0
    ranks: int = 0


@dataclass(frozen=True, slots=True)
class QueryReport:
    """One query over all days of a report. `mean_rank` is None without a click."""

    query: str
    language: Language
    counts: Counts
    last_day: date

    @property
    def mean_rank(self) -> float | None:
        """How far down the opened results stood, 1 for the first."""
        return self.counts.ranks / self.counts.clicks if self.counts.clicks else None


class QueryLog:
    """The file; made at the first writing. Several processes may write it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: Database | None = None

    def add(self, counted: Mapping[Asked, Counts]) -> None:
        """Adds counts to those of their days, all or none."""
        if not counted:
            return
        rows = [
            {"day": asked.day, "query": asked.query, "language": asked.language}
            | {name: getattr(counts, name) for name in _COUNTS}
            for asked, counts in counted.items()
        ]
        statement = insert(_QUERIES)
        added = {name: _QUERIES.c[name] + statement.excluded[name] for name in _COUNTS}
        with self._opened().write() as session:
            session.execute(statement.on_conflict_do_update(set_=added), rows)
        if self._opened().write_ahead_bytes() > _LONGEST_LOG_BYTES:
            self._opened().checkpoint()

    def forget_before(self, day: date) -> int:
        """Deletes the days before; answers how many rows there were."""
        if not self._path.exists():
            return 0
        with self._opened().write() as session:
            gone = session.execute(delete(_QUERIES).where(_QUERIES.c.day < day))
            return int(gone.rowcount)  # type: ignore[attr-defined]

    def report(
        self, wanted: List, *, since: date, limit: int, at_least: int, language: Language | None = None
    ) -> Sequence[QueryReport]:
        """The queries asked `at_least` so often since a day. Most searches without a result first, or most
        searches after which nothing was opened, or just most searches."""
        if not self._path.exists():
            return []
        sums = {name: func.sum(_QUERIES.c[name]).label(name) for name in _COUNTS}
        query = (
            select(_QUERIES.c.query, _QUERIES.c.language, func.max(_QUERIES.c.day), *sums.values())
            .where(_QUERIES.c.day >= since)
            .group_by(_QUERIES.c.query, _QUERIES.c.language)
            .having(sums["searches"] >= at_least)
        )
        if language:
            query = query.where(_QUERIES.c.language == language)
        found, unopened = sums["searches"] - sums["zero_results"], sums["clicks"]
        match wanted:
            case "zero-results":
                query = query.having(sums["zero_results"] > 0).order_by(sums["zero_results"].desc())
            case "low-clicks":
                query = query.having(found > unopened).order_by((found - unopened).desc())
            case "searches":
                query = query.order_by(sums["searches"].desc())
        with self._opened().read() as session:
            rows = session.execute(query.order_by(_QUERIES.c.query, _QUERIES.c.language).limit(limit)).all()
        return [QueryReport(row[0], row[1], Counts(*row[3:]), row[2]) for row in rows]

    def close(self) -> None:
        """Gives back connections."""
        if self._database:
            self._database.close()
            self._database = None

    def _opened(self) -> Database:
        if self._database is None:
            database = Database(f"sqlite:///{self._path}")
            # Holding the write lock: two processes may come at once.
            with database.write() as session:
                _METADATA.create_all(session.connection())
            self._database = database
        return self._database
