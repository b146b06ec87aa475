from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.database import Database, sqlite_has_wal_race


@pytest.mark.parametrize(
    ("version", "affected"),
    [((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False), ((3, 45, 0), True), ((3, 50, 7), False),
     ((3, 51, 2), True), ((3, 51, 3), False), ((3, 52, 0), False)],
)  # fmt: skip
def test_versions_with_the_race_of_the_write_ahead_log_are_known(
    version: tuple[int, int, int], affected: bool
):
    assert sqlite_has_wal_race(version) is affected


def add(url: str, times: int) -> None:
    database = Database(url)
    for _ in range(times):
        with database.write() as session:
            [value] = session.execute(text("SELECT n FROM counter")).one()
            session.execute(text("UPDATE counter SET n = :n"), {"n": value + 1})
    database.close()


@pytest.fixture
def counter(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'c.sqlite'}")
    with database.write() as session:
        session.execute(text("CREATE TABLE counter (n INTEGER NOT NULL)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))
    return database


def value(database: Database) -> int:
    with database.read() as session:
        return session.execute(text("SELECT n FROM counter")).scalar_one()


def test_four_processes_that_read_and_then_write_lose_nothing(counter: Database):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=add, args=(str(counter.url), 50)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    assert value(counter) == 200


def test_a_reader_sees_one_state_while_others_write(counter: Database):
    with counter.read() as session:
        before = session.execute(text("SELECT n FROM counter")).scalar_one()
        add(str(counter.url), 3)
        assert session.execute(text("SELECT n FROM counter")).scalar_one() == before
    assert value(counter) == before + 3


def test_what_fails_is_rolled_back_whole_and_savepoints_hold(counter: Database):
    with pytest.raises(RuntimeError), counter.write() as session:
        session.execute(text("UPDATE counter SET n = 99"))
        raise RuntimeError
    assert value(counter) == 0
    with counter.write() as session:
        session.execute(text("UPDATE counter SET n = 1"))
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text("UPDATE counter SET n = NULL"))
    assert value(counter) == 1


def test_foreign_keys_are_kept_and_commits_reach_the_disk(counter: Database):
    with counter.read() as session:
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"


def test_a_checkpoint_empties_the_log(counter: Database):
    add(str(counter.url), 20)
    kept_open = counter.engine.connect()
    counter.checkpoint()
    assert counter.write_ahead_bytes() == 0
    kept_open.close()
    assert value(counter) == 20


def test_a_checkpoint_beside_a_long_reader_keeps_no_writer_waiting(counter: Database):
    with counter.read() as reader:
        reader.execute(text("SELECT * FROM counter")).all()
        with counter.write() as session:
            session.execute(text("UPDATE counter SET n = 1"))
        begun = time.monotonic()
        counter.checkpoint()
        with counter.write() as session:
            session.execute(text("UPDATE counter SET n = 2"))
        assert time.monotonic() - begun < 3
    counter.checkpoint()
    assert counter.write_ahead_bytes() == 0
    with counter.read() as session:
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == 10_000
