"""The follower that reads files into tables: a few at a time, in the sandbox, at the lowest priority."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import structlog

from portal.catalog import table_queries
from portal.catalog.changes import cursor_of, last_change_id, move_cursor
from portal.catalog.services.tables import FileRead, KeptTable, keep_readings, wait_for_outdated
from portal.catalog.table_queries import OwedFile
from portal.files.storage.base import FileMissing
from portal.search.answers.digest import PlaceNames, digest_of
from portal.tables.overrides import overrides_from
from portal.tables.reading import READER_VERSION, keep, read
from portal.tables.refusals import Refusal
from portal.tables.values import FileReport, SourceFile
from portal.wiring import Portal

FOLLOWER = "tables"
# One child process reads as many; a new upload waits for no more than these.
_FILES_AT_ONCE = 20
_WORK = "reading-"
_log = structlog.get_logger("portal.jobs")


class TableFollower:
    """Reads every file version that waits; in step when none does."""

    def __init__(
        self,
        portal: Portal,
        *,
        told: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        """`told` hears how many files were read; `stop` is asked between files."""
        self._portal, self._told, self._stop = portal, told, stop
        self._done = 0

    def follow(self) -> int:
        """Reads the next files; 0 when none waits. A file is looked for only after something has changed."""
        with self._portal.database.read() as session:
            last = last_change_id(session)
            if last == cursor_of(session, FOLLOWER):
                return 0
            owed = table_queries.owed_files(session, READER_VERSION, limit=_FILES_AT_ONCE)
            places = table_queries.unit_names(session) if owed else {}
        if owed:
            return self._read(owed, places)
        with self._portal.database.write() as session:
            move_cursor(session, FOLLOWER, last, self._portal.clock())
        return 0

    def reconcile(self) -> None:
        """Lets files be read again whose tables are lost, or were read in an older way."""
        for left in self._portal.settings.var.glob(f"{_WORK}*"):
            shutil.rmtree(left, ignore_errors=True)
        with self._portal.database.read() as session:
            kept = table_queries.parquet_hashes(session)
        missing = frozenset(each for each in kept if not self._portal.tables.exists(each))
        with self._portal.database.write() as session:
            wait_for_outdated(session, missing)
            if table_queries.waiting_count(session):
                move_cursor(session, FOLLOWER, 0, self._portal.clock())

    def rebuild(self) -> None:
        """Nothing but what `reconcile` does: tables are named by what they hold, and files never change."""
        self.reconcile()
        while self.follow():
            pass

    def _read(self, owed: Sequence[OwedFile], places: PlaceNames) -> int:
        present = [each for each in owed if self._portal.storage.exists(each.sha256)]
        done = [_lost(each) for each in owed if each not in present]
        with tempfile.TemporaryDirectory(prefix=_WORK, dir=self._portal.settings.var) as folder:
            done += self._tables(present, places, Path(folder))
        with self._portal.database.write() as session:
            keep_readings(session, done, self._portal.clock())
        self._done += len(done)
        if self._told:
            self._told(self._done)
        return len(done)

    def _tables(self, owed: Sequence[OwedFile], places: PlaceNames, folder: Path) -> Iterator[FileRead]:
        sources = [
            SourceFile(self._source(each, folder), each.name, overrides_from(each.overrides)) for each in owed
        ]
        reports = read(sources, folder / "made", unit_codes=places.keys(), stop=self._stop)
        # A stop ends the reports early: what was not read stays owed.
        for each, report in zip(owed, reports, strict=False):
            if report.refusal:
                _log.info(
                    "no table", file=each.name, version=each.file_version_id, reason=report.refusal.code
                )
            yield FileRead(each, report, self._kept(report, places))

    def _kept(self, report: FileReport, places: PlaceNames) -> tuple[KeptTable, ...]:
        storage = self._portal.tables
        return tuple(
            KeptTable(table, sha256, storage.size(sha256), digest_of(table, places))
            for table, sha256 in keep(storage, report)
        )

    def _source(self, owed: OwedFile, folder: Path) -> Path:
        """Where the child may read the bytes; a store elsewhere is copied from first."""
        try:
            path = self._portal.storage.local_path(owed.sha256)
        except FileMissing:
            return folder / "gone"
        if path is None:
            path = folder / owed.sha256
            with self._portal.storage.open(owed.sha256) as stored, path.open("wb") as copy:
                while piece := stored.read(1024**2):
                    copy.write(piece)
        return path


def _lost(owed: OwedFile) -> FileRead:
    """A file that the catalogue names and the storage does not have; `check` names it too."""
    return FileRead(owed, FileReport(Path(), owed.name, None, refusal=Refusal("damaged")), ())
