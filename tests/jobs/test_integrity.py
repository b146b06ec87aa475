"""What `check` finds in a whole catalogue (nothing) and in damaged ones."""

from __future__ import annotations

import hashlib

from sqlalchemy import text

from portal.exchange.snapshots import Snapshots
from portal.jobs.catch_up import catch_up
from portal.jobs.derived import silent
from portal.jobs.integrity import (
    Finding,
    database_findings,
    file_findings,
    index_findings,
    log_findings,
    snapshot_findings,
)
from portal.wiring import Portal, open_portal
from tests.factories import CSV_V1, CSV_V2, make_dataset

HASH_1, HASH_2 = (hashlib.sha256(content).hexdigest() for content in (CSV_V1, CSV_V2))


def test_a_whole_catalogue_has_no_findings(portal: Portal) -> None:
    catch_up(portal, progress=silent)
    assert database_findings(portal.database) == log_findings(portal.database) == []
    assert file_findings(portal.database, portal.storage, how="read again") == []
    assert index_findings(portal) == []
    assert snapshot_findings(portal, how="read again") == []


def test_a_reference_to_nothing_is_found(portal: Portal) -> None:
    with portal.database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("DELETE FROM agency WHERE slug = 'so-y-te'")
        driver.execute("PRAGMA foreign_keys=ON")
    assert {finding.part for finding in database_findings(portal.database)} == {"database"}
    assert "dataset" in database_findings(portal.database)[0].subject


def test_a_log_shorter_than_its_followers_believe_is_found(portal: Portal) -> None:
    catch_up(portal, progress=silent)
    with portal.database.write() as session:
        session.execute(text("DELETE FROM change WHERE id > 1"))
    problems = {finding.problem for finding in log_findings(portal.database)}
    assert problems == {"version ahead of the log", "follower ahead of the log"}
    with portal.database.write() as session:
        session.execute(text("DELETE FROM catalogue_info"))
    assert Finding("log", "no epoch", "catalogue_info") in log_findings(portal.database)


def test_missing_and_damaged_files_are_told_apart(portal: Portal) -> None:
    portal.storage.delete(HASH_1)
    path = portal.storage.local_path(HASH_2)
    assert path is not None
    path.chmod(0o644)
    path.write_bytes(CSV_V2.replace(b"2025", b"2026"))
    assert file_findings(portal.database, portal.storage) == [Finding("files", "missing", HASH_1)]
    assert set(file_findings(portal.database, portal.storage, how="read again")) == {
        Finding("files", "missing", HASH_1),
        Finding("files", "damaged", HASH_2),
    }


def test_the_index_is_compared_by_id_and_version(portal: Portal) -> None:
    assert [finding.problem for finding in index_findings(portal)] == ["index-missing"]
    catch_up(portal, progress=silent)
    with portal.database.write() as session:
        make_dataset(session, "Bộ dữ liệu mới")
        session.execute(text("UPDATE dataset SET version = 9 WHERE slug = 'du-toan-ngan-sach-2025'"))
        session.execute(
            text(
                "UPDATE dataset SET state = 'withdrawn', withdrawal_reason = 'sai', withdrawn_at = created_at "
                "WHERE slug = 'nhiet-do-minh-hoa'"
            )
        )
    fresh = open_portal(portal.settings)
    assert {finding.problem for finding in index_findings(fresh)} == {
        "not indexed",
        "indexed in another version",
        "indexed but not public",
    }
    fresh.close()


def test_documents_are_compared_with_the_catalogue_and_with_one_another(portal: Portal) -> None:
    assert snapshot_findings(portal) == [], "their writer is behind, and will see to it"
    catch_up(portal, progress=silent)
    snapshot = Snapshots(portal.settings.snapshots_folder).current()
    assert snapshot is not None
    turtle = snapshot.path("catalog.ttl")
    content = turtle.read_bytes()
    turtle.write_bytes(content[:-9])
    assert snapshot_findings(portal) == []
    assert snapshot_findings(portal, how="read again") == [Finding("snapshots", "damaged", "catalog.ttl")]
    turtle.write_bytes(content)
    packed = snapshot.path("catalog.ttl", "br")
    packed.write_bytes(packed.read_bytes()[:-9])
    assert snapshot_findings(portal, how="read again") == [Finding("snapshots", "damaged", "catalog.ttl")]
    packed.unlink()
    assert [each.problem for each in snapshot_findings(portal)] == ["missing"]
    catch_up(portal, progress=silent)
    with portal.database.write() as session:
        session.execute(text("UPDATE catalogue_info SET epoch = 'anotherone'"))
    assert [each.problem for each in snapshot_findings(portal)] == ["of another version"]
