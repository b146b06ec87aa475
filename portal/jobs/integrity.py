"""Integrity of database, files and index: what `check` prints and the worker looks at by the hour."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from portal.catalog.queries import referenced_hashes
from portal.database import Database
from portal.files.storage.base import Storage

Part = Literal["database", "files", "index"]


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


def file_findings(
    database: Database,
    storage: Storage,
    *,
    reread: Literal["no", "yes"] = "no",
    watch: Callable[[Iterable[str]], Iterable[str]] = iter,
) -> list[Finding]:
    """Registered files that are not stored or, when their bytes are read again, have changed."""
    with database.read() as session:
        hashes = sorted(referenced_hashes(session))
    findings = []
    for sha256 in watch(hashes):
        if not storage.exists(sha256):
            findings.append(Finding("files", "missing", sha256))
        elif reread == "yes" and not storage.verify(sha256):
            findings.append(Finding("files", "damaged", sha256))
    return findings
