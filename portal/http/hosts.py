"""Which Host a request may name: links are never built from it, and nobody may poison a cache through it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?")


def host_checker(trusted: tuple[str, ...]) -> Callable[[str], bool]:
    """A function that tells whether a Host header names one of `trusted`, on any port."""
    names = frozenset(name.lower().rstrip(".") for name in trusted if name)

    @lru_cache(maxsize=256)
    def is_trusted(host: str) -> bool:
        match = _HOST.fullmatch(host)
        return match is not None and match[1].lower().rstrip(".") in names

    return is_trusted


def host_of_target(raw_target: str) -> str | None:
    """The host inside an absolute request target (`GET http://host/path`); None for the usual form."""
    if raw_target.startswith("/") or "://" not in raw_target:
        return None
    try:
        return urlsplit(raw_target).netloc
    except ValueError:
        return ""
