"""Tables of files: what was read is kept beside the file version, and seen by whoever may see the dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from portal.catalog import table_queries
from portal.catalog.actors import SYSTEM, Actor
from portal.catalog.changes import record_change
from portal.catalog.models import Dataset, DataTable, Distribution, FileVersion, Reading, State, table_uuid
from portal.catalog.policies import DatasetNotFound
from portal.catalog.services import digests
from portal.catalog.services.datasets import seen
from portal.catalog.services.digests import Digest
from portal.catalog.table_queries import FoundTable, OwedFile
from portal.errors import NotFound
from portal.tables.overrides import overrides_to
from portal.tables.reading import READER_VERSION, column_from
from portal.tables.schema import Schema, schema_of_columns
from portal.tables.values import Column, FileReport, Overrides, Table
from portal.text import LocalizedText

READ = "read"
"""The action of a change that says: tables of this dataset's files were read."""


class TableNotFound(NotFound):
    """Unknown, of a version that has none, or of a dataset that is not to be known of: all answer alike."""

    message = LocalizedText("Không có bảng dữ liệu này.", "There is no such table.")


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table whose Parquet file lies in the storage of tables under this SHA-256, and what search keeps of it."""

    table: Table
    sha256: str
    byte_size: int
    digest: Digest


def visible_table(
    session: Session,
    actor: Actor,
    uuid: UUID | None,
    *,
    version: int | None = None,
    hide_illustrative: bool,
) -> FoundTable:
    """The table with this id, as it is now or in a file version, when `actor` may see its dataset. Two statements.

    Raises Withdrawn and TableNotFound.
    """
    found = table_queries.find_table(session, uuid, version) if uuid else None
    if found is None:
        raise TableNotFound
    try:
        seen(actor, found.dataset, hide_illustrative=hide_illustrative)
    except DatasetNotFound:
        raise TableNotFound from None
    return found


def columns_of(table: DataTable) -> tuple[Column, ...]:
    """Its columns with profiles, decisions and warnings."""
    return tuple(map(column_from, table.columns))


def schema_of(table: DataTable) -> Schema:
    """What may be asked of it."""
    return schema_of_columns(
        columns_of(table), table.rows, has_totals=bool(table.total_rows), has_geometry=table.has_geometry
    )


@dataclass(frozen=True, slots=True)
class FileRead:
    """What became of a file that was owed."""

    owed: OwedFile
    report: FileReport
    tables: tuple[KeptTable, ...]


def keep_readings(session: Session, done: Sequence[FileRead], now: datetime) -> None:
    """Puts what was read in the place of what was read before, and tells of it once for each dataset. What is no
    longer wanted (the file is gone, or the steward said something else meanwhile) is left out."""
    told = {_keep(session, each, now) for each in done}
    for dataset_id in sorted(told - {None}, key=lambda each: each or 0):
        tell(session, session.get_one(Dataset, dataset_id), READ, SYSTEM, now)


def wait_again(session: Session, distribution: Distribution) -> None:
    """Lets the distribution's files be read again; what was read stays until then. The caller notes a change."""
    files = select(FileVersion.id).where(FileVersion.distribution_id == distribution.id)
    session.execute(update(Reading).where(Reading.file_version_id.in_(files)).values(reader_version=0))
    distribution.table_state = "waiting"


def choose_reading(distribution: Distribution, overrides: Overrides) -> None:
    """Says how the next file version is to be read; versions that were read stay as they are. The caller notes a
    change."""
    distribution.reading_overrides = overrides_to(overrides)


def tell(session: Session, dataset: Dataset, action: str, actor: Actor, now: datetime) -> None:
    """What readers and followers see of the dataset is different, though the record has no new version."""
    session.execute(
        update(Dataset)
        .where(Dataset.id == dataset.id)
        .values(tables_version=Dataset.tables_version + 1)
        .execution_options(synchronize_session=False)
    )
    is_public = dataset.state is State.PUBLISHED
    record_change(
        session, dataset, action=action, is_public=is_public, actor=actor.name, at=now, is_derived=True
    )


def wait_for_outdated(session: Session, missing: frozenset[str]) -> None:
    """Lets files be read again that were read in an older way, or whose tables lie in `missing` Parquet files."""
    if missing:
        lost = select(DataTable.reading_id).where(DataTable.sha256.in_(missing))
        session.execute(update(Reading).where(Reading.id.in_(lost)).values(reader_version=0))
    owing = (
        select(FileVersion.distribution_id)
        .outerjoin(Reading, Reading.file_version_id == FileVersion.id)
        .join(Distribution, Distribution.id == FileVersion.distribution_id)
        .where(Distribution.table_state != "waiting")
        .where((Reading.id.is_not(None)) & (Reading.reader_version != READER_VERSION))
    )
    waiting = update(Distribution).where(Distribution.id.in_(owing)).values(table_state="waiting")
    session.execute(waiting.execution_options(synchronize_session=False))


def _keep(session: Session, done: FileRead, now: datetime) -> int | None:
    file = session.get(FileVersion, done.owed.file_version_id)
    distribution = session.get(Distribution, done.owed.distribution_id)
    if file is None or distribution is None or distribution.reading_overrides != done.owed.overrides:
        return None
    _remove_reading(session, file)
    reading = _reading(file, done, now)
    reading.tables = [_table(distribution.uuid, each) for each in done.tables]
    session.add(reading)
    session.flush()
    _settle(session, distribution)
    digests.renew(session, distribution, file, {each.table.position: each.digest for each in done.tables})
    return distribution.dataset_id


def _remove_reading(session: Session, file: FileVersion) -> None:
    found = select(Reading).where(Reading.file_version_id == file.id).options(selectinload(Reading.tables))
    for reading in session.scalars(found):
        session.delete(reading)
    session.flush()


def _reading(file: FileVersion, done: FileRead, now: datetime) -> Reading:
    report, refusal = done.report, done.report.refusal
    return Reading(
        file_version_id=file.id,
        reader_version=READER_VERSION,
        overrides=done.owed.overrides,
        format=report.format,
        encoding=report.encoding,
        refusal_code=refusal.code if refusal else None,
        refusal_values=dict(refusal.values) if refusal else {},
        notes=[asdict(note) for note in report.notes],
        samples=[{"encoding": encoding, "text": text} for encoding, text in report.readings],
        read_at=now,
    )


def _table(distribution: UUID, kept: KeptTable) -> DataTable:
    table = kept.table
    return DataTable(
        uuid=table_uuid(distribution, table.position),
        position=table.position,
        name=table.name,
        sha256=kept.sha256,
        byte_size=kept.byte_size,
        rows=table.rows,
        columns=[asdict(column) for column in table.columns],
        total_rows=list(table.total_rows),
        captions=list(table.captions),
        notes=[asdict(note) for note in table.notes],
        has_geometry=table.has_geometry,
    )


def _settle(session: Session, distribution: Distribution) -> None:
    """Tells on the distribution what became of its newest version, and whether older ones are still owed."""
    read = _present_readings(session, distribution)
    numbers = select(FileVersion.number).where(FileVersion.distribution_id == distribution.id)
    newest = max(session.scalars(numbers))
    if (reading := read.get(newest)) is not None:
        distribution.tables = [_summary(each) for each in reading.tables]
        distribution.table_version = newest if reading.tables else None
        distribution.table_reason = reading.refusal_code
        distribution.table_reason_values = reading.refusal_values
    if not table_queries.is_owed(session, distribution.id, READER_VERSION):
        distribution.table_state = "ready" if distribution.tables else "failed"


def _present_readings(session: Session, distribution: Distribution) -> dict[int, Reading]:
    query = (
        select(FileVersion.number, Reading)
        .join(Reading, Reading.file_version_id == FileVersion.id)
        .where(FileVersion.distribution_id == distribution.id, Reading.reader_version == READER_VERSION)
        .options(selectinload(Reading.tables))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _summary(table: DataTable) -> dict[str, object]:
    schema = schema_of(table)
    return {
        "id": str(table.uuid),
        "name": table.name,
        "rows": table.rows,
        "columns": len(table.columns),
        "is_mapped": table.has_geometry or schema.place is not None,
    }
