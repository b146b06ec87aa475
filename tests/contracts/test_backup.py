"""Backup and restore on every database: SQLite whole, a server's files beside what its own tools keep."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.catalog.changes import catalogue_info, cursor_of
from portal.catalog.migrate import migrate
from portal.catalog.queries import referenced_hashes
from portal.jobs.backup import back_up
from portal.jobs.catch_up import catch_up
from portal.jobs.derived import FOLLOWERS, silent
from portal.jobs.integrity import file_findings, index_findings, log_findings, snapshot_findings
from portal.jobs.manifest import read_manifest, require_whole
from portal.jobs.restore import DatabaseNotRestored, restore
from portal.settings import Settings
from portal.wiring import Portal, open_portal
from tests.databases import schema_url
from tests.factories import CSV_V1, CSV_V2, NOW, make_small_catalogue

HASHES = {hashlib.sha256(content).hexdigest() for content in (CSV_V1, CSV_V2)}


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with schema_url(tmp_path / "var") as url:
        own = "" if url.startswith("sqlite") else url
        opened = open_portal(Settings(var=tmp_path / "var", database_url=own))
        migrate(opened.database)
        make_small_catalogue(opened.database)
        for content in (CSV_V1, CSV_V2):
            opened.storage.put(io.BytesIO(content))
        catch_up(opened, progress=silent)
        yield opened
        opened.close()


def test_what_was_backed_up_comes_back_whole_under_a_new_epoch(portal: Portal, tmp_path: Path) -> None:
    manifest = back_up(portal, folder := tmp_path / "backup")
    assert manifest.has_database == portal.database.is_sqlite
    assert {each.sha256 for each in manifest.files} == HASHES
    with portal.database.read() as session:
        before = catalogue_info(session).epoch
    portal.database.close()
    settings = replace(portal.settings, var=tmp_path / "new")
    require_whole(folder, read_manifest(folder))
    restore(settings, folder, manifest, now=NOW)
    again = open_portal(settings)
    with again.database.read() as session:
        assert catalogue_info(session).epoch != before
        assert {cursor_of(session, name) for name in FOLLOWERS} == {0}
        assert referenced_hashes(session) == HASHES
    catch_up(again, progress=silent)
    assert log_findings(again.database) == index_findings(again) == snapshot_findings(again) == []
    assert file_findings(again.database, again.storage, how="read again") == []
    again.close()


def test_files_alone_wait_for_their_database(portal: Portal, tmp_path: Path) -> None:
    manifest = back_up(portal, folder := tmp_path / "backup")
    pieces = tuple(each for each in manifest.pieces if each.name.startswith("files/"))
    files = replace(manifest, pieces=pieces)
    with schema_url(tmp_path / "empty") as url, pytest.raises(DatabaseNotRestored):
        restore(Settings(var=tmp_path / "new", database_url=url), folder, files, now=NOW)
    assert not (tmp_path / "new").exists()
