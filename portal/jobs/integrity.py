"""Integrity of database, log, files, index and documents: what `check` prints and the worker looks at by the hour."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, text

from portal.catalog.changes import catalogue_version, cursor_of, last_change_id
from portal.catalog.models import Cursor
from portal.catalog.queries import referenced_hashes
from portal.database import Database
from portal.exchange.snapshots import Snapshots
from portal.exchange.whole_catalogue import DOCUMENTS
from portal.files.storage.base import Storage
from portal.jobs.snapshots import FOLLOWER as SNAPSHOTS
from portal.search.documents import Stamp
from portal.search.engines.base import IndexBroken, IndexMissing
from portal.search.source import published_versions
from portal.wiring import Portal

Part = Literal["database", "log", "files", "index", "snapshots", "statistics"]
Look = Literal["look", "read again"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: where, what, and its name (table, hash, dataset)."""

    part: Part
    problem: str
    subject: str


def database_findings(database: Database) -> list[Finding]:
    """What SQLite says of its own pages and references; a database server answers for itself."""
    if not database.is_sqlite:
        database.ping()
        return []
    with database.read() as session:
        pages = session.execute(text("PRAGMA integrity_check(20)")).scalars().all()
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
    return [Finding("database", "damaged", line) for line in pages if line != "ok"] + [
        Finding("database", "reference to nothing", f"{row[0]} row {row[1]} -> {row[2]}") for row in broken
    ]


def log_findings(database: Database) -> list[Finding]:
    """What would let caches or followers believe something false: as after a copy put back by hand."""
    with database.read() as session:
        last = last_change_id(session)
        epoch, _, shown = catalogue_version(session).partition("-")
        cursors = session.execute(select(Cursor.follower, Cursor.change_id)).all()
    findings = [Finding("log", "no epoch", "catalogue_info")] if epoch == "none" else []
    if int(shown) > last:
        findings.append(Finding("log", "version ahead of the log", f"{shown} > {last}"))
    return findings + [
        Finding("log", "follower ahead of the log", f"{row.follower}: {row.change_id} > {last}")
        for row in cursors
        if row.change_id > last
    ]


def file_findings(
    database: Database,
    storage: Storage,
    *,
    how: Look = "look",
    watch: Callable[[Iterable[str]], Iterable[str]] = iter,
) -> list[Finding]:
    """Registered files that are not stored or, when their bytes are read again, have changed."""
    with database.read() as session:
        hashes = sorted(referenced_hashes(session))
    findings = []
    for sha256 in watch(hashes):
        if not storage.exists(sha256):
            findings.append(Finding("files", "missing", sha256))
        elif how == "read again" and not storage.verify(sha256):
            findings.append(Finding("files", "damaged", sha256))
    return findings


def snapshot_findings(portal: Portal, *, how: Look = "look") -> list[Finding]:
    """Whole-catalogue documents that are missing, of another version than the catalogue although their writer
    is in step, or, when they are read again, damaged."""
    before = _written_up_to(portal.database)
    snapshot = Snapshots(portal.settings.snapshots_folder).current()
    version, is_in_step = after = _written_up_to(portal.database)
    if before != after or not is_in_step:
        return []
    if snapshot is None or not snapshot.has(tuple(DOCUMENTS)):
        return [Finding("snapshots", "missing", str(portal.settings.snapshots_folder))]
    if snapshot.version != version:
        return [Finding("snapshots", "of another version", f"{snapshot.version}, not {version}")]
    return [
        Finding("snapshots", "damaged", each)
        for each in (DOCUMENTS if how == "read again" else ())
        if not snapshot.agrees(each)
    ]


def _written_up_to(database: Database) -> tuple[str, bool]:
    """The catalogue's version, and whether the writer of documents has dealt with every change."""
    with database.read() as session:
        return catalogue_version(session), cursor_of(session, SNAPSHOTS) == last_change_id(session)


def index_findings(portal: Portal) -> list[Finding]:
    """Datasets that the index lacks, has in another version, or has although nobody may find them."""
    with portal.database.read() as session:
        wanted = published_versions(session, hide_illustrative=portal.settings.hide_illustrative)
    try:
        present = portal.search.indexed()
    except (IndexMissing, IndexBroken) as error:
        return [Finding("index", error.code, str(portal.settings.index_folder))]
    return [
        Finding("index", _index_problem(wanted.get(each), present.get(each)), f"dataset {each}")
        for each in sorted(wanted.keys() | present.keys())
        if wanted.get(each) != present.get(each)
    ]


def _index_problem(wanted: Stamp | None, present: Stamp | None) -> str:
    if present is None:
        return "not indexed"
    return "indexed but not public" if wanted is None else "indexed in another version"
