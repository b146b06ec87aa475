"""Keeping what search must know of the present tables, with the reading that it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.catalog.models import DataTable, Distribution, FileVersion, Reading, TableDigest, TableKey
from portal.tables.values import Cell, Column


@dataclass(frozen=True, slots=True)
class Digest:
    """The columns that the file has; of a small table also its texts, its cells, and the keys by which questions
    find it."""

    columns: tuple[Column, ...]
    texts: tuple[str, ...] = ()
    cells: tuple[tuple[Cell, ...], ...] = ()
    column_keys: frozenset[str] = frozenset()
    value_keys: frozenset[str] = frozenset()


def renew(
    session: Session, distribution: Distribution, file: FileVersion, digests: Mapping[int, Digest]
) -> None:
    """Keeps digests of the tables that the distribution has now, and of no earlier ones. `digests`, by position, are
    those of `file`, which may be an older version: then they are left out."""
    _forget_earlier(session, distribution)
    if file.number != distribution.table_version:
        return
    tables = select(DataTable.id, DataTable.position).join(Reading).where(Reading.file_version_id == file.id)
    for table_id, position in session.execute(tables).all():
        if (digest := digests.get(position)) is not None:
            _keep(session, distribution.dataset_id, table_id, digest)


def _forget_earlier(session: Session, distribution: Distribution) -> None:
    earlier = (
        select(DataTable.id)
        .join(Reading, DataTable.reading_id == Reading.id)
        .join(FileVersion, Reading.file_version_id == FileVersion.id)
        .where(FileVersion.distribution_id == distribution.id)
    )
    if distribution.table_version is not None:
        earlier = earlier.where(FileVersion.number != distribution.table_version)
    session.execute(
        delete(TableDigest)
        .where(TableDigest.table_id.in_(earlier))
        .execution_options(synchronize_session=False)
    )


def _keep(session: Session, dataset_id: int, table_id: int, digest: Digest) -> None:
    session.add(
        TableDigest(
            table_id=table_id,
            dataset_id=dataset_id,
            columns=[_column(each) for each in digest.columns],
            texts=list(digest.texts),
            cells=[list(row) for row in digest.cells],
        )
    )
    session.flush()
    keys = [(key, True) for key in digest.column_keys] + [(key, False) for key in digest.value_keys]
    if keys:
        rows = [{"key": key, "is_column": is_column, "table_id": table_id} for key, is_column in keys]
        session.execute(insert(TableKey), rows)


def _column(column: Column) -> dict[str, object]:
    return {
        "position": column.position,
        "key": column.key,
        "name": column.name,
        "type": column.type.value,
        "unit": column.unit,
    }
