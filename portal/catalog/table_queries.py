"""Reads of tables: which there are, which are still owed, and by which Parquet files they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from portal.catalog.models import (
    Dataset,
    DataTable,
    Distribution,
    FileVersion,
    Place,
    Reading,
    TableDigest,
)

# Of a file with more versions the newest are read; who compares older ones has the files themselves.
_VERSIONS_READ = 20


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table in one version, with the rows it hangs on; the dataset is bare but for what replaces it."""

    table: DataTable
    reading: Reading
    file: FileVersion
    distribution: Distribution
    dataset: Dataset


@dataclass(frozen=True, slots=True)
class TableVersion:
    """That there is a table in a file version, without its columns."""

    number: int
    rows: int
    file_name: str
    created_at: datetime
    read_at: datetime


@dataclass(frozen=True, slots=True)
class OwedFile:
    """A file version that is to be read."""

    file_version_id: int
    distribution_id: int
    sha256: str
    name: str
    overrides: dict[str, Any]


def find_table(session: Session, uuid: UUID, version: int | None = None) -> FoundTable | None:
    """The table in this file version, or as it is now; of a dataset in whatever state. Two statements."""
    number = FileVersion.number
    query = _joined().where(
        DataTable.uuid == uuid, number == (Distribution.table_version if version is None else version)
    )
    row = session.execute(query.options(selectinload(Dataset.replacement))).first()
    return _found(row) if row else None


def table_versions(session: Session, uuid: UUID) -> Sequence[FoundTable]:
    """The table in every version that has it, newest first."""
    query = _joined().where(DataTable.uuid == uuid).options(selectinload(Dataset.replacement))
    return [_found(row) for row in session.execute(query.order_by(FileVersion.number.desc()))]


def tables_with_history(session: Session, distribution_ids: Sequence[int]) -> set[UUID]:
    """Present tables of distributions that an earlier version has as well."""
    query = (
        select(DataTable.uuid)
        .join(Reading, DataTable.reading_id == Reading.id)
        .join(FileVersion, Reading.file_version_id == FileVersion.id)
        .join(Distribution, FileVersion.distribution_id == Distribution.id)
        .where(Distribution.id.in_(distribution_ids), FileVersion.number <= Distribution.table_version)
        .group_by(DataTable.uuid)
        .having(func.count() > 1, func.max(FileVersion.number) == func.max(Distribution.table_version))
    )
    return set(session.scalars(query))


def version_lines(session: Session, uuid: UUID) -> list[TableVersion]:
    """In which versions of its file the table is, newest first."""
    query = (
        select(FileVersion.number, DataTable.rows, FileVersion.name, FileVersion.created_at, Reading.read_at)
        .join(Reading, DataTable.reading_id == Reading.id)
        .join(FileVersion, Reading.file_version_id == FileVersion.id)
        .where(DataTable.uuid == uuid)
    )
    return [TableVersion(*row) for row in session.execute(query.order_by(FileVersion.number.desc()))]


def sibling_tables(session: Session, reading_id: int) -> Sequence[DataTable]:
    """All tables of one reading, by position."""
    query = select(DataTable).where(DataTable.reading_id == reading_id)
    return session.scalars(query.order_by(DataTable.position)).all()


def current_tables(session: Session, distribution_ids: Sequence[int]) -> dict[int, list[DataTable]]:
    """The present tables of distributions, by id; one statement, columns and profiles included."""
    found: dict[int, list[DataTable]] = {}
    query = (
        select(Distribution.id, DataTable)
        .join(FileVersion, _is_current())
        .join(Reading, Reading.file_version_id == FileVersion.id)
        .join(DataTable, DataTable.reading_id == Reading.id)
        .where(Distribution.id.in_(distribution_ids))
        .order_by(Distribution.id, DataTable.position)
        .options(contains_eager(DataTable.reading))
    )
    for distribution_id, table in session.execute(query):
        found.setdefault(distribution_id, []).append(table)
    return found


def load_tables(session: Session, distributions: Sequence[Distribution]) -> None:
    """Loads `read_tables` of distributions and the readings that they are of: one statement, none where nothing was
    read."""
    read = [each.id for each in distributions if each.table_version is not None]
    found = current_tables(session, read) if read else {}
    for each in distributions:
        set_committed_value(each, "read_tables", found.get(each.id, []))


def digests(session: Session, distribution_ids: Sequence[int]) -> dict[int, list[TableDigest]]:
    """What search keeps of the present tables of distributions, by id, without cells; one statement."""
    found: dict[int, list[TableDigest]] = {}
    query = (
        select(FileVersion.distribution_id, TableDigest)
        .join(Reading, Reading.file_version_id == FileVersion.id)
        .join(DataTable, DataTable.reading_id == Reading.id)
        .join(TableDigest, TableDigest.table_id == DataTable.id)
        .where(FileVersion.distribution_id.in_(distribution_ids))
        .order_by(FileVersion.distribution_id, DataTable.position)
    )
    for distribution_id, digest in session.execute(query):
        found.setdefault(distribution_id, []).append(digest)
    return found


def reading_of(session: Session, file_version_id: int) -> Reading | None:
    """What was read out of a file version, with its tables."""
    query = select(Reading).where(Reading.file_version_id == file_version_id)
    return session.scalars(query.options(selectinload(Reading.tables))).first()


def newest_reading(session: Session, distribution_id: int) -> tuple[int, Reading] | None:
    """The newest file version of a distribution that was read, by its number, with its tables."""
    query = (
        select(FileVersion.number, Reading)
        .join(Reading, Reading.file_version_id == FileVersion.id)
        .where(FileVersion.distribution_id == distribution_id)
        .order_by(FileVersion.number.desc())
        .limit(1)
        .options(selectinload(Reading.tables))
    )
    row = session.execute(query).first()
    return (row[0], row[1]) if row else None


def owed_files(session: Session, reader_version: int, *, limit: int) -> list[OwedFile]:
    """File versions of distributions that wait and are not read in the present way: those whose files came last
    first, of each file the newest version first."""
    waiting = (
        select(Distribution.id)
        .join(Dataset, Dataset.id == Distribution.dataset_id)
        .where(Distribution.table_state == "waiting")
    )
    # What was made to show the portal waits behind everything that is real.
    order = (Dataset.illustrative, Distribution.updated_at.desc(), Distribution.id)
    newest = waiting.order_by(*order).limit(limit).subquery()
    query = (
        select(
            FileVersion.id,
            Distribution.id,
            FileVersion.sha256,
            FileVersion.name,
            Distribution.reading_overrides,
        )
        .join(newest, newest.c.id == FileVersion.distribution_id)
        .join(Distribution, Distribution.id == FileVersion.distribution_id)
        .outerjoin(Reading, Reading.file_version_id == FileVersion.id)
        .where(*_not_read(reader_version))
        .order_by(Distribution.updated_at.desc(), Distribution.id, FileVersion.number.desc())
    )
    return [OwedFile(*row) for row in session.execute(query.limit(limit))]


def is_owed(session: Session, distribution_id: int, reader_version: int) -> bool:
    """Whether any of the distribution's versions that are read is not read in the present way."""
    query = (
        select(FileVersion.id)
        .join(Distribution, Distribution.id == FileVersion.distribution_id)
        .outerjoin(Reading, Reading.file_version_id == FileVersion.id)
        .where(Distribution.id == distribution_id, *_not_read(reader_version))
    )
    return session.scalar(query.limit(1)) is not None


def waiting_count(session: Session) -> int:
    """How many distributions wait to be read."""
    waiting = select(func.count(Distribution.id)).where(Distribution.table_state == "waiting")
    return session.scalar(waiting) or 0


def is_waiting(session: Session, distribution: UUID) -> bool:
    """Whether a file of the distribution is still to be read."""
    state = select(Distribution.table_state).where(Distribution.uuid == distribution)
    return session.scalar(state) == "waiting"


def unit_names(session: Session) -> dict[str, tuple[str, ...]]:
    """Names of the city's units and their predecessors by code; a column of these codes is known by them."""
    rows = session.execute(select(Place.code, Place.name_vi, Place.name_en))
    return {row.code: tuple(each for each in (row.name_vi, row.name_en) if each) for row in rows}


def parquet_hashes(session: Session) -> set[str]:
    """SHA-256 of every Parquet file that some table is kept in."""
    return set(session.scalars(select(DataTable.sha256).distinct()))


def _joined() -> Select[DataTable, Reading, FileVersion, Distribution, Dataset]:
    return (
        select(DataTable, Reading, FileVersion, Distribution, Dataset)
        .join(Reading, DataTable.reading_id == Reading.id)
        .join(FileVersion, Reading.file_version_id == FileVersion.id)
        .join(Distribution, FileVersion.distribution_id == Distribution.id)
        .join(Dataset, Distribution.dataset_id == Dataset.id)
    )


def _found(row: Row[DataTable, Reading, FileVersion, Distribution, Dataset]) -> FoundTable:
    table, reading, file, distribution, dataset = row
    return FoundTable(table, reading, file, distribution, dataset)


def _is_current() -> ColumnElement[bool]:
    return and_(
        FileVersion.distribution_id == Distribution.id, FileVersion.number == Distribution.table_version
    )


def _not_read(reader_version: int) -> tuple[ColumnElement[bool], ...]:
    is_new = FileVersion.number > _newest_number() - _VERSIONS_READ
    return is_new, or_(Reading.id.is_(None), Reading.reader_version != reader_version)


def _newest_number() -> ScalarSelect[int]:
    every = aliased(FileVersion)
    newest = select(func.max(every.number)).where(every.distribution_id == Distribution.id)
    return newest.correlate(Distribution).scalar_subquery()
