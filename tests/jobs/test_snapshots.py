"""Whole-catalogue documents follow the change log, not too often, and come back when they are lost."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

import pytest

from portal.catalog.changes import cursor_of, last_change_id
from portal.catalog.models import State
from portal.exchange.snapshots import Snapshot, Snapshots
from portal.jobs import snapshots
from portal.jobs.snapshots import FOLLOWER, PAUSE_SECONDS, SnapshotFollower
from portal.wiring import Portal
from tests.factories import make_dataset
from tests.running import Installation


def current(portal: Portal) -> Snapshot:
    found = Snapshots(portal.settings.snapshots_folder).current()
    assert found is not None
    return found


def says(portal: Portal, text: str) -> bool:
    return text in current(portal).path("catalog.ttl").read_text(encoding="utf-8")


def publish(portal: Portal, title: str, state: State = State.PUBLISHED) -> None:
    with portal.database.write() as session:
        make_dataset(session, title, state=state)


def test_a_publication_is_followed_and_the_cursor_moves(portal: Portal) -> None:
    follower = SnapshotFollower(portal)
    follower.reconcile()
    publish(portal, "Đến sau")
    follower.reconcile()
    assert says(portal, "Đến sau")
    with portal.database.read() as session:
        assert cursor_of(session, FOLLOWER) == last_change_id(session)


def test_changes_in_quick_succession_wait_for_one_another(portal: Portal) -> None:
    now = 100.0
    follower = SnapshotFollower(portal, lambda: now)
    assert follower.follow() > 0
    first = current(portal)
    publish(portal, "Một")
    publish(portal, "Hai")
    assert follower.follow() == 0 and current(portal) == first, "it is too early, the old one is served"
    now += PAUSE_SECONDS
    assert follower.follow() == 2
    assert says(portal, "Một") and says(portal, "Hai")
    assert follower.follow() == 0


def test_a_change_that_no_reader_can_see_writes_nothing(portal: Portal) -> None:
    now = 100.0
    follower = SnapshotFollower(portal, lambda: now)
    follower.reconcile()
    before = current(portal)
    publish(portal, "Bản nháp", State.DRAFT)
    now += PAUSE_SECONDS
    assert follower.follow() == 1
    assert current(portal) == before


def test_lost_documents_and_lost_pieces_come_back(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "PAUSE_SECONDS", 0.0)
    SnapshotFollower(portal).reconcile()
    shutil.rmtree(portal.settings.snapshots_folder)
    portal.settings.forms_file.unlink()
    SnapshotFollower(portal).follow()
    assert says(portal, "Chất lượng không khí")


def test_a_rebuild_makes_everything_anew(portal: Portal) -> None:
    follower = SnapshotFollower(portal)
    follower.reconcile()
    before = current(portal)
    follower.rebuild()
    assert current(portal) != before
    assert says(portal, "Chất lượng không khí")


def test_the_worker_process_follows_what_is_published_beside_it(portal: Portal) -> None:
    installation = Installation(portal.settings.var, port=portal.settings.port)
    worker = installation.start("worker")
    try:
        _until(lambda: Snapshots(portal.settings.snapshots_folder).current() is not None)
        publish(portal, "Bên cạnh tiến trình nền")
        _until(lambda: says(portal, "Bên cạnh tiến trình nền"))
    finally:
        worker.stop()


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)
