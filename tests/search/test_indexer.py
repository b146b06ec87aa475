"""The index follows the catalogue: by the change log, by comparison, and from nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import event

from portal.catalog.changes import catalogue_info, cursor_of, last_change_id, record_change
from portal.catalog.models import Agency, Concept, Dataset, State, Word, WordKind
from portal.database import Database
from portal.search.engines.base import EngineAnswer
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.search.indexer import FOLLOWER, Indexer, Repair
from portal.search.source import load_documents
from portal.search.understanding import understand
from tests.factories import NOW, make_database, make_dataset, make_many, make_portal, make_small_catalogue
from tests.table_files import WARDS, add_table_file, add_table_version, read_tables


@dataclass(frozen=True)
class Room:
    database: Database
    index: Path
    indexer: Indexer

    def ask(self, text: str = "") -> EngineAnswer:
        reader = WhooshReader(self.index, poll_seconds=0)
        return reader.search(
            understand(text).query,
            filters={},
            sort="relevance",
            start=0,
            size=100,
            facets=("theme", "agency", "year"),
        )


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    database = make_database(tmp_path)
    writer = WhooshWriter(tmp_path / "index")
    yield Room(database, tmp_path / "index", Indexer(database, writer))
    writer.close()
    database.close()


def drain(indexer: Indexer) -> None:
    while indexer.follow():
        pass


def change(room: Room, dataset_id: int, **fields: object) -> None:
    with room.database.write() as session:
        dataset = session.get_one(Dataset, dataset_id)
        for name, value in fields.items():
            setattr(dataset, name, value)
        dataset.version += 1
        record_change(session, dataset, action="update", is_public=True, actor="test", at=NOW)


def test_published_datasets_alone_are_found(room: Room) -> None:
    make_small_catalogue(room.database)
    drain(room.indexer)
    assert room.ask().total == 3
    assert room.ask("bí mật").ids == ()
    assert room.ask("bui min").total == 1
    assert room.ask("nguồn không khí.csv").total == 1


def test_following_moves_the_cursor_and_rests_at_the_end(room: Room) -> None:
    make_small_catalogue(room.database)
    assert room.indexer.follow() > 0
    assert room.indexer.follow() == 0
    assert room.indexer.reconcile() == Repair(), "the first step builds a whole index"
    with room.database.read() as session:
        assert cursor_of(session, FOLLOWER) == last_change_id(session)


def test_changes_withdrawals_and_returns_are_followed(room: Room) -> None:
    make_many(room.database, 5)
    drain(room.indexer)
    change(room, 2, title_vi="Tên hoàn toàn khác")
    change(room, 3, state=State.WITHDRAWN, withdrawal_reason="sai", withdrawn_at=NOW)
    drain(room.indexer)
    assert room.ask("hoàn toàn khác").ids == (2,)
    assert room.ask().total == 4
    change(room, 3, state=State.PUBLISHED)
    drain(room.indexer)
    assert room.ask().total == 5


def test_a_renamed_agency_or_theme_is_found_by_its_new_name(room: Room) -> None:
    make_many(room.database, 3)
    drain(room.indexer)
    with room.database.write() as session:
        for subject, name in ((Agency, "name_vi"), (Concept, "label_vi")):
            for each in session.query(subject).all():
                setattr(each, name, "Trung tâm Vũ trụ")
                record_change(session, each, action="update", is_public=True, actor="test", at=NOW)
    drain(room.indexer)
    assert room.ask("vũ trụ").total == 3


def test_tables_that_were_read_are_followed_and_repaired(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    uuid = add_table_file(portal, "Đơn vị hành chính", WARDS)
    writer = portal.open_writer()
    indexer = Indexer(portal.database, writer)
    room = Room(portal.database, portal.settings.index_folder, indexer)
    drain(indexer)
    assert room.ask("thanh khê").ids == ()
    read_tables(portal)
    drain(indexer)
    assert room.ask("thanh khê").total == room.ask("cột:dân số").total == 1
    add_table_version(portal, uuid, WARDS.replace("Thanh Khê", "Sơn Trà"))
    read_tables(portal)
    assert indexer.reconcile() == Repair(indexed=1), "another reading is another document"
    assert (room.ask("thanh khê").ids, room.ask("sơn trà").total) == ((), 1)
    writer.close()
    portal.close()


def test_a_crash_before_the_cursor_is_stored_is_harmless(room: Room) -> None:
    make_many(room.database, 4)
    drain(room.indexer)
    with room.database.write() as session:
        session.execute(Dataset.metadata.tables["cursor"].delete())
    drain(room.indexer)
    assert room.ask().total == 4


def test_reconcile_repairs_both_ways_and_then_has_nothing_to_do(room: Room) -> None:
    make_many(room.database, 6)
    room.indexer.reconcile()
    with room.database.write() as session:
        session.get_one(Dataset, 1).title_vi = "Không ai báo"
        session.get_one(Dataset, 1).version += 1
        session.get_one(Dataset, 2).state = State.TRASHED
    assert room.indexer.reconcile() == Repair(indexed=1, removed=1)
    assert room.ask("không ai báo").ids == (1,)
    assert room.ask().total == 5
    assert room.indexer.reconcile() == Repair()


def test_a_missing_index_is_built_and_a_deleted_one_again(room: Room) -> None:
    make_many(room.database, 7)
    assert room.indexer.reconcile() == Repair(indexed=7)
    for generation in room.index.glob("gen-*"):
        shutil.rmtree(generation)
    assert room.indexer.reconcile() == Repair(indexed=7)
    assert room.ask().total == 7


def test_an_index_whose_files_vanish_is_rebuilt_by_the_next_change(room: Room) -> None:
    make_many(room.database, 7)
    drain(room.indexer)
    for generation in room.index.glob("gen-*"):
        shutil.rmtree(generation)
    change(room, 1, title_vi="Sau tai nạn")
    drain(room.indexer)
    assert room.ask("tai nạn").ids == (1,)
    assert room.ask().total == 7


def test_an_index_of_another_catalogue_is_not_believed(room: Room) -> None:
    make_many(room.database, 3)
    room.indexer.reconcile()
    with room.database.write() as session:
        catalogue_info(session).epoch = "restored"
        session.get_one(Dataset, 1).title_vi = "Cùng số phiên bản, khác nội dung"
    assert room.indexer.reconcile() == Repair(indexed=3)
    assert room.ask("khác nội dung").ids == (1,)


def test_illustrative_records_stay_out_where_they_are_hidden(room: Room) -> None:
    make_small_catalogue(room.database)
    drain(room.indexer)
    assert room.ask("minh họa").total == 1
    hiding = Indexer(room.database, room.indexer.writer, hide_illustrative=True)
    assert hiding.reconcile().removed == 1
    assert room.ask("minh họa").total == 0


def test_documents_have_facets_and_dates_of_the_catalogue(room: Room) -> None:
    make_small_catalogue(room.database)
    drain(room.indexer)
    facets = room.ask("không khí").facets
    assert [(each.value, each.count) for each in facets["theme"]] == [("moi-truong", 1)]
    assert [each.value for each in facets["agency"]] == ["so-y-te"]
    assert [each.value for each in facets["year"]] == ["2026"]


@pytest.mark.parametrize("number", [10, 300])
def test_loading_documents_costs_the_same_statements_however_many(
    room: Room, number: int, statements: list[str]
) -> None:
    make_many(room.database, number)
    with room.database.read() as session:
        statements.clear()
        assert len(load_documents(session, range(1, number + 1))) == number
        assert len(statements) <= 11


@pytest.fixture
def statements(room: Room) -> list[str]:
    seen: list[str] = []
    event.listen(
        room.database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: seen.append(statement),
    )
    return seen


def test_a_new_dataset_is_found_after_one_step(room: Room) -> None:
    make_many(room.database, 2)
    drain(room.indexer)
    with room.database.write() as session:
        make_dataset(session, "Vừa công bố")
    assert room.indexer.follow() == 1
    assert room.ask("vua cong bo").total == 1


def test_a_new_word_is_understood_by_the_next_generation(room: Room) -> None:
    make_many(room.database, 3)
    drain(room.indexer)
    before = room.ask().generation
    with room.database.write() as session:
        word = Word(term="hàng họ", kind=WordKind.SYNONYM, alternative="dữ liệu")
        session.add(word)
        record_change(session, word, action="create", is_public=False, actor="test", at=NOW)
    assert room.indexer.follow() == 1
    knowledge = WhooshReader(room.index, poll_seconds=0).knowledge()
    assert knowledge.glossary.readings(("hang", "ho"))
    assert room.ask().generation == before + 1
    assert room.indexer.reconcile() == Repair()
    assert room.ask().generation == before + 1, "the same words are not published again"
