"""Puts the portal together: from settings to an open database, files and search. Knows no Flask."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from portal.clock import Clock, system_clock
from portal.database import Database
from portal.errors import Conflict, Unavailable
from portal.files.storage.base import Storage
from portal.files.storage.local import LocalStorage
from portal.search.engines.base import Reader, Writer
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.settings import Settings
from portal.text import LocalizedText

_OPEN = "open.lock"


class PortalInUse(Conflict):
    """Something works on the data folder that must not change under it."""

    message = LocalizedText(
        "Thư mục dữ liệu đang được sử dụng. Hãy dừng cổng (serve, worker và các lệnh khác) rồi thử lại.",
        "The data folder is in use. Stop the portal (serve, worker, other commands), then try again.",
    )


class PortalClosed(Unavailable):
    """The data folder is being replaced."""

    message = LocalizedText(
        "Thư mục dữ liệu đang được khôi phục từ bản sao lưu. Hãy chờ lệnh restore kết thúc.",
        "The data folder is being restored from a backup. Wait until the command restore has ended.",
    )


@dataclass(frozen=True, slots=True)
class Portal:
    """The open parts of one process. `open_writer` is for the one process that writes the index."""

    settings: Settings
    database: Database
    storage: Storage
    search: Reader
    open_writer: Callable[[], Writer]
    clock: Clock
    # Held by whoever has the portal open; dies with its process.
    presence: TextIO

    def close(self) -> None:
        """Gives back database connections and the data folder."""
        self.database.close()
        self.presence.close()


def open_portal(
    settings: Settings, *, clock: Clock = system_clock, wait_for_index_seconds: float = 0
) -> Portal:
    """The portal of these settings; makes its data folder. Call it after a fork, never before."""
    settings.var.mkdir(parents=True, exist_ok=True, mode=0o700)
    presence = _take(settings.var, fcntl.LOCK_SH)
    if presence is None:
        raise PortalClosed
    return Portal(
        settings=settings,
        database=Database(settings.catalogue_url),
        storage=LocalStorage(settings.files_folder),
        search=WhooshReader(settings.index_folder),
        open_writer=lambda: WhooshWriter(settings.index_folder, wait_seconds=wait_for_index_seconds),
        clock=clock,
        presence=presence,
    )


@contextmanager
def closed(var: Path) -> Iterator[None]:
    """Nobody has the portal of `var` open inside, nor can open it. Raises PortalInUse."""
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    alone = _take(var, fcntl.LOCK_EX)
    if alone is None:
        raise PortalInUse
    with alone:
        yield


def _take(var: Path, kind: int) -> TextIO | None:
    file = (var / _OPEN).open("a")
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
