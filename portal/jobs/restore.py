"""A backup back in place: proved first, made ready aside, then moved in; what was there is kept aside."""

from __future__ import annotations

import secrets
import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete

from portal.catalog.changes import catalogue_info
from portal.catalog.migrate import migrate
from portal.catalog.models import Cursor
from portal.database import Database
from portal.errors import Conflict
from portal.files.storage.base import relative_path
from portal.jobs.manifest import (
    DATABASE,
    FILES,
    BackupDamaged,
    Manifest,
    Watch,
    copy_durably,
    sync_folder,
)
from portal.settings import Settings
from portal.text import LocalizedText
from portal.wiring import closed

STAGE = "restoring"
_ASIDE = "before-restore"
# Locks are files of this folder, not of the catalogue; the key belongs to this machine.
_STAYS = frozenset({"open.lock", "worker.lock", "secret-key", STAGE})


class DatabaseElsewhere(Conflict):
    """The catalogue that is configured is not the one of the data folder."""

    message = LocalizedText(
        "Lệnh restore chỉ ghi cơ sở dữ liệu SQLite trong PORTAL_VAR. Hãy bỏ PORTAL_DATABASE_URL, "
        "hoặc dùng công cụ của máy chủ cơ sở dữ liệu.",
        "Only the SQLite database in PORTAL_VAR is restored. Unset PORTAL_DATABASE_URL, "
        "or use the tools of the database server.",
    )


class FolderNotEmpty(Conflict):
    """There is a catalogue already."""

    def __init__(self, var: Path) -> None:
        super().__init__(
            LocalizedText(
                f"{var} đã có dữ liệu. Thêm --force để chuyển dữ liệu cũ sang một thư mục bên cạnh.",
                f"{var} is not empty. With --force what is there is moved aside; nothing is deleted.",
            )
        )


def restore(
    settings: Settings,
    folder: Path,
    manifest: Manifest,
    *,
    now: datetime,
    moves_old: bool,
    watch: Watch = iter,
) -> Path | None:
    """Puts a backup that `require_whole` has proved in place, with a new epoch and nothing derived.

    Answers where the old data went, if there was any. Killed half way, it can be done again.
    """
    if settings.database_url:
        raise DatabaseElsewhere
    var = settings.var
    with closed(var):
        old = sorted(each for each in var.iterdir() if not _stays(each.name))
        if old and not moves_old:
            raise FolderNotEmpty(var)
        stage = var / STAGE
        # Only ever a copy of a backup, begun by a restore that was cut short.
        shutil.rmtree(stage, ignore_errors=True)
        _make_ready(folder, manifest, stage, watch)
        aside = _move_aside(var, old, now)
        # The database last: without it there is no catalogue.
        for name in (FILES, DATABASE):
            (stage / name).rename(var / name)
            sync_folder(var)
        shutil.rmtree(stage)
    return aside


def _stays(name: str) -> bool:
    return name in _STAYS or name.startswith(_ASIDE)


def _make_ready(folder: Path, manifest: Manifest, stage: Path, watch: Watch) -> None:
    stage.mkdir(mode=0o700)
    files = stage / FILES
    for shelf in sorted({relative_path(each.sha256)[:2] for each in manifest.files}):
        (files / shelf).mkdir(parents=True, mode=0o700)
    files.mkdir(mode=0o700, exist_ok=True)
    for each in watch(manifest.files):
        name = relative_path(each.sha256)
        # Never links: the backup must survive whatever happens to the portal's own files.
        if copy_durably(folder / FILES / name, files / name) != each:
            raise BackupDamaged(f"{FILES}/{name}")
    for shelf_folder in (*files.iterdir(), files):
        sync_folder(shelf_folder)
    if copy_durably(folder / DATABASE, stage / DATABASE) != manifest.database:
        raise BackupDamaged(DATABASE)
    _renew(stage / DATABASE)


def _renew(path: Path) -> None:
    """Newest schema, an epoch of its own, and followers that begin anew; one file afterwards."""
    database = Database(f"sqlite:///{path}")
    try:
        migrate(database)
        with database.write() as session:
            catalogue_info(session).epoch = secrets.token_hex(4)
            session.execute(delete(Cursor))
        database.checkpoint()
    finally:
        database.close()


def _move_aside(var: Path, old: list[Path], now: datetime) -> Path | None:
    if not old:
        return None
    aside = var / f"{_ASIDE}-{now:%Y%m%dT%H%M%S}Z-{secrets.token_hex(2)}"
    aside.mkdir(mode=0o700)
    # The database first: what is left of a move cut short is no catalogue that could be served.
    for each in sorted(old, key=lambda path: not path.name.startswith(DATABASE)):
        each.rename(aside / each.name)
    sync_folder(aside)
    sync_folder(var)
    return aside
