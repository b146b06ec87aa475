"""Agencies: the bodies that own and supply data, with hierarchy, acronyms and former names."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from portal.catalog.models.base import Audited, Base
from portal.text import LocalizedText


class Agency(Audited, Base):
    """A department, ward, board or centre of the city."""

    __tablename__ = "agency"
    __table_args__ = (CheckConstraint("name_vi <> ''", name="has_name"),)
    audit_kind = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    slug: Mapped[str] = mapped_column(unique=True)
    name_vi: Mapped[str]
    name_en: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)
    acronyms: Mapped[list[str]] = mapped_column(default=list)
    former_names: Mapped[list[str]] = mapped_column(default=list)
    homepage: Mapped[str | None]
    source: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    name: Mapped[LocalizedText] = composite("name_vi", "name_en")
    parent: Mapped[Agency | None] = relationship(remote_side=[id], back_populates="children", lazy="raise")
    children: Mapped[list[Agency]] = relationship(
        back_populates="parent", order_by="Agency.name_vi", lazy="raise"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_key(self) -> str:
        """How the audit trail names the row."""
        return str(self.uuid)
