"""Counts how often clients ask, for all processes of one machine together, in a small file that they share.

One slot of 8 bytes per client holds the moment at which its bucket will be full again (GCRA): reading and
writing it costs microseconds, nothing grows, and nothing has to be cleaned.
"""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil
from pathlib import Path
from struct import Struct
from threading import Lock

# Two clients share a slot by chance: with 1,000 active ones, one in 260 would share with somebody.
_SLOTS = 2**18
_MOMENT = Struct("=d")


@dataclass(frozen=True, slots=True)
class Quota:
    """`amount` requests in `seconds`; the whole amount may come at once."""

    name: str
    amount: int
    seconds: int

    @property
    def policy(self) -> str:
        """As RateLimit-Policy writes it."""
        return f'"{self.name}";q={self.amount};w={self.seconds}'


@dataclass(frozen=True, slots=True)
class Standing:
    """How a client stands: whether it may ask, how often more at once, and seconds until one more is free."""

    may_ask: bool
    left: int
    wait_seconds: int


class Buckets:
    """Buckets of all clients and quotas in `path`. Safe for many threads.

    Processes do not lock one another out: two that count the same client in the same microsecond may count
    one request too few. Times are those of the machine's monotonic clock; a restart begins anew.
    """

    def __init__(self, path: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = Lock()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, _SLOTS * _MOMENT.size)
            self._memory = mmap.mmap(descriptor, _SLOTS * _MOMENT.size)
        finally:
            os.close(descriptor)

    def take(self, quota: Quota, client: str) -> Standing:
        """Counts one request, unless the bucket is empty."""
        return self._visit(quota, client, cost=1)

    def look(self, quota: Quota, client: str) -> Standing:
        """How the client stands, counting nothing."""
        return self._visit(quota, client, cost=0)

    def _visit(self, quota: Quota, client: str, *, cost: int) -> Standing:
        each, slot = quota.seconds / quota.amount, _slot_of(quota, client)
        with self._lock:
            now = self._now()
            (stored,) = _MOMENT.unpack_from(self._memory, slot)
            # Further ahead than a full bucket takes: written before the machine was restarted.
            full_at = stored if now < stored <= now + quota.seconds + each else now
            left = int((now + quota.seconds - full_at) / each + 1e-9)
            if left < 1:
                return Standing(
                    may_ask=False, left=0, wait_seconds=ceil(full_at + each - now - quota.seconds)
                )
            if cost:
                _MOMENT.pack_into(self._memory, slot, full_at + each * cost)
        return Standing(may_ask=True, left=left - cost, wait_seconds=ceil(each))


def _slot_of(quota: Quota, client: str) -> int:
    digest = blake2b(f"{quota.name}\0{client}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % _SLOTS * _MOMENT.size
