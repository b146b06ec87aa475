"""A backup back in place: proved first, made ready aside, then put in the place of all that was there."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete

from portal.catalog.changes import catalogue_info
from portal.catalog.migrate import migrate, schema_version
from portal.catalog.models import Cursor
from portal.database import Database
from portal.datafolder import closed, empty_stage, swap, sync_folder
from portal.errors import Conflict
from portal.jobs.manifest import DATABASE, FILES, BackupDamaged, Manifest, Watch, copy_durably
from portal.settings import Settings
from portal.text import LocalizedText


class DatabaseElsewhere(Conflict):
    """The backup holds the catalogue of a data folder; the portal is told to use another database."""

    message = LocalizedText(
        "Bản sao lưu chứa cơ sở dữ liệu SQLite của PORTAL_VAR. Hãy bỏ PORTAL_DATABASE_URL rồi thử lại.",
        "The backup holds the SQLite database of PORTAL_VAR. Unset PORTAL_DATABASE_URL and try again.",
    )


class DatabaseNotRestored(Conflict):
    """The backup holds only files; the catalogue comes back by the tools of its server, first."""

    message = LocalizedText(
        "Bản sao lưu không có cơ sở dữ liệu. Hãy đặt PORTAL_DATABASE_URL và khôi phục cơ sở dữ liệu "
        "bằng pg_restore trước.",
        "The backup has no database. Set PORTAL_DATABASE_URL and restore the database with pg_restore first.",
    )


def restore(
    settings: Settings, folder: Path, manifest: Manifest, *, now: datetime, watch: Watch = iter
) -> Path | None:
    """Puts a backup that `require_whole` has proved in place, with a new epoch and nothing derived.

    Answers where the old state went, if there was any. Killed at any moment, it leaves the old state or the
    new one. Raises PortalInUse while anybody has the portal open.
    """
    _require_place(settings, manifest)
    with closed(settings.var):
        stage = empty_stage(settings.var)
        _make_ready(folder, manifest, stage, watch)
        if manifest.has_database:
            _renew(f"sqlite:///{stage / DATABASE}")
        else:
            _renew(settings.catalogue_url)
        sync_folder(stage)
        names = dict.fromkeys([each.name.partition("/")[0] for each in manifest.pieces] + [FILES])
        return swap(settings.var, list(names), f"{now:%Y%m%dT%H%M%S}Z-{secrets.token_hex(2)}")


def _require_place(settings: Settings, manifest: Manifest) -> None:
    if manifest.has_database:
        if settings.database_url:
            raise DatabaseElsewhere
        return
    server = Database(settings.catalogue_url)
    try:
        if server.is_sqlite or schema_version(server) is None:
            raise DatabaseNotRestored
    finally:
        server.close()


def _make_ready(folder: Path, manifest: Manifest, stage: Path, watch: Watch) -> None:
    files = stage / FILES
    files.mkdir(mode=0o700)
    for shelf in sorted({(stage / each.name).parent for each in manifest.files}):
        shelf.mkdir(mode=0o700)
    for each in watch(manifest.pieces):
        # Never links: the backup must survive whatever happens to the portal's own files.
        if copy_durably(folder / each.name, stage / each.name, each.name) != each:
            raise BackupDamaged(each.name)
    for shelf in (*files.iterdir(), files):
        sync_folder(shelf)


def _renew(url: str) -> None:
    """Newest schema, an epoch of its own, and followers that begin anew; a SQLite is one file afterwards."""
    database = Database(url)
    try:
        migrate(database)
        with database.write() as session:
            catalogue_info(session).epoch = secrets.token_hex(4)
            session.execute(delete(Cursor))
        database.checkpoint()
    finally:
        database.close()
