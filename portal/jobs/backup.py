"""Backups while the portal runs: one state of the database, then every file it names, the manifest last."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from portal import __version__
from portal.catalog.changes import catalogue_version
from portal.catalog.migrate import schema_version
from portal.catalog.queries import referenced_hashes
from portal.database import Database
from portal.errors import Conflict
from portal.files.storage.base import FileMissing, Storage, StoredFile, relative_path
from portal.jobs.manifest import (
    DATABASE,
    FILES,
    Manifest,
    Watch,
    copy_durably,
    measure,
    sync_folder,
    write_manifest,
)
from portal.text import LocalizedText
from portal.wiring import Portal


class NotOnThisMachine(Conflict):
    """The catalogue is on a database server, which has tools of its own."""

    message = LocalizedText(
        "Danh mục nằm trên máy chủ cơ sở dữ liệu: hãy sao lưu bằng pg_dump trước, rồi sao chép thư mục files/.",
        "The catalogue is on a database server: back it up with pg_dump first, then copy the folder files/.",
    )


def back_up(portal: Portal, parent: Path, *, watch: Watch = iter) -> tuple[Path, Manifest]:
    """A new folder in `parent` with all that cannot be made again. Writers go on meanwhile.

    Files are taken after the database and the portal never forgets one that a row names, so that whatever
    the copied rows name is there. On one disk they are hard links: stored files never change in place.
    """
    if not portal.database.is_sqlite:
        raise NotOnThisMachine
    folder = _new_folder(portal, parent)
    portal.database.copy_to(folder / DATABASE)
    schema, version, wanted = _read_copy(folder / DATABASE)
    files, missing = _take_files(portal.storage, sorted(wanted), folder / FILES, watch)
    manifest = Manifest(
        made_at=portal.clock().isoformat(timespec="seconds"),
        portal=__version__,
        schema=schema,
        catalogue_version=version,
        database=measure(folder / DATABASE),
        files=tuple(files),
        missing=tuple(missing),
    )
    write_manifest(folder, manifest)
    sync_folder(parent)
    return folder, manifest


def _new_folder(portal: Portal, parent: Path) -> Path:
    with portal.database.read() as session:
        epoch = catalogue_version(session).partition("-")[0]
    folder = parent / f"{_stamp(portal.clock())}-{epoch}"
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(mode=0o700)
    return folder


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%S}Z"


def _read_copy(path: Path) -> tuple[str, str, set[str]]:
    """Schema, catalogue version and hashes of files, as the copy has them; the copy is one file afterwards."""
    copy = Database(f"sqlite:///{path}")
    try:
        with copy.read() as session:
            version, wanted = catalogue_version(session), referenced_hashes(session)
        schema = schema_version(copy) or ""
        copy.checkpoint()
    finally:
        copy.close()
    path.with_suffix(".checkpoint").unlink(missing_ok=True)
    return schema, version, wanted


def _take_files(
    storage: Storage, hashes: list[str], target: Path, watch: Watch
) -> tuple[list[StoredFile], list[str]]:
    """What was taken, and the hashes of files that are lost or damaged."""
    taken: list[StoredFile] = []
    missing: list[str] = []
    shelves = {target / relative_path(each)[:2] for each in hashes}
    for shelf in sorted(shelves):
        shelf.mkdir(parents=True, mode=0o700)
    for each in watch(StoredFile(each, 0) for each in hashes):
        file = _take(storage, each.sha256, target / relative_path(each.sha256))
        if file is None:
            missing.append(each.sha256)
        else:
            taken.append(file)
    for folder in (*sorted(shelves), target) if shelves else ():
        sync_folder(folder)
    return taken, missing


def _take(storage: Storage, sha256: str, target: Path) -> StoredFile | None:
    """The file at `target`, read again; None when its bytes are not what its name says."""
    try:
        source = storage.local_path(sha256)
    except FileMissing:
        return None
    if source is None:
        raise NotOnThisMachine
    try:
        os.link(source, target)
        file = measure(target)
    except OSError:
        # Another disk, or one without links.
        target.unlink(missing_ok=True)
        file = copy_durably(source, target)
    if file.sha256 != sha256:
        target.unlink()
        return None
    return file
