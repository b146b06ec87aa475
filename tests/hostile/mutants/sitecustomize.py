"""Breaks the portal on purpose, by the name in PORTAL_TEST_MUTANT, so that the crash harness can be seen to notice.

Python loads a module of this name by itself when its folder is on PYTHONPATH: the product has no hook for it.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import os
import time


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

    def bring_later(self, session, datasets):
        from portal.catalog.changes import last_change_id

        last = last_change_id(session)
        session.rollback()
        move_cursor(self, last)
        time.sleep(0.5)
        bring_up_to_date(self, session, datasets)

    Indexer._bring_up_to_date = bring_later
    Indexer.reconcile = lambda self, *_: Repair()


MUTANTS = {"torn-files": torn_files, "rows-first": rows_first, "blind-index": blind_index}

if name := os.environ.get("PORTAL_TEST_MUTANT"):
    MUTANTS[name]()
