"""Puts the portal together: from settings to an open database, files and search. Knows no Flask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from portal.clock import Clock, system_clock
from portal.database import Database
from portal.datafolder import enter
from portal.files.storage.base import Storage
from portal.files.storage.local import LocalStorage
from portal.search.engines.base import IndexBroken, IndexMissing, Reader, Writer
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.search.request import SearchRequest
from portal.search.service import search
from portal.search.suggest import suggest
from portal.settings import Settings

# Words that most catalogues have, so that whole ways are gone.
_WARMING = "số liệu"


@dataclass(frozen=True, slots=True)
class Portal:
    """The open parts of one process. `open_writer` is for the one process that writes the index."""

    settings: Settings
    database: Database
    storage: Storage
    # Parquet files that the portal made of files; web processes read these and never an original.
    tables: Storage
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
    presence = enter(settings.var)
    return Portal(
        settings=settings,
        database=Database(settings.catalogue_url),
        storage=LocalStorage(settings.files_folder),
        tables=LocalStorage(settings.tables_folder),
        search=WhooshReader(settings.index_folder),
        open_writer=lambda: WhooshWriter(settings.index_folder, wait_seconds=wait_for_index_seconds),
        clock=clock,
        presence=presence,
    )


def warm(portal: Portal) -> None:
    """Makes what searches and suggestions need and otherwise make when they first need it."""
    try:
        portal.search.knowledge().glossary.prepare()
    except (IndexMissing, IndexBroken):
        # There is nothing to make yet; searches say so.
        return
    with portal.database.read() as session:
        search(SearchRequest(text=_WARMING), engine=portal.search, session=session)
        suggest(_WARMING, engine=portal.search, session=session, language="vi")
