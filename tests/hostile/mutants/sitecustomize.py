"""Breaks the portal on purpose, by the name in PORTAL_TEST_MUTANT, so that the crash harness can be seen to notice;
and notes in the file PORTAL_TEST_POWER_LOG what a loss of power would have left.

Python loads a module of this name by itself when its folder is on PYTHONPATH: the product has no hook for it.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import os
import time
from pathlib import Path


def torn_files() -> None:
    """Files are written under their final name, piece by piece, and believed when they exist."""
    from portal.files.storage.base import StoredFile, chunks, relative_path
    from portal.files.storage.local import LocalStorage

    def put_many(self, sources, *, max_bytes=None):
        results = []
        for source in sources:
            content = b"".join(chunks(source))
            sha256 = hashlib.sha256(content).hexdigest()
            path = self._folder / relative_path(sha256)
            if not path.exists():
                with path.open("wb", buffering=0) as file:
                    for start in range(0, len(content), 1 + len(content) // 4):
                        file.write(content[start : start + 1 + len(content) // 4])
                        time.sleep(0.003)
            results.append(StoredFile(sha256, len(content)))
        return results

    LocalStorage.put_many = put_many


def rows_first() -> None:
    """Rows are committed while the files they name are still in memory, to be written a batch later."""
    from portal.files.storage.base import StoredFile, chunks
    from portal.files.storage.local import LocalStorage

    put_many, open_stored = LocalStorage.put_many, LocalStorage.open
    pending: dict[str, bytes] = {}

    def write(storage):
        put_many(storage, [io.BytesIO(content) for content in pending.values()])
        pending.clear()

    def put_many_later(self, sources, *, max_bytes=None):
        write(self)
        atexit.register(write, self)
        results = []
        for source in sources:
            content = b"".join(chunks(source))
            sha256 = hashlib.sha256(content).hexdigest()
            pending[sha256] = content
            results.append(StoredFile(sha256, len(content)))
        return results

    def open_anything(self, sha256):
        return io.BytesIO(pending[sha256]) if sha256 in pending else open_stored(self, sha256)

    LocalStorage.put_many, LocalStorage.open = put_many_later, open_anything


def blind_index() -> None:
    """The cursor moves before the index is written, and nobody compares index and database afterwards."""
    from portal.search.indexer import Indexer, Repair

    move_cursor, bring_up_to_date = Indexer._move_cursor, Indexer._bring_up_to_date

    def bring_later(self, session, datasets, *rest):
        from portal.catalog.changes import last_change_id

        last = last_change_id(session)
        session.rollback()
        move_cursor(self, last)
        time.sleep(0.5)
        bring_up_to_date(self, session, datasets, *rest)

    Indexer._bring_up_to_date = bring_later
    Indexer.reconcile = lambda self, *_: Repair()


def rename_first() -> None:
    """An upload gets its final name at once and is never synced; only the folder is."""
    from portal.files.storage import local

    def put(self, stream, *, max_bytes=None, expected_bytes=0):
        received = self._receive(local.chunks(stream), max_bytes)
        local._sync_folder(self._place(received))
        local._discard(received)
        return received.file

    local.LocalStorage.put = put


def change_later() -> None:
    """Rows are committed first, and the change that tells of them a moment later in a transaction of its own."""
    from sqlalchemy import event
    from sqlalchemy.orm import Session

    from portal.catalog import changes

    event.remove(Session, "before_commit", changes._write_pending)

    @event.listens_for(Session, "after_commit")
    def write_later(session):
        pending = session.info.pop(changes._PENDING, [])
        if pending:
            bind = session.get_bind()
            time.sleep(0.2)
            with Session(bind) as later:
                rows = [changes._row(each) for each in pending]
                later.add_all(rows)
                later.flush()
                changes.catalogue_info(later).public_change_id = max(row.id for row in rows)
                later.commit()


def witness(log: str) -> None:
    """Notes which files were synced and renamed, for `tests.hostile.power_loss`."""
    fsync, rename = os.fsync, os.rename
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def noting_fsync(file):
        fsync(file)
        state = os.fstat(file)
        os.write(descriptor, b"fsync %d %d\n" % (state.st_ino, state.st_size))

    def noting_rename(source, target, **more):
        rename(source, target, **more)
        os.write(descriptor, b"rename %d 0\n" % Path(target).stat().st_ino)

    os.fsync, os.rename = noting_fsync, noting_rename


MUTANTS = {
    "torn-files": torn_files,
    "rows-first": rows_first,
    "blind-index": blind_index,
    "rename-first": rename_first,
    "change-later": change_later,
}

if path := os.environ.get("PORTAL_TEST_POWER_LOG"):
    witness(path)
if name := os.environ.get("PORTAL_TEST_MUTANT"):
    MUTANTS[name]()
