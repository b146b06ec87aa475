"""What the present answers are made of: the key under which public answers stay true."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from portal.catalog.changes import catalogue_version
from portal.database import Database
from portal.errors import Unavailable
from portal.settings import Settings

# How long a database server's answer is believed; SQLite tells by itself and needs no such time.
_BELIEVED_SECONDS = 0.05
_PACKAGE = Path(__file__).resolve().parent.parent
_SHOWN = frozenset({".py", ".html", ".mo", ".css", ".js"})


class Freshness:
    """The catalogue's version, read anew only when something was committed.

    SQLite counts foreign commits for a connection (`PRAGMA data_version`, 3 microseconds on a kept
    connection), so that no request can see an old version; a database server is asked 20 times a second.
    """

    def __init__(self, database: Database, *, index_generation: Callable[[], int], build: str) -> None:
        self._database = database
        self._index_generation = index_generation
        self._build = build
        self._commits = database.commit_counter()
        self._lock = Lock()
        self._mark: object = None
        self._version = ""

    def catalogue_version(self) -> str:
        """`<epoch>-<last public change>` as of now."""
        mark = self._commits() if self._commits else self._moment()
        if mark != self._mark:
            with self._lock, self._database.read() as session:
                # The mark was taken before the read: what is committed in between is read again next time.
                self._version, self._mark = catalogue_version(session), mark
        return self._version

    def _moment(self) -> tuple[float, int]:
        """A server's answer is believed for a moment, and never across a commit of this process."""
        return time.monotonic() // _BELIEVED_SECONDS, self._database.own_commits

    def key(self) -> str:
        """Changes whenever any public answer might: catalogue, index, or the portal's own code."""
        return f"{self.catalogue_version()}.{self._generation()}.{self._build}"

    def _generation(self) -> str:
        try:
            return str(self._index_generation())
        except Unavailable:
            return "none"


def build_id(settings: Settings) -> str:
    """Hash of the portal's code, templates, static files and of the settings that answers depend on."""
    digest = hashlib.blake2b(digest_size=6)
    digest.update(repr((settings.public_url, settings.hide_illustrative)).encode())
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in _SHOWN and path.is_file():
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
