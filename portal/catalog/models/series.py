"""Series: datasets that belong together over time, such as the budgets of one year after the other."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from portal.catalog.models.agency import Agency
from portal.catalog.models.base import Audited, Base
from portal.text import LocalizedText


class Series(Audited, Base):
    """Datasets that belong together over time. Without an agency it is the portal's own: administrators keep it."""

    __tablename__ = "series"
    audit_kind = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    slug: Mapped[str] = mapped_column(unique=True)
    title_vi: Mapped[str]
    title_en: Mapped[str | None]
    description_vi: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str | None]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    title: Mapped[LocalizedText] = composite("title_vi", "title_en")
    description: Mapped[LocalizedText] = composite("description_vi", "description_en")
    agency: Mapped[Agency | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_key(self) -> str:
        """How the audit trail names the row."""
        return str(self.uuid)
