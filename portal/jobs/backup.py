"""Backups while the portal runs: one state of the database, then every file it names, the manifest last."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from portal import __version__
from portal.catalog.changes import catalogue_version
from portal.catalog.migrate import schema_version
from portal.catalog.queries import referenced_hashes
from portal.database import Database
from portal.datafolder import sync_folder
from portal.errors import Conflict
from portal.files.storage.base import FileMissing, SourceUnreadable, Storage
from portal.jobs.exclusive import keeping_files
from portal.jobs.integrity import Finding, database_findings
from portal.jobs.manifest import (
    DATABASE,
    FILES,
    SEED_OWED,
    STATISTICS,
    Manifest,
    Piece,
    Watch,
    copy_durably,
    file_piece,
    measure,
    write_manifest,
)
from portal.text import LocalizedText
from portal.wiring import Portal


class TargetTaken(Conflict):
    """A backup is never written over something."""

    def __init__(self, target: Path) -> None:
        super().__init__(
            LocalizedText(
                f"{target} đã có nội dung. Hãy chọn một thư mục mới hoặc trống cho bản sao lưu.",
                f"{target} is not empty. Choose a new or an empty folder for the backup.",
            )
        )


class TargetInside(Conflict):
    """A backup in the data folder would be lost with it."""

    message = LocalizedText(
        "Bản sao lưu phải nằm ngoài thư mục dữ liệu (PORTAL_VAR).",
        "A backup must lie outside the data folder (PORTAL_VAR).",
    )


def back_up(portal: Portal, target: Path, *, watch: Watch = iter) -> Manifest:
    """A backup named `target` of all that cannot be made again. Writers go on meanwhile.

    Files are taken after the database and none is collected meanwhile, so that whatever the copied rows name
    is there. On one disk they are hard links: stored files never change in place. On a database server the
    catalogue itself is left to the tools of that server, and every stored file is taken.
    """
    _require_free(portal, target)
    taken = _Taken()
    with keeping_files(portal.settings.var), _beside(target) as folder:
        state = _take_catalogue(portal, folder, taken)
        _take_statistics(portal, folder, taken)
        _take_seed_owed(portal, folder, taken)
        _take_files(portal.storage, sorted(state.wanted), folder, watch, taken)
        manifest = Manifest(
            made_at=portal.clock().isoformat(timespec="seconds"),
            portal=__version__,
            schema=state.schema,
            catalogue_version=state.version,
            pieces=tuple(taken.pieces),
            findings=tuple(taken.findings),
        )
        write_manifest(folder, manifest)
    return manifest


@dataclass(frozen=True, slots=True)
class _Taken:
    pieces: list[Piece] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _State:
    """The catalogue that is backed up: its schema, its version, and the files it names."""

    schema: str
    version: str
    wanted: set[str]


def _require_free(portal: Portal, target: Path) -> None:
    if target.resolve().is_relative_to(portal.settings.var.resolve()):
        raise TargetInside
    if target.is_dir() and any(target.iterdir()):
        raise TargetTaken(target)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A folder that gets the name `target` when all went well, and is gone otherwise."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(prefix=f"{target.name}.partial-", dir=target.parent))
    try:
        yield folder
        folder.rename(target)
        sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _take_catalogue(portal: Portal, folder: Path, taken: _Taken) -> _State:
    if not portal.database.is_sqlite:
        state = _state_of(portal.database)
        return replace(state, wanted=state.wanted | set(portal.storage.hashes()))
    copy = _copy_database(portal.database, folder / DATABASE)
    try:
        state = _state_of(copy)
        taken.findings.extend(database_findings(copy))
        copy.checkpoint()
    finally:
        copy.close()
    (folder / DATABASE).with_suffix(".checkpoint").unlink(missing_ok=True)
    taken.pieces.append(measure(folder / DATABASE, DATABASE))
    return state


def _copy_database(database: Database, target: Path) -> Database:
    database.copy_to(target)
    return Database(f"sqlite:///{target}")


def _state_of(database: Database) -> _State:
    with database.read() as session:
        version, wanted = catalogue_version(session), referenced_hashes(session)
    return _State(schema_version(database) or "", version, wanted)


def _take_statistics(portal: Portal, folder: Path, taken: _Taken) -> None:
    if not portal.settings.statistics_file.exists():
        return
    statistics = Database(f"sqlite:///{portal.settings.statistics_file}")
    try:
        statistics.copy_to(folder / STATISTICS)
    except DatabaseError as error:
        # Counts are worth less than the catalogue, which must not be kept from its backup by them.
        (folder / STATISTICS).unlink(missing_ok=True)
        taken.findings.append(Finding("statistics", "unreadable", f"{STATISTICS}: {error.orig}"))
    else:
        taken.pieces.append(measure(folder / STATISTICS, STATISTICS))
    finally:
        statistics.close()


def _take_seed_owed(portal: Portal, folder: Path, taken: _Taken) -> None:
    path = portal.settings.var / SEED_OWED
    if path.exists():
        taken.pieces.append(copy_durably(path, folder / SEED_OWED, SEED_OWED))


def _take_files(storage: Storage, hashes: list[str], folder: Path, watch: Watch, taken: _Taken) -> None:
    shelves = sorted({(folder / file_piece(each)).parent for each in hashes})
    for shelf in shelves:
        shelf.mkdir(parents=True, mode=0o700)
    for wanted in watch(Piece(file_piece(each), each, 0) for each in hashes):
        got = _take_file(storage, wanted, folder)
        if isinstance(got, Piece):
            taken.pieces.append(got)
        else:
            taken.findings.append(Finding("files", got, wanted.sha256))
    for each in (*shelves, folder / FILES) if shelves else ():
        sync_folder(each)


def _take_file(storage: Storage, wanted: Piece, folder: Path) -> Piece | str:
    """The file, read again where it now lies; or what is wrong with the stored one."""
    target = folder / wanted.name
    try:
        source = storage.local_path(wanted.sha256)
        if source is None:
            raise FileMissing
        got = _link_or_copy(source, target, wanted.name)
    except FileMissing:
        return "missing"
    except SourceUnreadable:
        target.unlink(missing_ok=True)
        return "unreadable"
    if got.sha256 != wanted.sha256:
        target.unlink()
        return "damaged"
    return got


def _link_or_copy(source: Path, target: Path, name: str) -> Piece:
    try:
        os.link(source, target)
    except OSError:
        # Another disk, or one without links.
        return copy_durably(source, target, name)
    return measure(target, name)
