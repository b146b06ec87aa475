"""Places: the city, its 94 units since July 2025, and the units they replaced."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from portal.catalog.models.base import Base
from portal.catalog.outlines import Box
from portal.text import LocalizedText


class Place(Base):
    """An administrative unit of one period; `valid_until` is empty while it exists."""

    __tablename__ = "place"
    __table_args__ = (CheckConstraint("name_vi <> ''", name="has_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # Unique over all time: the official code, or `cu-` and it for a unit that has ceased, since the
    # country gives an old code to a new unit again.
    code: Mapped[str] = mapped_column(unique=True)
    official_code: Mapped[str] = mapped_column(default=lambda row: row.get_current_parameters()["code"])
    slug: Mapped[str] = mapped_column(unique=True)
    name_vi: Mapped[str]
    name_en: Mapped[str | None]
    kind: Mapped[str]
    parent_code: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    area_km2: Mapped[float | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    # Where the unit lies, in degrees; known once a boundary file was loaded.
    west: Mapped[float | None]
    south: Mapped[float | None]
    east: Mapped[float | None]
    north: Mapped[float | None]
    # A GeoJSON MultiPolygon as it goes over the wire, and a coarse one for pictures within pages. Long, hence
    # read only where they are asked for.
    boundary: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    sketch: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    version: Mapped[int] = mapped_column(default=1)

    name: Mapped[LocalizedText] = composite("name_vi", "name_en")
    predecessors: Mapped[list[PlaceSuccession]] = relationship(
        foreign_keys="PlaceSuccession.new_id", back_populates="new", lazy="raise"
    )
    successors: Mapped[list[PlaceSuccession]] = relationship(
        foreign_keys="PlaceSuccession.old_id", back_populates="old", lazy="raise"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def box(self) -> Box | None:
        """The box around the unit."""
        if self.west is None or self.south is None or self.east is None or self.north is None:
            return None
        return Box(self.west, self.south, self.east, self.north)


class PlaceSuccession(Base):
    """One unit became, `whole` or in `part`, (a part of) another."""

    __tablename__ = "place_succession"
    __table_args__ = (CheckConstraint("how IN ('whole', 'part')", name="how_known"),)

    old_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    new_id: Mapped[int] = mapped_column(
        ForeignKey("place.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    how: Mapped[str]

    old: Mapped[Place] = relationship(foreign_keys=[old_id], back_populates="successors", lazy="raise")
    new: Mapped[Place] = relationship(foreign_keys=[new_id], back_populates="predecessors", lazy="raise")
