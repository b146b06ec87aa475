"""Boundary files: what is read of them, and what is refused with which sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portal.catalog.services.boundaries import Area
from portal.exchange.boundary_file import NotBoundaries, read_boundaries

SQUARE = [[108.0, 16.0], [108.1, 16.0], [108.1, 16.1], [108.0, 16.1], [108.0, 16.0]]


def feature(coordinates: Any = None, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": [SQUARE] if coordinates is None else coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def read(folder: Path, content: Any) -> tuple[Area, ...]:
    path = folder / "ranh-gioi.geojson"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return read_boundaries(path)


def collection(*features: Any, **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


def test_areas_come_with_their_place_in_the_file_and_their_words(tmp_path: Path) -> None:
    label = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [108, 16]}, "properties": {}}
    empty = {"type": "Feature", "geometry": None, "properties": {"ten": "Không hình"}}
    unit = feature(ma_xa=20194, ten="  Phường  Hải Vân ", dien_tich=406.09, la_dao=False) | {"id": "x"}
    (area,) = read(tmp_path, collection(label, empty, unit))
    assert area.number == 3
    assert area.words == {"ma_xa": "20194", "ten": "Phường Hải Vân", "id": "x"}
    assert area.outline == ((tuple(map(tuple, SQUARE)),),)


def test_heights_byte_order_marks_and_open_rings_are_taken(tmp_path: Path) -> None:
    heights = [[x, y, 12.5] for x, y in SQUARE[:-1]]
    content = b"\xef\xbb\xbf" + json.dumps(collection(feature([heights]))).encode()
    (area,) = read(tmp_path, content)
    assert area.outline == ((tuple(map(tuple, SQUARE)),),)


@pytest.mark.parametrize("system", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_systems_of_degrees_are_taken(tmp_path: Path, system: str) -> None:
    crs = {"type": "name", "properties": {"name": system}}
    assert len(read(tmp_path, collection(feature(), crs=crs))) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"ma_xa;ten\n20194;H\xe1\xba\xa3i V\xc3\xa2n\n", "JSON"),
        (b"[" * 100_000, "JSON"),
        ({"type": "Topology", "objects": {}}, "FeatureCollection"),
        ([feature()], "FeatureCollection"),
        (collection(), "no area"),
        (collection(feature([108, 16], "Point")), "no area"),
        (
            collection(feature([[[5490, 1780], [5491, 1780], [5491, 1781], [5490, 1780]]])),
            "ogr2ogr",
        ),
        (collection(feature(), crs={"type": "name", "properties": {"name": "EPSG:5899"}}), "ogr2ogr"),
        (collection(feature(), feature([[[108, 16], [108, 16], [108, 16], [108, 16]]])), "feature 2"),
        (collection(feature("")), "feature 1"),
        (collection(feature([])), "feature 1"),
        (collection(feature([[["108", "16"], ["109", "16"], ["109", "17"]]])), "feature 1"),
    ],
)
def test_what_is_no_list_of_areas_is_refused_in_one_sentence(tmp_path: Path, content: Any, says: str) -> None:
    with pytest.raises(NotBoundaries) as refused:
        read(tmp_path, content)
    assert refused.value.text.en and says in refused.value.text.en
    assert refused.value.text.vi.startswith("Tệp không phải là tệp ranh giới: ")
