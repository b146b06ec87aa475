"""Jobs by the clock, each on a real catalogue."""

from __future__ import annotations

import io
import os
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.catalog.models import Dataset
from portal.jobs import heartbeat, tasks
from portal.jobs.queue import make_queue
from portal.jobs.worker import LogKeeper
from portal.wiring import Portal
from tests.factories import CSV_V1, make_dataset


def test_scheduled_datasets_are_published_when_their_time_has_come(portal: Portal) -> None:
    assert tasks.publish_due(portal) == 0
    later = replace(portal, clock=lambda: datetime(2030, 3, 1, 2, 31, tzinfo=UTC))
    assert tasks.publish_due(later) == 1
    assert tasks.publish_due(later) == 0
    with portal.database.read() as session:
        states = session.scalars(select(Dataset.state).where(Dataset.scheduled_at.is_not(None))).all()
    assert states == []


def test_orphans_are_collected_when_they_are_old_and_registered_files_never(portal: Portal) -> None:
    orphan = portal.storage.put(io.BytesIO(b"nobody refers to me"))
    fresh = portal.storage.put(io.BytesIO(b"an upload in flight"))
    two_days_ago = time.time() - 2 * 24 * 3600
    for path in portal.settings.files_folder.rglob("*"):
        if path.is_file() and path.name != fresh.sha256:
            os.utime(path, (two_days_ago, two_days_ago))
    tasks.tend_files(portal)
    assert not portal.storage.exists(orphan.sha256)
    assert portal.storage.exists(fresh.sha256)
    assert portal.storage.open(portal.storage.put(io.BytesIO(CSV_V1)).sha256).read() == CSV_V1


def test_a_missing_file_is_named_in_the_log(portal: Portal, capsys: pytest.CaptureFixture[str]) -> None:
    sha256 = portal.storage.put(io.BytesIO(CSV_V1)).sha256
    portal.storage.delete(sha256)
    tasks.tend_files(portal)
    told = capsys.readouterr()
    assert sha256 in told.out + told.err


def test_the_queue_knows_its_jobs_and_losing_its_file_loses_nothing(portal: Portal) -> None:
    owed: list[str] = []
    queue = make_queue(portal, lambda: owed.append("reconcile"))
    for job in queue.read_periodic(datetime(2026, 3, 1, 10, 37, tzinfo=UTC)):
        queue.execute(job)
    assert owed == ["reconcile"]
    queue.storage.close()
    portal.settings.jobs_file.unlink()
    again = make_queue(portal, lambda: owed.append("again"))
    for job in again.read_periodic(datetime(2026, 3, 1, 11, 37, tzinfo=UTC)):
        again.execute(job)
    assert owed == ["reconcile", "again"]


def test_the_heartbeat_grows_old(portal: Portal) -> None:
    var = portal.settings.var
    assert heartbeat.silence_seconds(var) is None
    assert not heartbeat.is_alive(var)
    heartbeat.beat(var)
    assert heartbeat.is_alive(var)
    past = time.time() - heartbeat.STALE_SECONDS - 5
    os.utime(var / "worker.heartbeat", (past, past))
    assert not heartbeat.is_alive(var)


def test_a_long_write_ahead_log_is_emptied(portal: Portal) -> None:
    keeper = LogKeeper(portal.database)
    with portal.database.write() as session:
        make_dataset(session, "Rất dài", description_vi="x" * 6_000_000)
    before = portal.database.write_ahead_bytes()
    keeper.tend()
    assert before > 4 * 1024**2
    assert portal.database.write_ahead_bytes() == 0
