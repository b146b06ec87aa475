"""Engines and transactions: SQLite as measured to be safe, PostgreSQL by the same code."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import PoolProxiedConnection

from portal.errors import PortalError

BUSY_TIMEOUT_MS = 10_000
# One number for all writers of a catalogue on a database server; whoever else uses the server has others.
_WRITERS_LOCK = 0x6461_6E61
# A writer whose machine vanished must not keep the others out until its connection is given up.
_LONGEST_PAUSE = "60s"
# Below these versions SQLite may lose commits when two connections checkpoint and write at one exact
# moment (the WAL-reset data race); each listed line has the fix from the version named on.
_WAL_RACE_FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))


def sqlite_has_wal_race(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite needs checkpoints to be made by one connection at a time."""
    if version >= _WAL_RACE_FIXED[-1]:
        return False
    return not any(version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_RACE_FIXED)


class Database:
    """The catalogue database of one process. Make it after a fork; `close` it when done."""

    def __init__(self, url: str) -> None:
        self.url: URL = make_url(url)
        self.engine = _make_engine(self.url)
        # How often this process has committed: its own readers see their own writes at once.
        self.own_commits = 0
        self._kept: list[PoolProxiedConnection] = []
        # SQLite's readers see one state by themselves.
        one_state = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._readers = sessionmaker(
            self.engine.execution_options(**one_state), expire_on_commit=False, autoflush=False
        )
        # The option is read by the `begin` events below: a writer takes the lock at once, since a
        # transaction that reads first and writes later fails when anybody wrote in between.
        self._writers = sessionmaker(self.engine.execution_options(write=True), expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether the catalogue is a file of this machine."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on a database server."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the catalogue and writes nothing."""
        with self._readers() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is committed whole at the end, or not at all when anything is raised.

        One writer at a time, on every engine: what it has read stays true until it commits. Others wait,
        BUSY_TIMEOUT_MS at most, then get an OperationalError.
        """
        with self._writers() as session, session.begin():
            yield session
        self.own_commits += 1

    def ping(self) -> None:
        """Raises when the database cannot be read."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def commit_counter(self) -> Callable[[], int] | None:
        """A cheap function whose answer differs after every commit of others (SQLite); None elsewhere.

        It keeps a connection of its own until `close`, since SQLite counts the commits of all others.
        """
        if not self.is_sqlite:
            return None
        kept = self.engine.raw_connection()
        kept.detach()
        self._kept.append(kept)
        lock = Lock()

        def count() -> int:
            with lock:
                cursor = kept.cursor()
                cursor.execute("PRAGMA data_version")
                return int(cursor.fetchall()[0][0])

        return count

    def checkpoint(self) -> None:
        """Moves the write-ahead log into the database file (SQLite); skipped while another process does."""
        if self.file is None:
            return
        with _one_process(self.file.with_suffix(".checkpoint")) as alone:
            if alone:
                with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    # Without waiting: while a checkpoint waits for a long reader, no writer gets in.
                    _run(connection, "PRAGMA busy_timeout=0")
                    _run(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
                    _run(connection, f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")

    def copy_to(self, target: Path) -> None:
        """One whole state of the catalogue in a new file (SQLite), durable; writers go on meanwhile."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM INTO :target"), {"target": str(target)})
        with target.open("rb") as file:
            os.fsync(file.fileno())

    def write_ahead_bytes(self) -> int:
        """Size of SQLite's write-ahead log; 0 elsewhere."""
        if self.file is None:
            return 0
        log = Path(f"{self.file}-wal")
        return log.stat().st_size if log.exists() else 0

    def close(self) -> None:
        """Gives back every connection."""
        while self._kept:
            self._kept.pop().close()
        self.engine.dispose()


def flush_unique(session: Session, taken: PortalError) -> None:
    """Writes what waits; raises `taken` when another writer has just used a value that must be unique."""
    try:
        session.flush()
    except IntegrityError as error:
        raise taken from error


def _make_engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True)
        event.listen(engine, "connect", _on_server_connect)
        event.listen(engine, "begin", _on_server_begin)
        return engine
    engine = create_engine(url, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)
    return engine


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    # Python's driver begins no transaction for SELECT and breaks savepoints unless it is switched off.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if sqlite_has_wal_race():
        connection.execute("PRAGMA wal_autocheckpoint=0")


def _on_sqlite_begin(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return
    connection.exec_driver_sql(
        "BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN"
    )


def _on_server_connect(connection: Any, _record: object) -> None:
    connection.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
    connection.commit()


def _on_server_begin(connection: Connection) -> None:
    if connection.get_execution_options().get("write"):
        # The statements that follow see what the writer before has committed: READ COMMITTED looks anew each time.
        connection.exec_driver_sql(
            f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK}), "
            f"set_config('idle_in_transaction_session_timeout', '{_LONGEST_PAUSE}', true)"
        )


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)


@contextmanager
def _one_process(path: Path) -> Iterator[bool]:
    """True inside when no other process holds `path`; the lock dies with its process."""
    import fcntl

    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
