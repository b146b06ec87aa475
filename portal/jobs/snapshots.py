"""The follower that keeps whole-catalogue documents in step, at most every ten seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

from portal.catalog.changes import catalogue_version, cursor_of, last_change_id, move_cursor
from portal.exchange.snapshots import Snapshots
from portal.exchange.whole_catalogue import Audience, CatalogueWriter
from portal.wiring import Portal

FOLLOWER = "snapshots"
# Between the end of one writing and the next; longer where writing itself takes longer.
PAUSE_SECONDS = 10.0


class SnapshotFollower:
    """Writes the documents anew when a reader could see a difference, or when they are not there."""

    def __init__(self, portal: Portal, seconds: Callable[[], float] = time.monotonic) -> None:
        self._portal = portal
        self._seconds = seconds
        self._writer = writer_of(portal)
        self._not_before = 0.0

    def follow(self) -> int:
        """The number of changes dealt with; 0 also while it is too early to write again."""
        if self._seconds() < self._not_before:
            return 0
        with self._portal.database.read() as session:
            version, last = catalogue_version(session), last_change_id(session)
            behind = last - cursor_of(session, FOLLOWER)
        if not self._writer.is_current(version):
            self._write()
        if behind:
            self._move_cursor(last)
        return behind

    def reconcile(self) -> None:
        """Does at once what is owed."""
        self._not_before = 0.0
        self.follow()

    def rebuild(self) -> None:
        """Writes everything anew, out of the database alone."""
        with self._portal.database.read() as session:
            last = last_change_id(session)
        self._writer.forget()
        self._write()
        self._move_cursor(last)

    def _write(self) -> None:
        started = self._seconds()
        self._writer.write()
        ended = self._seconds()
        self._not_before = ended + max(PAUSE_SECONDS, ended - started)

    def _move_cursor(self, change_id: int) -> None:
        with self._portal.database.write() as session:
            move_cursor(session, FOLLOWER, change_id, self._portal.clock())


def writer_of(portal: Portal) -> CatalogueWriter:
    """What writes the documents of this portal."""
    settings = portal.settings
    return CatalogueWriter(
        portal.database,
        Audience(settings.public_url, settings.hide_illustrative),
        settings.forms_file,
        Snapshots(settings.snapshots_folder),
    )
