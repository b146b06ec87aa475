"""Looks at a data folder from outside, with SQLite and SHA-256 alone, and names what is not whole."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from tests.hostile.made_catalogue import MadeRecord

_RECORDS = """
    SELECT d.identifier, d.title_vi, d.version, f.sha256, f.byte_size
    FROM dataset d
    LEFT JOIN distribution x ON x.dataset_id = d.id
    LEFT JOIN file_version f ON f.distribution_id = x.id
"""
_WITHOUT_REVISION = """
    SELECT identifier FROM dataset d WHERE NOT EXISTS
      (SELECT 1 FROM revision r WHERE r.dataset_id = d.id AND r.version = d.version)
"""
_WITHOUT_CHANGE = """
    SELECT identifier FROM dataset d WHERE NOT EXISTS
      (SELECT 1 FROM change c WHERE c.object_kind = 'dataset' AND c.object_id = d.id AND c.version = d.version)
"""
_CHANGE_OF_NOTHING = """
    SELECT object_key FROM change c WHERE c.object_kind = 'dataset'
      AND NOT EXISTS (SELECT 1 FROM dataset d WHERE d.id = c.object_id)
"""


def committed(var: Path) -> set[str]:
    """Identifiers of every dataset that a reader of the database sees at this moment."""
    with closing(_open(var)) as database:
        return {row[0] for row in database.execute("SELECT identifier FROM dataset")}


def violations(var: Path, expected: dict[str, MadeRecord], acknowledged: Iterable[str]) -> list[str]:
    """Everything wrong with database and files: damage, acknowledged records gone, records that are not whole."""
    with closing(_open(var)) as database:
        found = [f"integrity_check: {row[0]}" for row in database.execute("PRAGMA integrity_check")]
        found = [line for line in found if line != "integrity_check: ok"]
        found += [f"reference to nothing: {row}" for row in database.execute("PRAGMA foreign_key_check")]
        rows = database.execute(_RECORDS).fetchall()
        for query, problem in (
            (_WITHOUT_REVISION, "no revision"),
            (_WITHOUT_CHANGE, "no change in the log"),
            (_CHANGE_OF_NOTHING, "change of a dataset that is not there"),
        ):
            found += [f"{row[0]}: {problem}" for row in database.execute(query)]
    held: dict[str, set[str]] = {}
    sizes: dict[str, int] = {}
    for identifier, title, _, sha256, size in rows:
        held.setdefault(identifier, set())
        if sha256:
            held[identifier].add(sha256)
            sizes[sha256] = size
        if identifier in expected and title != expected[identifier].title:
            found.append(f"{identifier}: another title")
    found += [f"{each}: was acknowledged and is gone" for each in sorted(set(acknowledged) - held.keys())]
    for identifier, hashes in held.items():
        if identifier in expected and hashes != expected[identifier].hashes:
            found.append(f"{identifier}: {len(hashes)} of {len(expected[identifier].hashes)} files")
    return found + _file_violations(var, sizes)


def _file_violations(var: Path, sizes: dict[str, int]) -> list[str]:
    found = []
    for sha256, size in sizes.items():
        path = var / "files" / sha256[:2] / sha256
        if not path.is_file():
            found.append(f"file {sha256[:12]}: registered and not stored")
        elif path.stat().st_size != size:
            found.append(f"file {sha256[:12]}: {path.stat().st_size} of {size} bytes")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            found.append(f"file {sha256[:12]}: other bytes than its name says")
    return found


def leftovers(var: Path, older_than: float) -> list[str]:
    """Temporary files from before the instant `older_than` (seconds since 1970)."""
    places = (var / "files" / "tmp", var / "index")
    found = [path for place in places if place.is_dir() for path in place.iterdir()]
    temporary = [path for path in found if path.parent.name == "tmp" or "tmp" in path.name]
    return [f"left over: {path.relative_to(var)}" for path in temporary if path.lstat().st_mtime < older_than]


def _open(var: Path) -> sqlite3.Connection:
    """Read-only; retried, since a database may be locked for the blink in which its log is taken over."""
    for attempt in range(50):
        try:
            database = sqlite3.connect(f"file:{var / 'catalogue.sqlite'}?mode=ro", uri=True, timeout=10)
            # One transaction: what follows sees one state, whoever writes meanwhile.
            database.execute("BEGIN")
            database.execute("SELECT 1 FROM dataset LIMIT 1").fetchall()
        except sqlite3.OperationalError:
            if attempt == 49:
                raise
            time.sleep(0.1)
        else:
            return database
    raise AssertionError("not reached")
