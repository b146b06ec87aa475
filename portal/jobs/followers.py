"""Followers of the change log: each keeps something derived from the catalogue in step with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from portal.observability import metrics

POLL_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 30.0
_log = structlog.get_logger("portal.jobs")


@dataclass(frozen=True, slots=True)
class Follower:
    """Something derived that can be lost at any time.

    `follow` deals with the next changes after its cursor and answers how many there were, 0 when it is in
    step. `reconcile` compares all of it with the catalogue and repairs. `rebuild` makes it anew.
    """

    name: str
    follow: Callable[[], int]
    reconcile: Callable[[], None]
    rebuild: Callable[[], None]


class FollowerLoop:
    """Runs followers in order, again and again; one that fails pauses alone and compares all when it is back."""

    def __init__(
        self,
        followers: Sequence[Follower],
        requests: Requests,
        stop: threading.Event,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._turns = [_Turn(follower) for follower in followers]
        self._requests = requests
        self._stop = stop
        self._seconds = seconds

    def run(self) -> None:
        """Follows until `stop` is set."""
        while not self._stop.is_set():
            self.once()
            self._stop.wait(POLL_SECONDS)

    def once(self) -> None:
        """One turn of every follower that is not pausing."""
        for turn in self._turns:
            if not self._stop.is_set() and self._seconds() >= turn.pause_until:
                self._take(turn)

    def owe_reconcile(self) -> None:
        """Lets every follower compare all it has with the catalogue at its next turn."""
        for turn in self._turns:
            turn.owes_reconcile = True

    def _take(self, turn: _Turn) -> None:
        try:
            self._work(turn)
        except Exception:
            # Whatever it was (disk full, broken index), the worker goes on and tries again.
            turn.fail(self._seconds())
            metrics.follower_failed(turn.follower.name)
            _log.exception("follower failed", follower=turn.follower.name, failures=turn.failures)
        else:
            turn.failures = 0

    def _work(self, turn: _Turn) -> None:
        follower = turn.follower
        if self._requests.is_owed(follower.name):
            follower.rebuild()
            self._requests.done(follower.name)
            turn.owes_reconcile = False
        if turn.owes_reconcile:
            follower.reconcile()
            turn.owes_reconcile = False
        while follower.follow() and not self._stop.is_set():
            pass


class _Turn:
    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self.owes_reconcile = True
        self.failures = 0
        self.pause_until = 0.0

    def fail(self, now: float) -> None:
        self.failures += 1
        self.owes_reconcile = True
        self.pause_until = now + min(_LONGEST_PAUSE_SECONDS, 0.2 * 2**self.failures)


class Requests:
    """Rebuilds asked for by another process, kept as files so that no crash forgets them."""

    def __init__(self, var: Path) -> None:
        self._var = var

    def ask(self, follower: str) -> None:
        """Asks whoever is the worker, now or later, to rebuild what `follower` keeps."""
        self._file(follower).touch()

    def is_owed(self, follower: str) -> bool:
        """Whether a rebuild was asked for and not yet done."""
        return self._file(follower).exists()

    def done(self, follower: str) -> None:
        """Forgets the request."""
        self._file(follower).unlink(missing_ok=True)

    def _file(self, follower: str) -> Path:
        return self._var / f"rebuild-{follower}"
