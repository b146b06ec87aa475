"""Whole public answers in memory, in every encoding asked for, bounded in bytes."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from portal.http.compression import Encoding, compress, compressible

MAX_BYTES = 32 * 1024**2
# Headers, key and dictionary slots of one page; generous, so that the bound holds.
_OVERHEAD_BYTES = 2048
_MAX_QUERY = 2048
# What mail programs and social networks add to links: it changes no answer.
_TRACKING = re.compile(rb"(?:utm_[a-z]+|fbclid|gclid|zarsrc|mc_[ce]id)(?:=|$)")

Key = tuple[str, str]
"""Path and normalised query string."""


def page_key(path: str, query: str) -> Key | None:
    """The same key for the same question; None for what is too long to be worth keeping."""
    if not query:
        return path, ""
    if len(query) > _MAX_QUERY:
        return None
    pairs = [pair for pair in query.split("&") if pair and not _TRACKING.match(pair.encode())]
    # Stable: the order of a repeated parameter's values stays as it was asked.
    pairs.sort(key=lambda pair: pair.partition("=")[0])
    return path, "&".join(pairs)


@dataclass(slots=True)
class Page:
    """One answer with status 200. `tag` is its ETag without quotes and encoding, `route` who made it."""

    headers: tuple[tuple[str, str], ...]
    content_type: str
    tag: str
    bodies: dict[Encoding, bytes] = field(default_factory=dict)
    route: str = "-"

    @property
    def is_compressible(self) -> bool:
        """Whether it has encoded forms at all."""
        return compressible(self.content_type, len(self.bodies[""]))

    def body(self, encoding: Encoding) -> bytes:
        """The bytes in `encoding`, made at the first asking."""
        if encoding not in self.bodies:
            self.bodies[encoding] = compress(self.bodies[""], encoding)
        return self.bodies[encoding]

    @property
    def byte_size(self) -> int:
        """An upper bound: compressed forms never exceed the plain one by more than the overhead."""
        plain = len(self.bodies[""])
        return _OVERHEAD_BYTES + (plain * 2 if self.is_compressible else plain)


class PageCache:
    """Pages of one version of everything; another version empties it. Safe for many threads."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._bytes = 0
        self._version = ""
        self._lock = Lock()

    def get(self, key: Key, version: str) -> Page | None:
        """The page of this very version, if kept."""
        with self._lock:
            self._turn_to(version)
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Key, version: str, page: Page) -> None:
        """Keeps `page` unless the version has moved on; the longest unused make room."""
        if page.byte_size > self._max_bytes // 8:
            return
        with self._lock:
            if version != self._version:
                return
            old = self._pages.pop(key, None)
            self._bytes += page.byte_size - (old.byte_size if old else 0)
            self._pages[key] = page
            while self._bytes > self._max_bytes:
                self._bytes -= self._pages.popitem(last=False)[1].byte_size

    @property
    def byte_size(self) -> int:
        """Bytes counted against the bound."""
        return self._bytes

    def _turn_to(self, version: str) -> None:
        if version != self._version:
            self._pages.clear()
            self._bytes = 0
            self._version = version
