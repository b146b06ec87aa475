"""Metrics on an address of their own: what all processes have counted, and how the portal stands now."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import start_wsgi_server
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from portal import __version__
from portal.catalog.changes import catalogue_version, cursor_of, last_change_id
from portal.catalog.models import Change
from portal.jobs.derived import FOLLOWERS
from portal.wiring import Portal

_log = structlog.get_logger("portal.jobs")


class LiveCollector(Collector):
    """Looks at the portal when it is asked; what cannot be looked at is left out and said in the log."""

    def __init__(self, portal: Portal, queue_length: Callable[[], int]) -> None:
        self._portal = portal
        self._queue_length = queue_length

    def collect(self) -> Iterator[Metric]:
        """One reading of every gauge."""
        for look in (self._build, self._followers, self._sizes, self._index):
            try:
                yield from look()
            except Exception:
                _log.exception("a metric cannot be read", metric=look.__name__.strip("_"))

    def _build(self) -> Iterator[Metric]:
        build = GaugeMetricFamily(
            "portal_build_info", "What runs.", labels=("version", "python", "sqlite", "database")
        )
        database = self._portal.database.url.get_backend_name()
        build.add_metric((__version__, platform.python_version(), sqlite3.sqlite_version, database), 1)
        yield build

    def _followers(self) -> Iterator[Metric]:
        lag = GaugeMetricFamily(
            "portal_follower_lag_changes", "Changes that a follower has not dealt with.", labels=("follower",)
        )
        age = GaugeMetricFamily(
            "portal_follower_oldest_owed_seconds",
            "Age of the oldest of them; 0 when in step.",
            labels=("follower",),
        )
        now = self._portal.clock()
        with self._portal.database.read() as session:
            last = last_change_id(session)
            public = catalogue_version(session).rpartition("-")[2]
            for name in FOLLOWERS:
                cursor = cursor_of(session, name)
                owed = session.scalar(select(func.count()).where(Change.id > cursor)) or 0
                lag.add_metric((name,), owed)
                oldest = session.scalar(
                    select(Change.at).where(Change.id > cursor).order_by(Change.id).limit(1)
                )
                age.add_metric((name,), max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
        yield lag
        yield age
        yield GaugeMetricFamily("portal_last_change", "Id of the last change of the log.", value=last)
        yield GaugeMetricFamily(
            "portal_last_public_change", "Id of the last one that anybody can see.", value=int(public)
        )

    def _sizes(self) -> Iterator[Metric]:
        database, storage = self._portal.database, self._portal.storage
        yield GaugeMetricFamily(
            "portal_queue_jobs", "Jobs that wait in the queue.", value=self._queue_length()
        )
        yield GaugeMetricFamily(
            "portal_write_ahead_bytes",
            "Size of SQLite's write-ahead log.",
            value=database.write_ahead_bytes(),
        )
        free = storage.free_bytes()
        if free is not None:
            yield GaugeMetricFamily("portal_free_disk_bytes", "Room left for files and database.", value=free)

    def _index(self) -> Iterator[Metric]:
        generation = self._portal.search.generation()
        yield GaugeMetricFamily(
            "portal_index_generation", "Generation of the search index.", value=generation
        )


@contextmanager
def exposed(portal: Portal, queue_length: Callable[[], int]) -> Iterator[None]:
    """Serves metrics meanwhile at the address that the settings name."""
    address = portal.settings.metrics_address
    assert address is not None
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(portal.settings.metrics_folder))  # type: ignore[no-untyped-call]
    registry.register(LiveCollector(portal, queue_length))
    try:
        server, thread = start_wsgi_server(address[1], address[0], registry)
    except OSError as error:
        # The worker has more important things to do than to be watched.
        _log.error("metrics cannot be served", bind=portal.settings.metrics_bind, error=str(error))
        yield
        return
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
