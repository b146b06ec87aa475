"""The base map: land without borders, all units of the city, Hoàng Sa among them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from portal.catalog import map_queries, queries
from portal.catalog.map_queries import Unit
from portal.exchange.base_map import CITY, HOANG_SA, LAND, base_map, land, land_text, version_of
from portal.seed.load import load_base
from portal.settings import PROJECT_ROOT
from portal.wiring import Portal
from tests.factories import NOW, make_portal

DATASETS = PROJECT_ROOT / "datasets"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    opened = make_portal(tmp_path_factory.mktemp("map"))
    with opened.database.write() as session:
        load_base(session, DATASETS, NOW)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def units(portal: Portal) -> tuple[Unit, ...]:
    with portal.database.read() as session:
        return map_queries.units(session, "boundary")


@pytest.fixture(scope="module")
def features(units: tuple[Unit, ...]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in json.loads(base_map(units))["features"]}


def test_it_is_land_and_the_94_units_and_nothing_else(features: dict[str, dict[str, Any]]) -> None:
    assert len(features) == 95
    assert features["land"]["properties"] == {"role": "land"}
    assert {each["properties"]["role"] for key, each in features.items() if key != "land"} == {"unit"}


def test_hoang_sa_is_a_unit_of_the_city_where_it_lies(
    portal: Portal, features: dict[str, dict[str, Any]]
) -> None:
    unit = features["20333"]
    assert unit["properties"]["name_vi"] == "Đặc khu Hoàng Sa"
    x, y = unit["geometry"]["coordinates"]
    assert HOANG_SA.holds((x, y)) and LAND.holds((x, y))
    with portal.database.read() as session:
        place = queries.place(session, "20333")
        assert place is not None and place.parent_code == "48" and place.valid_until is None


def test_the_land_is_one_piece_of_one_colour_without_borders_and_names() -> None:
    document = json.loads(land_text())
    assert set(document) == {"type", "coordinates"} and document["type"] == "MultiPolygon"
    mainland, *islands = land()
    # The border with Laos lies at 107.5 degrees: were there countries, the mainland would be in two.
    xs = [x for x, _ in mainland[0]]
    assert min(xs) == LAND.west and max(xs) > 109
    assert {len(polygon) for polygon in land()} == {1}
    assert all(LAND.holds(position) for polygon in land() for position in polygon[0])
    # Of islands far off the coast, the source has only those of Hoàng Sa.
    assert len(islands) >= 5
    assert all(HOANG_SA.holds(position) for polygon in islands for position in polygon[0])


def test_its_source_is_named_and_only_land_was_read() -> None:
    assert "world-atlas" in (DATASETS / "README.md").read_text(encoding="utf-8")
    script = (DATASETS / "build_land.py").read_text(encoding="utf-8")
    assert '["objects"]["land"]' in script and '["countries"]' not in script


def test_every_unit_lies_in_the_frames_that_maps_begin_with(units: tuple[Unit, ...]) -> None:
    assert [unit.name.vi for unit in units if not CITY.holds(unit.position)] == ["Đặc khu Hoàng Sa"]


def test_units_without_boundaries_are_points_with_what_maps_need(features: dict[str, dict[str, Any]]) -> None:
    assert features["20194"] == {
        "type": "Feature",
        "id": "20194",
        "geometry": {"type": "Point", "coordinates": [107.972, 16.1315]},
        "properties": {
            "role": "unit",
            "code": "20194",
            "slug": "phuong-hai-van",
            "name_vi": "Phường Hải Vân",
            "name_en": "Hải Vân Ward",
            "kind": "phuong",
            "area_km2": 406.09,
            "longitude": 107.972,
            "latitude": 16.1315,
        },
    }


def test_the_version_is_that_of_all_units(units: tuple[Unit, ...]) -> None:
    assert version_of(units) == version_of(list(units))
    assert version_of(units) != version_of(units[:-1])
