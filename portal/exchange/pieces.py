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
CREATE TABLE made_with (family TEXT PRIMARY KEY, key TEXT NOT NULL);
CREATE TABLE piece (
  family TEXT NOT NULL, dataset_id INTEGER NOT NULL, stamp TEXT NOT NULL, uuid TEXT NOT NULL, problem TEXT,
  PRIMARY KEY (family, dataset_id)
) WITHOUT ROWID;
CREATE TABLE part (
  document TEXT NOT NULL, dataset_id INTEGER NOT NULL, family TEXT NOT NULL, written BLOB NOT NULL,
  PRIMARY KEY (document, dataset_id)
);
CREATE INDEX part_of ON part (dataset_id, family);
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """One dataset in the documents of one family, by their names, or the problem why it is in none of them."""

    dataset_id: int
    family: str
    stamp: str
    uuid: str
    written: Mapping[str, bytes]
    problem: str | None = None


class PieceStore:
    """Pieces that were made with these keys, one for each family: another key empties that family's."""

    def __init__(self, file: Path, keys: Mapping[str, str]) -> None:
        self._file = file
        made_with = self._made_with()
        if made_with is None:
            self._make()
            made_with = {}
        self._empty({family: key for family, key in keys.items() if made_with.get(family) != key})

    def stamps(self, family: str) -> dict[int, str]:
        """The stamp of every piece of a family by dataset, those with a problem too."""
        with self._open() as connection:
            query = "SELECT dataset_id, stamp FROM piece WHERE family = ?"
            return dict(connection.execute(query, (family,)))

    def put(self, pieces: Iterable[Piece]) -> None:
        """Keeps pieces in place of what there was of their datasets; all or none."""
        with self._open() as connection, connection:
            for each in pieces:
                _remove(connection, each.family, [each.dataset_id])
                connection.execute(
                    "INSERT INTO piece VALUES (?, ?, ?, ?, ?)",
                    (each.family, each.dataset_id, each.stamp, each.uuid, each.problem),
                )
                connection.executemany(
                    "INSERT INTO part VALUES (?, ?, ?, ?)",
                    [(name, each.dataset_id, each.family, written) for name, written in each.written.items()],
                )

    def remove(self, family: str, dataset_ids: Iterable[int]) -> None:
        """Forgets datasets."""
        with self._open() as connection, connection:
            _remove(connection, family, dataset_ids)

    def uuids(self, family: str) -> list[str]:
        """Of the datasets that are in the family's documents, by id."""
        with self._open() as connection:
            query = "SELECT uuid FROM piece WHERE family = ? AND problem IS NULL ORDER BY dataset_id"
            return [row[0] for row in connection.execute(query, (family,))]

    def problems(self) -> dict[str, str]:
        """Why datasets are left out, by their uuid."""
        with self._open() as connection:
            return dict(connection.execute("SELECT uuid, problem FROM piece WHERE problem IS NOT NULL"))

    def written(self, document: str) -> Iterator[bytes]:
        """The pieces of one document by dataset id, read bit by bit."""
        with self._open() as connection:
            query = "SELECT written FROM part WHERE document = ? ORDER BY dataset_id"
            rows = connection.execute(query, (document,))
            while some := rows.fetchmany(_ROWS_AT_ONCE):
                yield from (row[0] for row in some)

    def _open(self) -> closing[sqlite3.Connection]:
        connection = sqlite3.connect(self._file)
        # What a power failure takes away is made again.
        connection.execute("PRAGMA synchronous=OFF")
        return closing(connection)

    def _made_with(self) -> dict[str, str] | None:
        """The key of each family; None when the file is missing, damaged or of another make."""
        if not self._file.exists():
            return None
        try:
            with self._open() as connection:
                return dict(connection.execute("SELECT family, key FROM made_with"))
        except sqlite3.DatabaseError:
            return None

    def _make(self) -> None:
        for suffix in ("", "-journal"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        with self._open() as connection:
            connection.executescript(_TABLES)

    def _empty(self, keys: Mapping[str, str]) -> None:
        with self._open() as connection, connection:
            for family, key in keys.items():
                connection.execute("DELETE FROM piece WHERE family = ?", (family,))
                connection.execute("DELETE FROM part WHERE family = ?", (family,))
                connection.execute("INSERT OR REPLACE INTO made_with VALUES (?, ?)", (family, key))


def _remove(connection: sqlite3.Connection, family: str, dataset_ids: Iterable[int]) -> None:
    ids = [(each, family) for each in dataset_ids]
    connection.executemany("DELETE FROM piece WHERE dataset_id = ? AND family = ?", ids)
    connection.executemany("DELETE FROM part WHERE dataset_id = ? AND family = ?", ids)
