"""What was read out of a file version: its tables, or the reason why there is none. Derived; made anew at any time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalog.models.base import Base
from portal.catalog.models.distribution import FileVersion


class Reading(Base):
    """One file version as it was read, and what the steward had said of it by then."""

    __tablename__ = "file_reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_version_id: Mapped[int] = mapped_column(
        ForeignKey("file_version.id", ondelete="CASCADE"), unique=True
    )
    # Another number than the reader's own means: to be read again.
    reader_version: Mapped[int]
    # As `portal.tables.overrides` writes them; others than the distribution's mean: to be read again.
    overrides: Mapped[dict[str, Any]] = mapped_column(default=dict)
    format: Mapped[str | None]
    encoding: Mapped[str | None]
    # Why there is no table (`portal.tables.refusals`).
    refusal_code: Mapped[str | None]
    refusal_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Code, evidence and count of each (`portal.tables.notes`).
    notes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    # Encoding and the beginning of the text in it, where several may be the right one; empty when there is no doubt.
    samples: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    read_at: Mapped[datetime]

    file_version: Mapped[FileVersion] = relationship(lazy="raise")
    tables: Mapped[list[DataTable]] = relationship(
        back_populates="reading",
        order_by="DataTable.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="raise",
    )


class DataTable(Base):
    """One table of a file version. The same place in the next version is the next version of the same table."""

    __tablename__ = "data_table"
    __table_args__ = (UniqueConstraint("reading_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("file_reading.id", ondelete="CASCADE"))
    # The same through all versions of a distribution: `table_uuid`.
    uuid: Mapped[UUID] = mapped_column(index=True)
    position: Mapped[int]
    # Of the sheet, the member of an archive, or the key of a JSON document.
    name: Mapped[str | None]
    # The Parquet file, in the storage of tables.
    sha256: Mapped[str] = mapped_column(index=True)
    byte_size: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int] = mapped_column(BigInteger)
    # Columns with profiles, decisions and warnings (`portal.tables.reading.column_from`).
    columns: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    total_rows: Mapped[list[int]] = mapped_column(default=list)
    captions: Mapped[list[str]] = mapped_column(default=list)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    has_geometry: Mapped[bool] = mapped_column(default=False)

    reading: Mapped[Reading] = relationship(back_populates="tables", lazy="raise")


def table_uuid(distribution: UUID, position: int) -> UUID:
    """A table's id: that of its distribution for the first, one made of it for the others (sheets)."""
    return distribution if position == 0 else uuid5(distribution, str(position))
