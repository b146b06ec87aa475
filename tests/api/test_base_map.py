"""The address of the base map: kept for good by its version, told anew once boundaries are loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal import links
from portal.app import make_app
from portal.catalog import map_queries
from portal.catalog.actors import SYSTEM
from portal.catalog.services.boundaries import match_boundaries, store_boundaries
from portal.exchange.base_map import version_of
from portal.exchange.boundary_file import read_boundaries
from portal.seed.load import load_base
from portal.settings import PROJECT_ROOT
from portal.wiring import Portal
from tests.api.test_statements import counted
from tests.boundaries import write_boundaries
from tests.factories import NOW, make_portal


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    yield from open_with_places(tmp_path / "var")


@pytest.fixture(scope="module")
def read_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    yield from map(make_app, open_with_places(tmp_path_factory.mktemp("read")))


def open_with_places(folder: Path) -> Iterator[Portal]:
    opened = make_portal(folder)
    with opened.database.write() as session:
        load_base(session, PROJECT_ROOT / "datasets", NOW)
    yield opened
    opened.close()


@pytest.fixture
def app(portal: Portal) -> Flask:
    return make_app(portal)


def address(portal: Portal) -> str:
    with portal.database.read() as session:
        return links.base_map(version_of(map_queries.units(session, "sketch")))


def test_it_is_kept_for_good_under_the_address_of_its_version(app: Flask, portal: Portal) -> None:
    answer = app.test_client().get(address(portal), headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200
    assert answer.content_type == "application/geo+json"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000", "?v=1&v=2"])
def test_it_is_asked_for_again_under_any_other_address(read_app: Flask, query: str) -> None:
    client = read_app.test_client()
    answer = client.get(f"/ban-do/nen.geojson{query}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = client.get(f"/ban-do/nen.geojson{query}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_boundaries_make_another_version_of_it(app: Flask, portal: Portal, tmp_path: Path) -> None:
    before = address(portal)
    client = app.test_client()
    assert client.get(before).get_json(force=True)["features"][1]["geometry"]["type"] == "Point"
    with portal.database.write() as session:
        units = map_queries.units(session, "boundary")
        path = write_boundaries(tmp_path / "a.geojson", units[:1], lambda unit: {"ma": unit.code})
        store_boundaries(session, match_boundaries(session, read_boundaries(path)), actor=SYSTEM, now=NOW)
    after = address(portal)
    assert after != before
    boxes = [client.get(f"/api/v1/places/{unit.code}").get_json()["bbox"] for unit in units[:2]]
    west, south, east, north = boxes[0]
    assert west < units[0].position[0] < east and south < units[0].position[1] < north and boxes[1] is None
    # A page made before it does not keep what came after it.
    old, new = client.get(before), client.get(after)
    assert "immutable" not in old.headers["Cache-Control"] and "immutable" in new.headers["Cache-Control"]
    assert new.get_json(force=True)["features"][1]["geometry"]["type"] == "MultiPolygon"
    assert new.get_json(force=True)["features"][2]["geometry"]["type"] == "Point"


@pytest.mark.sqlite
def test_it_costs_one_statement_and_none_from_memory(app: Flask, portal: Portal) -> None:
    client = app.test_client()
    client.get("/api/v1/concepts/licence")
    for expected in (1, 0):
        with counted(portal.database.engine) as statements:
            client.get("/ban-do/nen.geojson")
        assert len(statements) == expected
