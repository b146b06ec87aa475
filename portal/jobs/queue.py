"""The queue of jobs, a SQLite file of its own: losing it loses nothing, since every job is owed by a row."""

from __future__ import annotations

from collections.abc import Callable

from huey import SqliteHuey, crontab
from huey.api import Task
from huey.consumer import Consumer
from huey.signals import SIGNAL_COMPLETE, SIGNAL_ERROR

from portal.jobs import tasks
from portal.observability import metrics
from portal.wiring import Portal

_STOP_SECONDS = 20


def make_queue(portal: Portal, owe_reconcile: Callable[[], None]) -> SqliteHuey:
    """The queue with the jobs that the clock starts; `owe_reconcile` is the followers' hourly duty."""
    queue = SqliteHuey("portal", filename=str(portal.settings.jobs_file), results=False)

    @queue.periodic_task(crontab(minute="*"), name="publish-due")  # type: ignore[untyped-decorator]
    def _publish_due() -> None:
        tasks.publish_due(portal)

    @queue.periodic_task(crontab(minute="7"), name="tend-files")  # type: ignore[untyped-decorator]
    def _tend_files() -> None:
        tasks.tend_files(portal)

    @queue.periodic_task(crontab(minute="22"), name="forget-receipts")  # type: ignore[untyped-decorator]
    def _forget_receipts() -> None:
        tasks.forget_receipts(portal)

    @queue.periodic_task(crontab(minute="37"), name="reconcile")  # type: ignore[untyped-decorator]
    def _reconcile() -> None:
        owe_reconcile()

    @queue.signal(SIGNAL_COMPLETE, SIGNAL_ERROR)  # type: ignore[untyped-decorator]
    def _ended(signal: str, task: Task, *_: object) -> None:
        metrics.job_ended(task.name, "done" if signal == SIGNAL_COMPLETE else "failed")

    # What a crash left goes at the start, not at the next full hour.
    _tend_files()
    return queue


def make_consumer(queue: SqliteHuey) -> Consumer:
    """One thread that works, one that watches the clock."""
    return queue.create_consumer(workers=1, max_delay=1.0, shutdown_timeout=_STOP_SECONDS)
