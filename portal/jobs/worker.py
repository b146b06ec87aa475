"""The worker: one process that follows the change log, does queued and timed jobs, and tends the database."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import structlog
from huey import SqliteHuey
from huey.consumer import Consumer

from portal.database import Database
from portal.jobs import heartbeat, tasks
from portal.jobs.derived import open_followers, table_follower
from portal.jobs.exclusive import wait_alone
from portal.jobs.followers import Follower, FollowerLoop, Requests
from portal.jobs.queue import make_consumer, make_queue
from portal.wiring import Portal

# A longer write-ahead log slows every reader down.
_LONGEST_LOG_BYTES = 4 * 1024**2
_IDLE_SECONDS = 10.0
_STOP_SECONDS = 20.0
_TICK_SECONDS = 0.2
_log = structlog.get_logger("portal.jobs")


def run(portal: Portal) -> int:
    """Works until a signal says stop; waits first while another worker is there. Answers the exit code."""
    var = portal.settings.var
    with wait_alone(var, on_wait=lambda: _log.info("waiting for the other worker to end")):
        heartbeat.beat(var)
        stop = threading.Event()
        with open_followers(portal) as followers:
            return _work(portal, [*followers, table_follower(portal, stop.is_set)], stop)


def _work(portal: Portal, followers: Sequence[Follower], stop: threading.Event) -> int:
    # Its lines about every tick of the clock would drown ours.
    logging.getLogger("huey").setLevel(logging.WARNING)
    # A thread each: writing 100,000 datasets into a document must not keep a new one from being found.
    loops = [FollowerLoop([each], Requests(portal.settings.var), stop) for each in followers]
    threads = [threading.Thread(target=loop.run, name="follower", daemon=True) for loop in loops]
    queue = make_queue(portal, lambda: _owe_reconcile(loops))
    consumer = make_consumer(queue)
    tasks.publish_due(portal)
    for thread in threads:
        thread.start()
    consumer.start()
    # Only now: the consumer sets handlers of its own.
    signals = _Signals()
    _log.info("worker started", followers=[follower.name for follower in followers])
    with _exposing(portal, queue):
        code = _watch(portal, threads, consumer, signals)
    stop.set()
    consumer.stop(graceful=True)
    for thread in threads:
        thread.join(_STOP_SECONDS)
    portal.database.checkpoint()
    _log.info("worker stopped")
    return code


def _exposing(portal: Portal, queue: SqliteHuey) -> AbstractContextManager[None]:
    if portal.settings.metrics_address is None:
        return nullcontext()
    # Only now: the client of Prometheus costs memory, and must be imported after metrics were turned on.
    from portal.jobs.exposition import exposed

    return exposed(portal, queue.pending_count)


def _owe_reconcile(loops: Sequence[FollowerLoop]) -> None:
    for loop in loops:
        loop.owe_reconcile()


def _watch(
    portal: Portal, followers: Sequence[threading.Thread], consumer: Consumer, signals: _Signals
) -> int:
    keeper = LogKeeper(portal.database)
    while not signals.received:
        if not all(thread.is_alive() for thread in followers):
            _log.error("the thread of a follower has died")
            return 1
        heartbeat.beat(portal.settings.var)
        keeper.tend()
        consumer.check_worker_health()
        signals.wait(heartbeat.INTERVAL_SECONDS)
    return 0


class LogKeeper:
    """Empties SQLite's write-ahead log when it grows long, and when nobody has written for a while."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._size = 0
        self._since = time.monotonic()

    def tend(self) -> None:
        """Looks at the log's size; call every few seconds."""
        size = self._database.write_ahead_bytes()
        if size != self._size:
            self._size, self._since = size, time.monotonic()
        is_idle = size > 0 and time.monotonic() - self._since > _IDLE_SECONDS
        if size > _LONGEST_LOG_BYTES or is_idle:
            self._database.checkpoint()
            self._size, self._since = self._database.write_ahead_bytes(), time.monotonic()


class _Signals:
    """Remembers that SIGTERM, SIGINT or SIGHUP came; after HUP whoever started the worker starts it again.

    A flag and short sleeps: setting a `threading.Event` in a handler can lock up the thread that waits for it.
    """

    def __init__(self) -> None:
        self.received = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._receive)

    def wait(self, seconds: float) -> None:
        """Returns after `seconds`, or soon after a signal."""
        end = time.monotonic() + seconds
        while not self.received and time.monotonic() < end:
            time.sleep(_TICK_SECONDS)

    def _receive(self, *_: object) -> None:
        self.received = True
