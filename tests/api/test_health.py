"""Signs of life: what they tell, and what they must not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from portal.api import health
from portal.app import make_app
from portal.database import sqlite_has_wal_race
from portal.jobs.heartbeat import beat
from tests.factories import make_dataset, make_portal
from tests.sites import Site


@pytest.mark.sqlite
def test_a_whole_portal_is_ready(own_site: Site) -> None:
    beat(own_site.portal.settings.var)
    answer = own_site.client.get("/health/ready")
    assert answer.status_code == 200
    assert (answer.json["status"], answer.json["degraded"]) == ("ok", False)
    checks = answer.json["checks"]
    assert checks["search"]["generation"] >= 1
    assert checks["search"]["changes_behind"] == 0
    assert checks["files"]["free_bytes"] > 0
    assert checks["database"]["sqlite_version"] == sqlite3.sqlite_version
    expected = "one connection at a time" if sqlite_has_wal_race() else "automatic"
    assert checks["database"]["sqlite_checkpoints"] == expected
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_index_left_behind_is_told(own_site: Site) -> None:
    with own_site.portal.database.write() as session:
        make_dataset(session, "Mới")
    assert own_site.client.get("/health/ready").json["checks"]["search"]["changes_behind"] == 1


def test_without_index_and_worker_readers_are_served_all_the_same(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    answer = make_app(portal).test_client().get("/health/ready")
    assert (answer.status_code, answer.json["degraded"]) == (200, True)
    assert answer.json["checks"]["search"] == {"ok": False, "code": "index-missing"}
    assert answer.json["checks"]["worker"] == {"ok": False, "silent_seconds": None}
    portal.close()


@pytest.mark.sqlite
def test_without_a_database_the_portal_is_not_ready_but_alive(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    app = make_app(portal)
    (tmp_path / "catalogue.sqlite").write_bytes(b"this is no database" * 1000)
    answer = app.test_client().get("/health/ready")
    assert (answer.status_code, answer.json["status"]) == (503, "unavailable")
    assert answer.json["checks"]["database"] == {"ok": False, "code": "failed"}
    assert answer.headers["Retry-After"]
    assert str(tmp_path) not in answer.text
    assert app.test_client().get("/health/live").json == {"status": "ok"}
    portal.close()


def test_the_examination_is_kept_for_a_few_seconds(own_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first = own_site.client.get("/health/ready").json
    beat(own_site.portal.settings.var)
    assert own_site.client.get("/health/ready").json == first
    monkeypatch.setattr(health, "CACHED_SECONDS", -1.0)
    own_site.app.extensions["portal.health"] = health.HealthMemory()
    assert own_site.client.get("/health/ready").json["checks"]["worker"]["ok"] is True
