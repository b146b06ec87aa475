"""The base map in GeoJSON: land in one piece, and the units of the city as areas or, until those are known, points."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import orjson

from portal.catalog.map_queries import Unit
from portal.catalog.outlines import Box, Outline, from_geojson
from portal.exchange.values import JsonObject

MEDIA_TYPE = "application/geo+json"
# What a map shows first: the city as it lies on the mainland, and Hoàng Sa, 300 km off the coast.
CITY = Box(107.12, 14.86, 109.16, 16.30)
HOANG_SA = Box(111.05, 15.55, 113.15, 17.25)
# As far as the land goes: further out it ends.
LAND = Box(107.0, 14.7, 113.3, 17.4)
HOANG_SA_KIND = "dac-khu"

# Part of the version: changes when the same records are written otherwise.
_FORM = "1"
_LAND_FILE = Path(__file__).with_name("land.geojson")


@lru_cache(maxsize=1)
def land_text() -> str:
    """The land as a GeoJSON MultiPolygon; datasets/README.md tells where it is from."""
    return _LAND_FILE.read_text(encoding="utf-8").strip()


@lru_cache(maxsize=1)
def land() -> Outline:
    """The land."""
    return from_geojson(land_text())


def version_of(units: Iterable[Unit]) -> str:
    """Another one whenever the document would be another one; the same from coarse and from full outlines."""
    marks = (f"{unit.code}/{unit.version}" for unit in units)
    return hashlib.sha256(f"{_FORM} {land_text()} {' '.join(marks)}".encode()).hexdigest()[:12]


def base_map(units: Iterable[Unit]) -> bytes:
    """The whole document."""
    ground = {
        "type": "Feature",
        "id": "land",
        "geometry": orjson.Fragment(land_text()),
        "properties": {"role": "land"},
    }
    return orjson.dumps({"type": "FeatureCollection", "features": [ground, *map(_feature, units)]})


def _feature(unit: Unit) -> dict[str, object]:
    outline = (
        orjson.Fragment(unit.outline) if unit.outline else {"type": "Point", "coordinates": unit.position}
    )
    return {"type": "Feature", "id": unit.code, "geometry": outline, "properties": _properties(unit)}


def _properties(unit: Unit) -> JsonObject:
    longitude, latitude = unit.position
    return {
        "role": "unit",
        "code": unit.code,
        "slug": unit.slug,
        "name_vi": unit.name.vi,
        "name_en": unit.name.en,
        "kind": unit.kind,
        "area_km2": unit.area_km2,
        "longitude": longitude,
        "latitude": latitude,
    }
