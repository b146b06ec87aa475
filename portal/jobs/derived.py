"""What is derived from the catalogue, as followers of its change log: search index, whole-catalogue documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select

from portal.catalog.changes import cursor_of
from portal.catalog.models import Change
from portal.jobs.followers import Follower
from portal.jobs.snapshots import FOLLOWER as SNAPSHOTS
from portal.jobs.snapshots import SnapshotFollower
from portal.jobs.tables import FOLLOWER as TABLES
from portal.jobs.tables import TableFollower
from portal.observability import metrics
from portal.search.indexer import FOLLOWER as SEARCH
from portal.search.indexer import Indexer
from portal.wiring import Portal

FOLLOWERS = (SEARCH, SNAPSHOTS)
"""Those that `reindex` makes anew: of their cursors, and of requests to rebuild."""

AWAITED = (SEARCH,)
"""Those that follow at once, so that whoever changed something may wait for them."""

Progress = Callable[[int], None]


def silent(_done: int) -> None:
    """Tells nobody of progress."""


def table_follower(portal: Portal, stop: Callable[[], bool] | None = None) -> Follower:
    """The one that takes minutes, and that no command waits for."""
    tables = TableFollower(portal, stop=stop)
    return Follower(TABLES, tables.follow, tables.reconcile, tables.rebuild)


@contextmanager
def open_followers(portal: Portal, progress: Progress = silent) -> Iterator[list[Follower]]:
    """The followers, ready to write; only for the one process that is the worker."""
    index = _SearchIndex(portal, progress)
    documents = SnapshotFollower(portal)
    try:
        yield [
            Follower(SEARCH, index.follow, index.reconcile, index.rebuild),
            Follower(SNAPSHOTS, documents.follow, documents.reconcile, documents.rebuild),
        ]
    finally:
        index.close()


class _SearchIndex:
    def __init__(self, portal: Portal, progress: Progress) -> None:
        self._portal, self._progress = portal, progress
        self._writer = portal.open_writer()

    def follow(self) -> int:
        followed = self._indexer().follow()
        if followed and metrics.is_on():
            self._tell_visible(followed)
        return followed

    def _tell_visible(self, followed: int) -> None:
        now = self._portal.clock()
        with self._portal.database.read() as session:
            last = cursor_of(session, SEARCH)
            changes = select(Change.at, Change.is_public).where(Change.id <= last).order_by(Change.id.desc())
            rows = session.execute(changes.limit(followed)).all()
        for row in rows:
            if row.is_public:
                metrics.became_visible((now - row.at).total_seconds())

    def reconcile(self) -> None:
        # Opened anew: a writer knows what it wrote, not what has since become of the files.
        self.close()
        self._writer = self._portal.open_writer()
        self._indexer().reconcile(self._progress)

    def rebuild(self) -> None:
        self._indexer().rebuild_all(self._progress)

    def close(self) -> None:
        self._writer.close()

    def _indexer(self) -> Indexer:
        portal = self._portal
        return Indexer(
            portal.database,
            self._writer,
            hide_illustrative=portal.settings.hide_illustrative,
            clock=portal.clock,
        )
