"""History: immutable revisions, the append-only change log, followers' cursors, and the catalogue's epoch."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalog.models.base import Base
from portal.catalog.models.dataset import Dataset

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BigNumber = BigInteger().with_variant(Integer(), "sqlite")


class ObjectKind(StrEnum):
    """What a change is about."""

    DATASET = "dataset"
    AGENCY = "agency"
    CONCEPT = "concept"
    PLACE = "place"
    SERIES = "series"
    WORD = "word"


class Revision(Base):
    """A dataset as it was at one version: ids and values, no labels, no addresses."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("dataset_id", "version"),)

    id: Mapped[int] = mapped_column(BigNumber, primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))
    version: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    # Whether anonymous readers could see the dataset at this version.
    is_public: Mapped[bool]
    content: Mapped[dict[str, Any]]

    dataset: Mapped[Dataset] = relationship(lazy="raise")


class Change(Base):
    """One line of the log that every follower reads; ids commit in order."""

    __tablename__ = "change"

    id: Mapped[int] = mapped_column(BigNumber, primary_key=True)
    at: Mapped[datetime]
    object_kind: Mapped[ObjectKind]
    object_id: Mapped[int]
    # uuid of a dataset, agency or series; code of a concept or place.
    object_key: Mapped[str]
    action: Mapped[str]
    version: Mapped[int]
    # Whether an anonymous reader can see a difference.
    is_public: Mapped[bool]
    actor: Mapped[str]


class Cursor(Base):
    """How far one follower has read the log."""

    __tablename__ = "cursor"

    follower: Mapped[str] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(BigNumber)
    moved_at: Mapped[datetime]


class CatalogueInfo(Base):
    """The one row that tells this catalogue from its copies: `epoch` is random and renewed by a restore."""

    __tablename__ = "catalogue_info"

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str]
    # Id of the last change that an anonymous reader could see; kept here so that reading it is one row.
    public_change_id: Mapped[int] = mapped_column(BigNumber, default=0)
    uuid: Mapped[UUID]
