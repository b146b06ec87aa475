"""Reads a GeoJSON file of boundaries: areas in degrees, each with the words that may name its unit."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import orjson

from portal.catalog.outlines import Position, Ring
from portal.catalog.services.boundaries import Area
from portal.errors import Invalid
from portal.exchange.values import JsonValue
from portal.text import LocalizedText, clean_line

MAX_BYTES = 256 * 1024**2
_LEAST_POSITIONS = 4
# What GeoJSON files of before 2016 say when they mean degrees of longitude and latitude.
_DEGREES = ("CRS84", "4326", "4979")


class NotBoundaries(Invalid):
    """The file is not a list of areas in longitude and latitude; the sentence says what is wrong."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(
            LocalizedText(f"Tệp không phải là tệp ranh giới: {vi}", f"Not a file of boundaries: {en}")
        )


def read_boundaries(path: Path) -> tuple[Area, ...]:
    """All areas of a file; features that have none, such as points of labels, are left out."""
    if path.stat().st_size > MAX_BYTES:
        limit = MAX_BYTES // 1024**2
        raise NotBoundaries(f"tệp lớn hơn {limit} MiB.", f"it is larger than {limit} MiB.")
    areas = tuple(_areas(_features(path.read_bytes())))
    if not areas:
        raise NotBoundaries(
            "không có vùng nào (Polygon, MultiPolygon).", "it has no area (Polygon, MultiPolygon)."
        )
    return areas


def _features(content: bytes) -> list[JsonValue]:
    try:
        document: JsonValue = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise NotBoundaries(
            f"không đọc được JSON ({error}).", f"its JSON cannot be read ({error})."
        ) from None
    if not isinstance(document, dict) or document.get("type") not in ("FeatureCollection", "Feature"):
        raise NotBoundaries("cần GeoJSON loại FeatureCollection.", "a GeoJSON FeatureCollection is needed.")
    system = str(document.get("crs") or "")
    if system and not any(name in system for name in _DEGREES):
        raise _not_degrees()
    features = document.get("features") if document["type"] == "FeatureCollection" else [document]
    return features if isinstance(features, list) else []


def _not_degrees() -> NotBoundaries:
    return NotBoundaries(
        "tọa độ phải là kinh độ, vĩ độ WGS84. Chuyển hệ tọa độ bằng: ogr2ogr -t_srs EPSG:4326 MOI.geojson CU.geojson",
        "coordinates must be longitude and latitude in WGS84. To convert: "
        "ogr2ogr -t_srs EPSG:4326 NEW.geojson OLD.geojson",
    )


def _areas(features: Iterable[JsonValue]) -> Iterable[Area]:
    for number, feature in enumerate(features, start=1):
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(feature, dict) or not isinstance(geometry, dict):
            continue
        match geometry.get("type"):
            case "Polygon":
                polygons = [geometry.get("coordinates")]
            case "MultiPolygon":
                polygons = _list(geometry.get("coordinates"), number)
            case _:
                continue
        yield Area(number, _words(feature), tuple(_polygon(each, number) for each in polygons))


def _words(feature: dict[str, JsonValue]) -> dict[str, str]:
    properties = feature.get("properties")
    found = {**(properties if isinstance(properties, dict) else {}), "id": feature.get("id")}
    return {
        name: clean_line(str(value))
        for name, value in found.items()
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip()
    }


def _polygon(value: JsonValue, number: int) -> tuple[Ring, ...]:
    rings = tuple(_ring(each, number) for each in _list(value, number))
    if not rings:
        raise _damaged(number)
    return rings


def _ring(value: JsonValue, number: int) -> Ring:
    ring = tuple(_position(each, number) for each in _list(value, number))
    if len(ring) < _LEAST_POSITIONS - 1 or len(set(ring)) < _LEAST_POSITIONS - 1:
        raise _damaged(number)
    # Some programs leave out the last position, which is the first again.
    return ring if ring[0] == ring[-1] else (*ring, ring[0])


def _position(value: JsonValue, number: int) -> Position:
    match value:
        case [int() | float() as x, int() | float() as y, *_] if math.isfinite(x) and math.isfinite(y):
            if abs(x) > 180 or abs(y) > 90:
                raise _not_degrees()
            return float(x), float(y)
    raise _damaged(number)


def _list(value: JsonValue, number: int) -> list[JsonValue]:
    if not isinstance(value, list):
        raise _damaged(number)
    return value


def _damaged(number: int) -> NotBoundaries:
    return NotBoundaries(
        f"hình của đối tượng thứ {number} không đúng quy cách GeoJSON.",
        f"the geometry of feature {number} is not what GeoJSON asks for.",
    )
