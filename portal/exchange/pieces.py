"""The public forms of single datasets, kept so that a document of all of them is joined and not written anew.

One SQLite file, written by the worker alone. Losing it costs time: what is missing is made again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_ROWS_AT_ONCE = 64
_TABLES = """
CREATE TABLE made_with (key TEXT NOT NULL);
CREATE TABLE piece (dataset_id INTEGER PRIMARY KEY, version INTEGER NOT NULL, uuid TEXT NOT NULL, problem TEXT);
CREATE TABLE form (
  dataset_id INTEGER NOT NULL, extension TEXT NOT NULL, written BLOB NOT NULL, PRIMARY KEY (dataset_id, extension)
);
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """One dataset at one version: its fragments by extension, or the problem why there are none."""

    dataset_id: int
    version: int
    uuid: str
    fragments: Mapping[str, bytes]
    problem: str | None = None


class PieceStore:
    """Pieces that were all made with `key`: another key (base URL, vocabularies, code) empties the store."""

    def __init__(self, file: Path, key: str) -> None:
        self._file = file
        if self._made_with() != key:
            self._make(key)

    def versions(self) -> dict[int, int]:
        """The version of every piece by dataset, those with a problem too."""
        with self._open() as connection:
            return dict(connection.execute("SELECT dataset_id, version FROM piece"))

    def put(self, pieces: Iterable[Piece]) -> None:
        """Keeps pieces in place of what there was of their datasets; all or none."""
        with self._open() as connection, connection:
            for each in pieces:
                _remove(connection, [each.dataset_id])
                connection.execute(
                    "INSERT INTO piece VALUES (?, ?, ?, ?)",
                    (each.dataset_id, each.version, each.uuid, each.problem),
                )
                connection.executemany(
                    "INSERT INTO form VALUES (?, ?, ?)",
                    [(each.dataset_id, name, written) for name, written in each.fragments.items()],
                )

    def remove(self, dataset_ids: Iterable[int]) -> None:
        """Forgets datasets."""
        with self._open() as connection, connection:
            _remove(connection, dataset_ids)

    def uuids(self) -> list[str]:
        """Of the datasets that have fragments, by id."""
        with self._open() as connection:
            query = "SELECT uuid FROM piece WHERE problem IS NULL ORDER BY dataset_id"
            return [row[0] for row in connection.execute(query)]

    def problems(self) -> dict[str, str]:
        """Why datasets are left out, by their uuid."""
        with self._open() as connection:
            return dict(connection.execute("SELECT uuid, problem FROM piece WHERE problem IS NOT NULL"))

    def fragments(self, extension: str) -> Iterator[bytes]:
        """The fragments of one form by dataset id, read bit by bit."""
        with self._open() as connection:
            query = "SELECT written FROM form WHERE extension = ? ORDER BY dataset_id"
            rows = connection.execute(query, (extension,))
            while some := rows.fetchmany(_ROWS_AT_ONCE):
                yield from (row[0] for row in some)

    def _open(self) -> closing[sqlite3.Connection]:
        connection = sqlite3.connect(self._file)
        # What a power failure takes away is made again.
        connection.execute("PRAGMA synchronous=OFF")
        return closing(connection)

    def _made_with(self) -> str | None:
        if not self._file.exists():
            return None
        try:
            with self._open() as connection:
                row = connection.execute("SELECT key FROM made_with").fetchone()
        except sqlite3.DatabaseError:
            return None
        return row[0] if row else None

    def _make(self, key: str) -> None:
        for suffix in ("", "-journal"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        with self._open() as connection:
            connection.executescript(_TABLES)
            with connection:
                connection.execute("INSERT INTO made_with VALUES (?)", (key,))


def _remove(connection: sqlite3.Connection, dataset_ids: Iterable[int]) -> None:
    ids = [(each,) for each in dataset_ids]
    connection.executemany("DELETE FROM piece WHERE dataset_id = ?", ids)
    connection.executemany("DELETE FROM form WHERE dataset_id = ?", ids)
