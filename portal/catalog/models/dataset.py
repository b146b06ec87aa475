"""Datasets: the records of the catalogue."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship, validates

from portal.catalog.models.agency import Agency
from portal.catalog.models.base import Base, DayOrInstant, When
from portal.catalog.models.concept import Concept
from portal.catalog.models.distribution import Distribution
from portal.catalog.models.place import Place
from portal.catalog.models.series import Series
from portal.text import LocalizedText


class State(StrEnum):
    """Where a dataset stands in its life; `catalog.lifecycle` tells the moves."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    TRASHED = "trashed"


dataset_theme = Table(
    "dataset_theme",
    Base.metadata,
    Column("dataset_id", ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True),
    Column("concept_id", ForeignKey("concept.id"), primary_key=True, index=True),
)
dataset_place = Table(
    "dataset_place",
    Base.metadata,
    Column("dataset_id", ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True),
    Column("place_id", ForeignKey("place.id"), primary_key=True, index=True),
)


class Dataset(Base):
    """One dataset. Empty means not known, never "none"; raw words stand beside the concepts they matched."""

    __tablename__ = "dataset"
    __table_args__ = (
        CheckConstraint("title_vi <> ''", name="has_title"),
        CheckConstraint("(state = 'scheduled') = (scheduled_at IS NOT NULL)", name="scheduled_has_time"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_has_time"),
        CheckConstraint("state <> 'withdrawn' OR withdrawal_reason <> ''", name="withdrawn_has_reason"),
        CheckConstraint(
            "temporal_start IS NULL OR temporal_end IS NULL OR temporal_start <= temporal_end",
            name="period_in_order",
        ),
        Index("ix_dataset_state_modified", "state", "modified"),
        # The newest changes of all that is public, at any page.
        Index("ix_dataset_state_updated", "state", "updated_at", "id"),
        # The order of harvests, and all that tells whether a harvester is told of the record.
        Index("ix_dataset_datestamp", "datestamp", "id", "state", "illustrative", "agency_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    slug: Mapped[str] = mapped_column(unique=True)
    # Mã định danh: the key by which an import finds the record again.
    identifier: Mapped[str] = mapped_column(unique=True)
    # The record's own identifier in its source; not unique.
    other_identifier: Mapped[str | None] = mapped_column(index=True)
    title_vi: Mapped[str]
    title_en: Mapped[str | None]
    # Both titles folded: what the database searches while there is no index.
    title_folded: Mapped[str]
    description_vi: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str | None]
    keywords: Mapped[list[str]] = mapped_column(default=list)
    themes_raw: Mapped[list[str]] = mapped_column(default=list)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    agency_text: Mapped[str | None]
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    supplier_text: Mapped[str | None]
    places_raw: Mapped[list[str]] = mapped_column(default=list)
    temporal_start: Mapped[date | None]
    temporal_end: Mapped[date | None]
    frequency_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id"))
    frequency_raw: Mapped[str | None]
    licence_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id"), index=True)
    licence_raw: Mapped[str | None]
    access_level_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id"))
    access_reason: Mapped[str | None]
    languages: Mapped[list[str]] = mapped_column(default=list)
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    legal_basis: Mapped[str | None]
    landing_page: Mapped[str | None]
    conforms_to: Mapped[str | None]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    provenance: Mapped[str | None]
    illustrative: Mapped[bool] = mapped_column(default=False)
    # What the source says of its data; when the record itself changed is `updated_at`.
    issued: Mapped[When | None] = mapped_column(DayOrInstant())
    modified: Mapped[When | None] = mapped_column(DayOrInstant())
    # Keys of an import that the model has no place for.
    extras: Mapped[dict[str, Any]] = mapped_column(default=dict)

    state: Mapped[State] = mapped_column(default=State.DRAFT)
    scheduled_at: Mapped[datetime | None] = mapped_column(index=True)
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str] = mapped_column(default="")
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id"))
    version: Mapped[int] = mapped_column(default=1)
    # How often tables of its files were read: what is derived from them is no new version of the record.
    tables_version: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    # When the record as harvesters are told it last changed: its own change, or that of a name that stands in it
    # (`catalog.datestamps`). It moves forward only: who has harvested up to a moment never looks before it again.
    datestamp: Mapped[datetime] = mapped_column(server_default=text("'1970-01-01 00:00:00.000000'"))

    title: Mapped[LocalizedText] = composite("title_vi", "title_en")
    description: Mapped[LocalizedText] = composite("description_vi", "description_en")
    agency: Mapped[Agency | None] = relationship(foreign_keys=[agency_id], lazy="raise")
    supplier: Mapped[Agency | None] = relationship(foreign_keys=[supplier_id], lazy="raise")
    themes: Mapped[list[Concept]] = relationship(
        secondary=dataset_theme, order_by=Concept.position, lazy="raise"
    )
    places: Mapped[list[Place]] = relationship(secondary=dataset_place, order_by=Place.code, lazy="raise")
    frequency: Mapped[Concept | None] = relationship(foreign_keys=[frequency_id], lazy="raise")
    licence: Mapped[Concept | None] = relationship(foreign_keys=[licence_id], lazy="raise")
    access_level: Mapped[Concept | None] = relationship(foreign_keys=[access_level_id], lazy="raise")
    series: Mapped[Series | None] = relationship(lazy="raise")
    replacement: Mapped[Dataset | None] = relationship(remote_side=[id], lazy="raise")
    distributions: Mapped[list[Distribution]] = relationship(
        back_populates="dataset",
        order_by="Distribution.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="raise",
    )

    # The services count versions themselves: a change of files alone is a new version too.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    @validates("updated_at")
    def _move_datestamp(self, _name: str, now: datetime) -> datetime:
        if self.datestamp is None or self.datestamp < now:
            self.datestamp = now
        return now
