"""Distributions: what a dataset can be had as, a file with immutable versions or a link."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from portal.catalog.models.base import Base
from portal.catalog.models.concept import Concept
from portal.text import LocalizedText

if TYPE_CHECKING:
    from portal.catalog.models.dataset import Dataset
    from portal.catalog.models.table import DataTable


class DistributionKind(StrEnum):
    """A file that the portal keeps, or a link to somebody else's."""

    FILE = "file"
    LINK = "link"


class Distribution(Base):
    """One way to have a dataset. A file's size and hash are those of its newest version."""

    __tablename__ = "distribution"
    __table_args__ = (
        CheckConstraint("(kind = 'link') = (access_url IS NOT NULL)", name="link_has_address"),
        Index("ix_distribution_dataset_position", "dataset_id", "position"),
        # Few at any time, and looked for after every change.
        Index(
            "ix_distribution_table_waiting",
            "updated_at",
            sqlite_where=text("table_state = 'waiting'"),
            postgresql_where=text("table_state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[DistributionKind]
    title_vi: Mapped[str] = mapped_column(default="")
    title_en: Mapped[str | None]
    description_vi: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str | None]
    access_url: Mapped[str | None]
    format_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id"))
    # The format as the source words it; shown when no concept of ours matches.
    format_raw: Mapped[str | None]
    media_type: Mapped[str | None]
    # Where an import took this from (path or address): finds the same distribution again next time.
    source_key: Mapped[str | None]
    # Column dictionary: name, title_vi, title_en, type, unit, description_vi, description_en of each.
    columns: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    rows: Mapped[int | None]
    # What follows is derived from the file by whoever reads tables (`catalog.services.tables`).
    # none: a link; waiting: to be read; ready; failed: `table_reason`, a code of `portal.tables.refusals`, tells why.
    table_state: Mapped[str] = mapped_column(default="none")
    table_reason: Mapped[str | None]
    table_reason_values: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    # The file version that the tables are of: the newest that was read.
    table_version: Mapped[int | None]
    # Of each table: id, name, rows, columns (how many), is_mapped.
    tables: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default=text("'[]'"))
    # A steward's word on how to read the file (`portal.tables.overrides`).
    reading_overrides: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    title: Mapped[LocalizedText] = composite("title_vi", "title_en")
    description: Mapped[LocalizedText] = composite("description_vi", "description_en")
    dataset: Mapped[Dataset] = relationship(back_populates="distributions", lazy="raise")
    format: Mapped[Concept | None] = relationship(lazy="raise")
    file_versions: Mapped[list[FileVersion]] = relationship(
        back_populates="distribution",
        order_by="FileVersion.number",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="raise",
    )
    # Of `table_version`; loaded only by who tells of columns (`table_queries.load_tables`).
    read_tables: Mapped[list[DataTable]] = relationship(
        secondary=lambda: Base.metadata.tables["file_version"].join(Base.metadata.tables["file_reading"]),
        primaryjoin="and_(Distribution.id == FileVersion.distribution_id, "
        "FileVersion.number == Distribution.table_version)",
        secondaryjoin="Reading.id == DataTable.reading_id",
        order_by="DataTable.position",
        viewonly=True,
        lazy="raise",
    )

    @property
    def current_file(self) -> FileVersion | None:
        """The newest file version; None for a link."""
        return self.file_versions[-1] if self.file_versions else None


class FileVersion(Base):
    """One immutable file: number 1, 2, 3 ... within its distribution."""

    __tablename__ = "file_version"
    __table_args__ = (
        UniqueConstraint("distribution_id", "number"),
        CheckConstraint("byte_size >= 0", name="size_not_negative"),
        CheckConstraint("length(sha256) = 64", name="sha256_is_hex"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distribution.id", ondelete="CASCADE"))
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(index=True)
    byte_size: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    media_type: Mapped[str]
    created_at: Mapped[datetime]

    distribution: Mapped[Distribution] = relationship(back_populates="file_versions", lazy="raise")
