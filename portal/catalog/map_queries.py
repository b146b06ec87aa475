"""What maps are drawn from: the units of today, with their outlines where those were loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from portal.catalog.models import Place
from portal.catalog.outlines import Box, Position
from portal.text import LocalizedText

Detail = Literal["boundary", "sketch"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the city. `outline`: GeoJSON, and `box` around it, once its boundary was loaded. `version`: that of
    its record."""

    code: str
    slug: str
    name: LocalizedText
    kind: str
    area_km2: float | None
    position: Position
    box: Box | None
    outline: str | None
    version: int


def units(session: Session, detail: Detail) -> tuple[Unit, ...]:
    """All units of today that have a place on the map, by code."""
    outline = Place.boundary if detail == "boundary" else Place.sketch
    query = (
        select(
            Place.code,
            Place.slug,
            Place.name_vi,
            Place.name_en,
            Place.kind,
            Place.area_km2,
            Place.longitude,
            Place.latitude,
            outline.label("outline"),
            Place.version,
            Place.west,
            Place.south,
            Place.east,
            Place.north,
        )
        .where(Place.valid_until.is_(None), Place.parent_code.is_not(None))
        .where(Place.longitude.is_not(None), Place.latitude.is_not(None))
        .order_by(Place.code)
    )
    return tuple(
        Unit(
            row.code,
            row.slug,
            LocalizedText(row.name_vi, row.name_en),
            row.kind,
            row.area_km2,
            (row.longitude, row.latitude),
            Box(row.west, row.south, row.east, row.north) if row.outline else None,
            row.outline,
            row.version,
        )
        for row in session.execute(query)
    )


def places_of_today(session: Session, *, with_outlines: bool = False) -> Sequence[Place]:
    """The city and its units, by code, to change them; with both outlines or neither."""
    query = select(Place).where(Place.valid_until.is_(None)).order_by(Place.code)
    if with_outlines:
        query = query.options(undefer(Place.boundary), undefer(Place.sketch))
    return session.scalars(query).all()
