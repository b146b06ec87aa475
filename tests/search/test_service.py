"""Search as doors call it: texts, segments, the database in the index's place."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import event, select

from portal.catalog.models import Dataset, State
from portal.catalog.queries import are_visible
from portal.database import Database
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.search.highlight import Segment
from portal.search.indexer import Indexer
from portal.search.request import PlainArguments, SearchRequest
from portal.search.service import SearchPage, search
from tests.factories import (
    make_database,
    make_dataset,
    make_file,
    make_index,
    make_many,
    make_portal,
    make_small_catalogue,
)
from tests.table_files import WARDS, add_table_file, read_tables


@dataclass(frozen=True)
class Room:
    database: Database
    index: Path

    def build(self) -> None:
        writer = WhooshWriter(self.index)
        Indexer(self.database, writer).reconcile()
        writer.close()

    def search(self, text: str = "", *, hide_illustrative: bool = False, **parameters: str) -> SearchPage:
        arguments = PlainArguments({"q": [text], **{name: [value] for name, value in parameters.items()}})
        request = SearchRequest.from_args(arguments)
        reader = WhooshReader(self.index, poll_seconds=0)
        with self.database.read() as session:
            return search(request, engine=reader, session=session, hide_illustrative=hide_illustrative)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    database = make_database(tmp_path)
    yield Room(database, tmp_path / "index")
    database.close()


def test_a_hit_has_its_title_its_snippet_and_why_it_matched(room: Room) -> None:
    make_small_catalogue(room.database)
    room.build()
    page = room.search("bui min")
    (hit,) = page.items
    assert hit.slug == "chat-luong-khong-khi"
    assert "".join(text for text, _ in hit.title) == "Chất lượng không khí tại Đà Nẵng"
    assert Segment("bụi mịn", True) in hit.snippet
    assert set(hit.matched) == {"description", "keywords"}
    assert hit.score > 0
    assert not page.degraded


def _with_tables(room: Room) -> None:
    with room.database.write() as session:
        for slug, title, name, columns in (
            ("dat", "Bảng giá các tuyến", "bang-gia.csv", ["gia_dat", "tenTruong"]),
            ("khac", "Giá đất ở", "khac.xlsx", ["so_nha"]),
        ):
            file = make_file(name, [b"x"])
            file.columns = [{"name": column, "title_vi": "Mục"} for column in columns]
            make_dataset(session, title, slug=slug, distributions=[file])
    room.build()


def _names(page: SearchPage) -> list[tuple[str, str]]:
    return [(each.kind, "".join(part.text for part in each.text)) for each in page.items[0].reasons]


def test_a_hit_by_a_column_or_file_says_which(room: Room) -> None:
    _with_tables(room)
    by_file = room.search("xlsx")
    assert (by_file.items[0].matched, _names(by_file)) == (("file",), [("file", "khac.xlsx")])
    by_column = room.search("truong")
    assert (by_column.items[0].matched, _names(by_column)) == (("column",), [("column", "tenTruong")])


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("cột:gia_dat", ["dat"]),
        ("cot: gia_dat tuyến", ["dat"]),
        ("COLUMN:giadat", ["dat"]),
        ('column:"giá đất"', ["dat"]),
        ("cột:ten", ["dat"]),
        ("cột:tentruong", ["dat"]),
        ("cột:dat_gia", []),
        ("giá -cột:gia_dat", ["khac"]),
        ("tệp:bang-gia", ["dat"]),
        ("file:xlsx", ["khac"]),
        ("file:gia_dat", []),
        ("cột:zzz", []),
    ],
)
def test_columns_and_files_are_asked_for_by_name(room: Room, text: str, slugs: list[str]) -> None:
    _with_tables(room)
    page = room.search(text)
    assert [hit.slug for hit in page.items] == slugs
    assert page.total == len(slugs)


def test_a_column_that_was_asked_for_is_shown(room: Room) -> None:
    _with_tables(room)
    page = room.search("cột:gia_dat")
    assert _names(page) == [("column", "gia_dat")]
    assert Segment("gia_dat", True) in page.items[0].reasons[0].text


def test_a_hit_by_a_row_shows_the_cell_and_names_of_columns_that_were_read(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    add_table_file(portal, "Đơn vị hành chính", WARDS)
    add_table_file(portal, "Thực phẩm", "Mặt hàng,Giá\nGạo,12500\nGạo nếp thơm,30000\n")
    read_tables(portal)
    make_index(portal)

    def found(text: str) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
        request = SearchRequest(text=text)
        with portal.database.read() as session:
            page = search(request, engine=portal.search, session=session)
        return page.items[0].matched, _names(page)

    assert found("thanh khe") == (("row",), [("row", "Thanh Khê")])
    assert found("gạo nếp") == (("row",), [("row", "Gạo nếp thơm")])
    assert found("gạo") == (("row",), [("row", "Gạo")])
    assert found("dân số") == (("column",), [("column", "Dân số")])
    portal.close()


def test_nothing_found_offers_what_finds_something(room: Room) -> None:
    _with_tables(room)
    assert room.search("cột:tuyến").suggestions == ("tuyến",)
    assert room.search('"giá tuyến"').suggestions == ("giá tuyến",)
    assert room.search("-giá giá").suggestions == ("giá",)
    assert room.search("zzzz").suggestions == ()
    assert room.search("giá đất").suggestions == ()


def test_words_that_filters_exclude_need_no_others(room: Room) -> None:
    _with_tables(room)
    page = room.search("giá", theme="khong-co")
    assert (page.total, page.suggestions) == (0, ())


def test_markup_in_a_title_stays_text(room: Room) -> None:
    with room.database.write() as session:
        make_dataset(session, "<script>alert(1)</script> & <b>chợ</b>", slug="markup")
    room.build()
    (hit,) = room.search("script chợ").items
    assert Segment("script", True) in hit.title
    assert "".join(text for text, _ in hit.title) == "<script>alert(1)</script> & <b>chợ</b>"


def test_what_was_withdrawn_a_moment_ago_is_not_shown(room: Room) -> None:
    make_many(room.database, 3)
    room.build()
    with room.database.write() as session:
        session.get_one(Dataset, 2).state = State.TRASHED
    assert [hit.dataset_id for hit in room.search().items] == [1, 3]


@pytest.mark.parametrize("number", [10, 200])
def test_a_search_costs_one_statement_however_many_records(room: Room, number: int) -> None:
    make_many(room.database, number)
    room.build()
    seen: list[str] = []
    event.listen(room.database.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    assert room.search("bộ dữ liệu", page_size="10").total == number
    assert len([statement for statement in seen if statement.startswith("SELECT")]) == 1


def test_without_an_index_the_database_answers(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    catalogue = make_small_catalogue(room.database)
    with caplog.at_level(logging.WARNING):
        page = room.search("chat luong")
    assert page.degraded
    assert [hit.slug for hit in page.items] == [catalogue.full]
    assert page.total == 1
    assert page.facets == {}
    assert "index-missing" in caplog.text


def test_a_broken_index_is_no_error_either(room: Room) -> None:
    make_small_catalogue(room.database)
    room.build()
    for path in room.index.glob("gen-*/*"):
        path.write_bytes(b"nonsense")
    page = room.search("nhiệt độ")
    assert page.degraded
    assert len(page.items) == 1


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({"theme": "moi-truong"}, 2),
        ({"agency": "so-y-te"}, 2),
        ({"place": "20194"}, 1),
        ({"format": "csv"}, 1),
        ({"licence": "cc-by-4.0"}, 1),
        ({"frequency": "annual"}, 1),
        ({"year": "2026"}, 1),
        ({"year": "1999"}, 0),
        ({"theme": "moi-truong", "format": "csv"}, 1),
    ],
)
def test_index_and_database_agree_on_filters(room: Room, parameters: dict[str, str], count: int) -> None:
    make_small_catalogue(room.database)
    by_database = room.search(**parameters)
    room.build()
    by_index = room.search(**parameters)
    assert by_database.degraded and not by_index.degraded
    assert by_database.total == by_index.total == count
    assert {hit.slug for hit in by_database.items} == {hit.slug for hit in by_index.items}


@pytest.mark.parametrize("text", ["100%", "_", "%_%", "\\", "-chất", '"không khí"'])
def test_the_database_takes_signs_as_signs(room: Room, text: str) -> None:
    make_small_catalogue(room.database)
    page = room.search(text)
    assert page.degraded
    expected = {"-chất": 2, '"không khí"': 1, "100%": 0}
    assert page.total == expected.get(text, 3), "signs alone ask for nothing in particular"


def test_illustrative_records_are_hidden_from_both(room: Room) -> None:
    make_small_catalogue(room.database)
    assert room.search("minh họa", hide_illustrative=True).total == 0
    room.build()
    assert room.search("minh họa", hide_illustrative=True).items == ()


def test_pages_are_counted(room: Room) -> None:
    make_many(room.database, 45)
    room.build()
    page = room.search("bộ", page="3")
    assert (page.total, page.pages, len(page.items)) == (45, 3, 5)
    assert room.search("không có gì").pages == 1


def test_hits_are_read_by_their_ids(room: Room) -> None:
    """Without statistics SQLite prefers going through everything published, 20 ms at 100,000 datasets."""
    wanted = select(Dataset.id).where(*are_visible([1, 2, 3], hide_illustrative=True))
    with room.database.read() as session:
        engine = session.get_bind()
        compiled = wanted.compile(engine, compile_kwargs={"render_postcompile": True})
        values = tuple(str(compiled.params[name]) for name in compiled.positiontup or ())
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all()
    assert ["INTEGER PRIMARY KEY" in row[3] for row in plan] == [True]
