"""Keeps the index in step with the catalogue: follows the change log, and repairs what differs.

The cursor is stored after the index is durable. A crash in between repeats the changes, which is harmless:
an operation is always "make the index hold what the database holds of this dataset".
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from sqlalchemy.orm import Session

from portal.catalog.changes import catalogue_version, changes_since, cursor_of, last_change_id, move_cursor
from portal.catalog.models import Change, ObjectKind
from portal.clock import Clock, system_clock
from portal.search.documents import SearchDocument
from portal.search.engines.base import IndexBroken, IndexMissing, Progress, Writer
from portal.search.names import NAMED, Name, load_names
from portal.search.source import datasets_that_show, load_documents, published_versions
from portal.search.tables import KINDS, load_glossary

FOLLOWER = "search"

_log = logging.getLogger(__name__)

_CHANGES_AT_ONCE = 2_000
_DATASETS_AT_ONCE = 500


def _silent(_done: int) -> None:
    """Tells nobody."""


class Sessions(Protocol):
    """Where sessions come from (`database.Database`)."""

    def read(self) -> AbstractContextManager[Session]:
        """A session that reads one state."""
        ...

    def write(self) -> AbstractContextManager[Session]:
        """A session that commits at its end."""
        ...


@dataclass(frozen=True, slots=True)
class Repair:
    """What `reconcile` did: datasets that were missing or old in the index, and ones too many."""

    indexed: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Indexer:
    """The one process that writes the index. `hide_illustrative` keeps illustrative records out of it."""

    sessions: Sessions
    writer: Writer
    hide_illustrative: bool = False
    clock: Clock = system_clock

    def follow(self) -> int:
        """Apply the next changes of the log, if any; returns how many there were. Call it again while it is
        not 0."""
        with self.sessions.read() as session:
            changes = changes_since(session, cursor_of(session, FOLLOWER), limit=_CHANGES_AT_ONCE)
            try:
                renamed = any(change.object_kind in NAMED for change in changes)
                names = load_names(session) if renamed else None
                self._bring_up_to_date(session, sorted(_touched(session, changes)), names)
                if any(change.object_kind in KINDS for change in changes):
                    self._renew_words(session)
            except (IndexMissing, IndexBroken):
                must_rebuild = True
            else:
                must_rebuild = False
        if must_rebuild:
            _log.warning("the index is missing or damaged and is built anew")
            self.rebuild_all(_silent)
        elif changes:
            self._move_cursor(changes[-1].id)
        return len(changes)

    def reconcile(self, progress: Progress = _silent) -> Repair:
        """Compare every (id, version) of database and index and repair both ways; build the index when it is
        missing, broken, made with other weights or from another catalogue. For the start, and hourly."""
        with self.sessions.read() as session:
            must_rebuild = self.writer.needs_rebuild(_source(session))
        if must_rebuild:
            return Repair(indexed=self.rebuild_all(progress))
        with self.sessions.read() as session:
            wanted = published_versions(session, hide_illustrative=self.hide_illustrative)
            present = self.writer.indexed()
            stale = sorted(each for each, version in wanted.items() if present.get(each) != version)
            extra = sorted(present.keys() - wanted.keys())
            names = load_names(session)
            renamed = names != tuple(self.writer.names())
            self._bring_up_to_date(session, [*stale, *extra], names if renamed else None)
            self._renew_words(session)
        if stale or extra:
            _log.info("index repaired: %d datasets indexed, %d removed", len(stale), len(extra))
        return Repair(len(stale), len(extra))

    def rebuild_all(self, progress: Progress) -> int:
        """Build the whole index anew beside the old one; returns how many datasets it holds."""
        with self.sessions.read() as session:
            last = last_change_id(session)
            ids = sorted(published_versions(session, hide_illustrative=self.hide_illustrative))
            documents = self._documents(session, ids)
            self.writer.rebuild(
                documents,
                progress,
                source=_source(session),
                glossary=load_glossary(session),
                names=load_names(session),
            )
        self._move_cursor(last)
        return len(ids)

    def _bring_up_to_date(
        self, session: Session, datasets: Sequence[int], names: Sequence[Name] | None
    ) -> None:
        if names is not None:
            self.writer.apply((), (), names=names)
        for some in _batches(datasets, _CHANGES_AT_ONCE):
            documents = list(self._documents(session, some))
            found = {document.id for document in documents}
            self.writer.apply(documents, [each for each in some if each not in found])

    def _renew_words(self, session: Session) -> None:
        glossary = load_glossary(session)
        if glossary != self.writer.glossary():
            self.writer.apply((), (), glossary=glossary)

    def _documents(self, session: Session, datasets: Sequence[int]) -> Iterator[SearchDocument]:
        for some in _batches(datasets, _DATASETS_AT_ONCE):
            yield from load_documents(session, some, hide_illustrative=self.hide_illustrative)

    def _move_cursor(self, change_id: int) -> None:
        with self.sessions.write() as session:
            move_cursor(session, FOLLOWER, change_id, self.clock())


def _touched(session: Session, changes: Sequence[Change]) -> set[int]:
    """The datasets that changes are about, each once however often it changed."""
    datasets = {change.object_id for change in changes if change.object_kind is ObjectKind.DATASET}
    others = {
        (change.object_kind, change.object_id)
        for change in changes
        if change.object_kind is not ObjectKind.DATASET
    }
    for kind, object_id in others:
        datasets |= datasets_that_show(session, kind, object_id)
    return datasets


def _source(session: Session) -> str:
    """The epoch of the catalogue: a restored or newly made database has another, and its versions mean
    other texts."""
    return catalogue_version(session).rpartition("-")[0]


def _batches(numbers: Sequence[int], size: int) -> Iterator[list[int]]:
    rest = iter(numbers)
    while batch := list(islice(rest, size)):
        yield batch
