"""What the catalogue's database must promise, on SQLite and PostgreSQL alike, to writers and followers.

On PostgreSQL when PORTAL_TEST_DATABASE_URL names one, else on SQLite.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.people import LastAdministrator, appoint_administrator, update_person
from portal.catalog import queries
from portal.catalog.actors import SYSTEM
from portal.catalog.changes import changes_since, cursor_of, last_change_id, move_cursor
from portal.catalog.models import Dataset, State
from portal.catalog.services import datasets
from portal.catalog.services.matching import load_lookup
from portal.database import Database
from tests.databases import empty_database
from tests.factories import NOW, make_basics, make_dataset

PATIENCE_SECONDS = 8.0
# Long enough for a writer that does not wait to have gone ahead.
MOMENT_SECONDS = 0.3


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with empty_database(tmp_path) as opened:
        with opened.write() as session:
            make_basics(session)
        yield opened


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[Future[object]]:
    """`work` in a thread of its own, which must be through by the end."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        yield future
        future.result(PATIENCE_SECONDS)


def make(database: Database, slug: str) -> None:
    with database.write() as session:
        make_dataset(session, slug, slug=slug, state=State.DRAFT)


def load(session: Session, slug: str) -> Dataset:
    found = queries.dataset_by_reference(session, slug)
    assert found is not None
    return found


def test_no_follower_passes_a_change_that_is_not_committed_yet(database: Database) -> None:
    """A writer is held between inserting its change and its commit while another one writes."""
    seen: list[int] = []
    inserted, stop, may_commit = threading.Event(), threading.Event(), threading.Event()

    def follow() -> None:
        while not stop.is_set():
            with database.read() as session:
                seen.extend(each.id for each in changes_since(session, seen[-1] if seen else 0, limit=100))

    def hold_open() -> None:
        with database.write() as session:
            make_dataset(session, "Chậm", slug="cham", state=State.DRAFT)
            event.listen(session, "before_commit", wait)

    def wait(_session: Session) -> None:
        inserted.set()
        assert may_commit.wait(PATIENCE_SECONDS)

    with beside(follow), beside(hold_open):
        assert inserted.wait(PATIENCE_SECONDS)
        with beside(lambda: make(database, "nhanh")) as second:
            time.sleep(MOMENT_SECONDS)
            assert not second.done(), "the second writer waits for the first"
            may_commit.set()
        time.sleep(MOMENT_SECONDS)
        stop.set()
    with database.read() as session:
        committed = [each.id for each in changes_since(session, 0, limit=100)]
        keys = [each.object_key for each in changes_since(session, 0, limit=100)][-2:]
        assert keys == [str(load(session, slug).uuid) for slug in ("cham", "nhanh")]
    assert seen == committed


def test_many_writers_and_a_follower_that_stores_its_cursor(database: Database) -> None:
    stop = threading.Event()
    seen: list[int] = []

    def follow() -> None:
        while not stop.is_set() or cursor() < newest():
            with database.read() as session:
                found = [each.id for each in changes_since(session, cursor_of(session, "one"), limit=3)]
            if found:
                seen.extend(found)
                with database.write() as session:
                    move_cursor(session, "one", found[-1], NOW)

    def cursor() -> int:
        with database.read() as session:
            return cursor_of(session, "one")

    def newest() -> int:
        with database.read() as session:
            return last_change_id(session)

    with beside(follow):
        with ThreadPoolExecutor(6) as writers:
            list(writers.map(lambda number: make(database, f"bo-{number}"), range(36)))
        stop.set()
    with database.read() as session:
        assert seen == [each.id for each in changes_since(session, 0, limit=1000)]
        assert cursor_of(session, "nobody yet") == 0


def test_what_is_undone_leaves_no_change_and_moves_no_cursor(database: Database) -> None:
    with database.read() as session:
        before = last_change_id(session)
    with pytest.raises(RuntimeError), database.write() as session:
        make_dataset(session, "Dở dang", slug="do-dang", state=State.DRAFT)
        move_cursor(session, "one", 99, NOW)
        session.flush()
        raise RuntimeError
    with database.read() as session:
        assert (last_change_id(session), cursor_of(session, "one")) == (before, 0)
        assert queries.bare_dataset(session, "do-dang") is None


def test_of_two_writers_the_second_sees_what_the_first_has_written(database: Database) -> None:
    make(database, "chung")
    entered = threading.Event()

    def count_up(*, slowly: bool = False) -> None:
        with database.write() as session:
            dataset = load(session, "chung")
            number = dataset.extras.get("số", 0)
            if slowly:
                entered.set()
                time.sleep(MOMENT_SECONDS)
            lookup = load_lookup(session)
            datasets.update(session, SYSTEM, dataset, {"extras": {"số": number + 1}}, lookup, NOW)

    with beside(lambda: count_up(slowly=True)):
        assert entered.wait(PATIENCE_SECONDS)
        count_up()
    with database.read() as session:
        dataset = load(session, "chung")
        assert (dataset.extras["số"], dataset.version) == (2, 3)
        assert [each.version for each in queries.revisions(session, dataset.id, public_only=False)] == [
            3,
            2,
            1,
        ]


def test_rules_over_several_rows_hold_for_two_writers_too(database: Database) -> None:
    """Two administrators who step back at once are different rows: no version column could notice."""
    with database.write() as session:
        people = [appoint_administrator(session, f"{name}@example.vn", NOW).uuid for name in ("mot", "hai")]
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def step_back(number: int) -> None:
        barrier.wait(PATIENCE_SECONDS)
        try:
            with database.write() as session:
                person = session.scalars(select(Person).where(Person.uuid == people[number])).one()
                update_person(session, SYSTEM, person, {"is_administrator": False}, NOW)
                session.flush()
                time.sleep(MOMENT_SECONDS)
        except LastAdministrator:
            outcomes.append("refused")
        else:
            outcomes.append("done")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(step_back, range(2)))
    assert sorted(outcomes) == ["done", "refused"]


def test_a_reader_sees_one_state_from_its_first_statement_on(database: Database) -> None:
    make(database, "truoc")
    with database.read() as session:
        before = last_change_id(session)
        make(database, "sau")
        assert last_change_id(session) == before
        assert queries.bare_dataset(session, "sau") is None
    with database.read() as session:
        assert last_change_id(session) > before


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.write() as session:
        make_dataset(session, "Đang ghi", slug="dang-ghi", state=State.DRAFT)
        session.flush()
        with database.read() as reader:
            assert queries.bare_dataset(reader, "dang-ghi") is None


def test_who_waits_too_long_gets_an_outage_and_the_next_one_gets_in(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.database.BUSY_TIMEOUT_MS", 200)
    impatient = Database(database.url.render_as_string(hide_password=False))
    with database.write() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(OperationalError), impatient.write() as other:
            other.execute(text("SELECT 1"))
    with impatient.write() as session:
        make_dataset(session, "Sau cùng", slug="sau-cung", state=State.DRAFT)
    impatient.close()
    with database.read() as session:
        assert queries.bare_dataset(session, "sau-cung") is not None


def test_identifiers_are_given_once_to_writers_at_the_same_moment(database: Database) -> None:
    barrier = threading.Barrier(4)

    def create(number: int) -> str:
        barrier.wait(PATIENCE_SECONDS)
        try:
            with database.write() as session:
                lookup = load_lookup(session)
                datasets.create(session, SYSTEM, "cung-ma", {"title_vi": f"Số {number}"}, lookup, NOW)
        except datasets.IdentifierTaken:
            return "taken"
        return "made"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(create, range(4))) == ["made", "taken", "taken", "taken"]
