"""Files become tables behind the change log: newest first, again when they must, and never half."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalog import table_queries
from portal.catalog.actors import ANONYMOUS
from portal.catalog.changes import catalogue_version, cursor_of, last_change_id
from portal.catalog.models import Distribution, State, table_uuid
from portal.catalog.services.datasets import Withdrawn
from portal.catalog.services.tables import (
    FileRead,
    TableNotFound,
    columns_of,
    keep_readings,
    schema_of,
    visible_table,
    wait_again,
)
from portal.catalog.table_queries import FoundTable
from portal.jobs.tables import FOLLOWER, TableFollower
from portal.tables.overrides import overrides_to
from portal.tables.query import parse
from portal.tables.reading import READER_VERSION
from portal.tables.refusals import Refusal
from portal.tables.rows import RowProcess
from portal.tables.values import FileReport, Overrides
from portal.wiring import Portal
from tests.factories import NOW, make_portal
from tests.table_files import WARDS, add_table_file, add_table_version, read_tables


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    portal = make_portal(tmp_path)
    yield portal
    portal.close()


def find(portal: Portal, uuid: UUID, version: int | None = None) -> FoundTable:
    with portal.database.read() as session:
        return visible_table(session, ANONYMOUS, uuid, version=version, hide_illustrative=False)


def distribution_of(session: Session, uuid: UUID) -> Distribution:
    return session.scalars(select(Distribution).where(Distribution.uuid == uuid)).one()


def state_of(portal: Portal, uuid: UUID) -> tuple[str, str | None]:
    with portal.database.read() as session:
        found = distribution_of(session, uuid)
        return found.table_state, found.table_reason


def rows(portal: Portal, found: FoundTable) -> list[tuple[object, ...]]:
    path = portal.tables.local_path(found.table.sha256)
    assert path is not None
    process = RowProcess(portal.settings.tables_folder, portal.settings.row_slots_folder)
    try:
        schema = schema_of(found.table)
        return list(process.page(parse([], schema), schema, path).rows)
    finally:
        process.close()


def test_a_file_waits_is_read_and_tells_of_it(portal: Portal) -> None:
    uuid = add_table_file(portal, "Dân số các phường", WARDS)
    assert state_of(portal, uuid) == ("waiting", None)
    with portal.database.read() as session:
        before = catalogue_version(session)
    read_tables(portal)
    found = find(portal, uuid)
    assert state_of(portal, uuid) == ("ready", None)
    assert [each.name for each in columns_of(found.table)] == [
        "Phường",
        "Dân số",
        "Diện tích (km2)",
        "Ngày đo",
    ]
    assert found.distribution.tables[0] | {"name": None} == {
        "id": str(uuid), "name": None, "rows": 5, "columns": 4, "is_mapped": False,
    }  # fmt: skip
    assert rows(portal, found)[0] == ("Hải Châu", 131427, 7.58, "2025-07-01")
    with portal.database.read() as session:
        assert catalogue_version(session) != before, "public answers that were kept are old now"
        assert cursor_of(session, FOLLOWER) == last_change_id(session)
        assert found.dataset.version == 1 and found.dataset.tables_version == 1, (
            "no new version of the record"
        )
    assert TableFollower(portal).follow() == 0


def test_what_is_no_table_says_why_and_hides_nothing_else(portal: Portal) -> None:
    text = add_table_file(portal, "Công văn", "%PDF-1.4\nkhông phải bảng", name="cong-van.pdf")
    table = add_table_file(portal, "Dân số các phường", WARDS)
    read_tables(portal)
    assert state_of(portal, text)[0] == "failed" and state_of(portal, text)[1]
    assert state_of(portal, table) == ("ready", None)
    with pytest.raises(TableNotFound):
        find(portal, text)


def test_the_old_table_serves_until_the_new_one_is_read_and_stays_as_a_version(portal: Portal) -> None:
    uuid = add_table_file(portal, "Dân số các phường", WARDS)
    read_tables(portal)
    add_table_version(portal, uuid, WARDS + "Sơn Trà,112000,8.1,05/07/2025\n")
    assert state_of(portal, uuid) == ("waiting", None)
    assert find(portal, uuid).table.rows == 5
    read_tables(portal)
    assert (find(portal, uuid).table.rows, find(portal, uuid, 1).table.rows) == (6, 5)
    with portal.database.read() as session:
        assert [each.file.number for each in table_queries.table_versions(session, uuid)] == [2, 1]


def test_a_newest_version_without_a_table_leaves_none(portal: Portal) -> None:
    uuid = add_table_file(portal, "Dân số các phường", WARDS, "%PDF-1.4\n")
    read_tables(portal)
    assert state_of(portal, uuid) == ("failed", "not-a-table")
    with pytest.raises(TableNotFound):
        find(portal, uuid)
    assert find(portal, uuid, 1).table.rows == 5, "the version before keeps its table"


def test_sheets_are_tables_with_ids_that_stay(portal: Portal, tmp_path: Path) -> None:
    path = tmp_path / "hai.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Một", "Hai"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Tên", "Số"])
            for number in range(1, 4):
                sheet.write_row(number, 0, [f"{name} {number}", number])
    uuid = add_table_file(portal, "Hai trang tính", path.read_bytes(), name="hai.xlsx")
    read_tables(portal)
    second = find(portal, table_uuid(uuid, 1))
    assert (find(portal, uuid).table.name, second.table.name) == ("Một", "Hai")
    assert second.distribution.uuid == uuid


@pytest.mark.parametrize("state", [State.DRAFT, State.SCHEDULED, State.TRASHED])
def test_tables_of_what_is_not_public_are_read_and_not_seen(portal: Portal, state: State) -> None:
    uuid = add_table_file(portal, "Chưa công bố", WARDS, state=state)
    with portal.database.read() as session:
        before = catalogue_version(session)
    read_tables(portal)
    assert state_of(portal, uuid) == ("ready", None)
    with pytest.raises(TableNotFound):
        find(portal, uuid)
    with portal.database.read() as session:
        assert catalogue_version(session) == before, "nobody may notice"


def test_a_withdrawn_table_is_withdrawn(portal: Portal) -> None:
    uuid = add_table_file(portal, "Đã rút", WARDS, state=State.WITHDRAWN)
    read_tables(portal)
    with pytest.raises(Withdrawn):
        find(portal, uuid)


def test_lost_tables_come_back(portal: Portal) -> None:
    uuid = add_table_file(portal, "Dân số các phường", WARDS)
    read_tables(portal)
    sha256 = find(portal, uuid).table.sha256
    shutil.rmtree(portal.settings.tables_folder / sha256[:2])
    (portal.settings.tables_folder / sha256[:2]).mkdir()
    read_tables(portal)
    assert portal.tables.exists(sha256) and rows(portal, find(portal, uuid))


def test_a_stewards_word_is_obeyed(portal: Portal) -> None:
    uuid = add_table_file(portal, "Dân số các phường", WARDS)
    read_tables(portal)
    with portal.database.write() as session:
        distribution = distribution_of(session, uuid)
        distribution.reading_overrides = overrides_to(Overrides(header_row=0))
        wait_again(session, distribution)
    assert find(portal, uuid).table.rows == 5, "the old reading serves meanwhile"
    read_tables(portal)
    assert find(portal, uuid).table.rows == 6, "the header is a row now"


def test_what_was_read_without_the_stewards_last_word_is_left_out(portal: Portal) -> None:
    uuid = add_table_file(portal, "Dân số các phường", WARDS)
    with portal.database.read() as session:
        owed = table_queries.owed_files(session, READER_VERSION, limit=1)[0]
    with portal.database.write() as session:
        distribution_of(session, uuid).reading_overrides = overrides_to(Overrides(header_row=0))
        late = FileRead(owed, FileReport(Path(), owed.name, None, refusal=Refusal("damaged")), ())
        keep_readings(session, [late], NOW)
    assert state_of(portal, uuid) == ("waiting", None)


def test_a_file_that_the_storage_lost_is_reported_and_stops_nobody(portal: Portal) -> None:
    lost = add_table_file(portal, "Bị mất", "a,b\n1,2\n3,4\n")
    with portal.database.read() as session:
        portal.storage.delete(table_queries.owed_files(session, READER_VERSION, limit=1)[0].sha256)
    kept = add_table_file(portal, "Dân số các phường", WARDS)
    read_tables(portal)
    assert state_of(portal, lost) == ("failed", "damaged")
    assert state_of(portal, kept) == ("ready", None)


def test_what_is_real_is_read_before_what_is_illustrative(portal: Portal) -> None:
    real = add_table_file(portal, "Dân số các phường", WARDS)
    add_table_file(portal, "Minh họa", WARDS + "X,1,1,\n", illustrative=True)
    with portal.database.read() as session:
        owed = table_queries.owed_files(session, READER_VERSION, limit=1)
        assert [each.distribution_id for each in owed] == [distribution_of(session, real).id]
