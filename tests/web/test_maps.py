"""Maps that the server draws: what is on them, where, in which colour, and what readers without eyes are told."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.app import make_app
from portal.catalog import map_queries
from portal.catalog.map_queries import Unit
from portal.catalog.outlines import Box, as_geojson
from portal.exchange.base_map import CITY, HOANG_SA
from portal.seed.load import load_base
from portal.settings import PROJECT_ROOT
from portal.web.map_drawing import Frame, Wish, area_path, frame_around, line_path, place_labels
from portal.web.map_framing import MAX_DRAWN, detail_of
from portal.web.map_layers import Feature, Features, Field, Values, point, step_of, steps
from portal.web.maps import Map, Mark, city_map
from portal.wiring import Portal
from tests.factories import NOW, make_portal
from tests.web.reading import Page, read, words

HAI_CHAU, HOANG_SA_CODE = "20242", "20333"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    opened = make_portal(tmp_path_factory.mktemp("maps"))
    with opened.database.write() as session:
        load_base(session, PROJECT_ROOT / "datasets", NOW)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(portal: Portal) -> FlaskClient:
    app: Flask = make_app(portal)
    return app.test_client()


@pytest.fixture(scope="module")
def units(portal: Portal) -> tuple[Unit, ...]:
    with portal.database.read() as session:
        return map_queries.units(session, "sketch")


def drawn(units: tuple[Unit, ...], **facts: object) -> Map:
    return city_map(units, "vi", title="Bản đồ", description="Thử", **facts)


def marks(found: Map) -> list[Mark]:
    return [*found.main.marks, *found.inset.marks]


def parts(element: Element, tag: str) -> list[Element]:
    """Elements of SVG."""
    return [*element.iter(f"{{http://www.w3.org/2000/svg}}{tag}")]


def picture(page: Page) -> Element:
    (found,) = page.with_class("map__picture")
    return found


@pytest.mark.parametrize(
    "path", ["/dia-ban", "/en/places", "/dia-ban/dac-khu-hoang-sa", "/en/places/phuong-hai-chau"]
)
def test_hoang_sa_is_on_every_map(client: FlaskClient, path: str) -> None:
    inset = next(
        each for each in parts(picture(read(client, path)), "svg") if each.get("class") == "map__inset"
    )
    assert "Hoàng Sa" in words(parts(inset, "text")[0])
    assert "Hoàng Sa" in " ".join(words(each) for each in parts(inset, "title"))


def test_the_list_of_places_shows_every_unit_as_a_way_to_its_page(client: FlaskClient) -> None:
    page = read(client, "/en/places")
    ways = {each.get("href"): words(each) for each in parts(picture(page), "a")}
    assert len(ways) == 94
    assert ways["/en/places/dac-khu-hoang-sa"] == "Hoàng Sa Special Zone"
    # The same ways stand in the list below; nobody must step through them twice.
    assert {each.get("tabindex") for each in parts(picture(page), "a")} == {"-1"}


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/dia-ban/phuong-hai-chau", "Vị trí: Phường Hải Châu"),
        ("/en/places/phuong-hai-chau", "Where it is: Hải Châu Ward"),
    ],
)
def test_a_map_has_a_name_and_a_description(client: FlaskClient, path: str, title: str) -> None:
    page = read(client, path)
    found = picture(page)
    assert found.get("role") == "img"
    told = {each.get("id"): words(each) for each in found.iter() if each.get("id")}
    names = (found.get("aria-labelledby") or "").split()
    assert told[names[0]] == title and told[names[1]]


def here(page: Page) -> set[str]:
    """Names of the units that stand out."""
    return {words(each) for each in page.with_class("map__here")}


def test_a_place_stands_out_on_its_own_page_and_its_successors_on_that_of_a_former_one(
    client: FlaskClient,
) -> None:
    assert here(read(client, "/dia-ban/phuong-hai-chau")) == {"Phường Hải Châu"}
    assert here(read(client, "/dia-ban/dac-khu-hoang-sa")) == {"Đặc khu Hoàng Sa"}
    assert here(read(client, "/dia-ban/huyen-hoang-sa")) == {"Đặc khu Hoàng Sa"}
    assert {"Phường Hải Châu", "Phường Hòa Cường"} <= here(read(client, "/dia-ban/quan-hai-chau"))
    whole = read(client, "/dia-ban/thanh-pho-da-nang")
    assert here(whole) == set() and len(whole.with_class("map__unit")) == 94


def test_only_the_list_offers_the_interactive_map_and_no_page_loads_it_by_itself(client: FlaskClient) -> None:
    sources = {
        path: [each.get("src") or "" for each in read(client, path).all("script")]
        for path in ("/", "/du-lieu", "/dia-ban", "/dia-ban/phuong-hai-chau")
    }
    assert [path for path, found in sources.items() if any("js/map.js" in each for each in found)] == [
        "/dia-ban"
    ]
    assert not any("leaflet" in each for found in sources.values() for each in found)
    assert not [
        each for each in read(client, "/dia-ban").all("link") if "leaflet" in (each.get("href") or "")
    ]


def test_circles_have_the_area_of_their_units(units: tuple[Unit, ...]) -> None:
    found = {mark.name.vi: mark for mark in drawn(units).main.units if mark.name}
    large, small = found["Phường Hải Vân"], found["Phường Sơn Trà"]
    areas = {unit.name.vi: unit.area_km2 or 0 for unit in units}
    ratio = areas["Phường Hải Vân"] / areas["Phường Sơn Trà"]
    assert (large.radius / small.radius) ** 2 == pytest.approx(ratio, rel=0.02)


def test_degrees_are_as_wide_as_they_are_there() -> None:
    frame = Frame(Box(108, 15.5, 109, 16.5), 1000)
    assert frame.point((108, 16.5)) == (0, 0)
    assert frame.point((109, 15.5)) == (1000, frame.height)
    assert frame.height == pytest.approx(1000 / 0.9613, rel=0.001)


def test_paths_are_relative_and_exact() -> None:
    frame = Frame(Box(0, -0.5, 1, 0.5), 100)
    assert line_path([(0, 0.5), (0.5, 0.4), (0.5, 0.4), (0.25, 0.4)], frame) == "M0 0l50 10 -25 0"
    assert line_path([(0.005, 0.5), (0.0049, 0.4951)], frame).startswith("M.5 0l0 .5")
    ring = ((0.1, 0.1), (0.2, 0.1), (0.2, 0.2), (0.1, 0.1))
    away = tuple((x + 5, y) for x, y in ring)
    assert area_path(((ring,), (away,)), frame) == "M10 40l10 0 0 -10 -10 10z"


def test_names_do_not_cover_one_another() -> None:
    wishes = [
        Wish(f"Phường {number}", 50 + number * 9, 50 + number * 4, 5, 5, number) for number in range(30)
    ]
    labels = place_labels(wishes, 400, 300, [(300, 0, 400, 100)])
    assert labels[0].text == "Phường 0" and 5 < len(labels) < 30
    rooms = []
    for label in labels:
        length = len(label.text) * 0.56 * 11
        left = {"start": label.x, "middle": label.x - length / 2, "end": label.x - length}[label.anchor]
        rooms.append((left, label.y - 11, left + length, label.y + 3))
    for number, (left, top, right, bottom) in enumerate(rooms):
        assert left >= 0 and right <= 400 and not (right > 300 and top < 100)
        assert not any(left < o[2] and right > o[0] and top < o[3] and bottom > o[1] for o in rooms[:number])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([5], [(5, 5)]),
        ([1, 1, 2, 3], [(1, 1), (2, 2), (3, 3)]),
        (range(100), [(0, 19), (20, 39), (40, 59), (60, 79), (80, 99)]),
        ([0] * 90 + [7, 8, 9, 10, 11, 12], [(0, 12)]),
        ([-3.5, -2, 0, 4, 8, 90.5], [(-3.5, -3.5), (-2, -2), (0, 0), (4, 4), (8, 90.5)]),
    ],
)
def test_values_share_colours_evenly(values: list[float], expected: list[tuple[float, float]]) -> None:
    found = steps(values)
    assert [(each.least, each.greatest) for each in found] == expected
    for value in values:
        step = found[step_of(value, found) - 1]
        assert step.least <= value <= step.greatest


def test_values_colour_units_and_a_unit_without_one_stays_plain(units: tuple[Unit, ...]) -> None:
    layer = Values({HAI_CHAU: 12.5, HOANG_SA_CODE: 99, "cu-1": 3}, "Mật độ", "người/km²")
    found = drawn(units, layer=layer)
    by_name = {mark.name.vi: mark for mark in (*found.main.units, *found.inset.units) if mark.name}
    assert (by_name["Phường Hải Châu"].step, by_name["Phường Hải Châu"].value) == (2, 12.5)
    assert by_name["Đặc khu Hoàng Sa"].step == 3
    assert by_name["Phường Sơn Trà"].step == 0
    assert [step.least for step in found.steps] == [3, 12.5, 99]
    settings = json.loads(found.settings)
    assert settings["values"][HAI_CHAU] == [12.5, 2] and settings["unit"] == "người/km²"


def test_points_are_drawn_with_their_facts_and_the_map_comes_nearer(units: tuple[Unit, ...]) -> None:
    fields = (Field("ten", "Tên"), Field("cho", "Số chỗ"))
    items = [
        point(108.2 + number / 1000, 16.05, {"ten": f"Bãi {number}", "cho": None}) for number in range(20)
    ]
    far = point(112.3, 16.8, {"ten": "Trạm", "cho": 4})
    found = drawn(units, layer=Features([*items, far], fields))
    assert [mark.facts for mark in found.main.marks] == [f"Tên: Bãi {number}" for number in range(20)]
    assert [mark.facts for mark in found.inset.marks] == ["Tên: Trạm; Số chỗ: 4"]
    spread = found.main.marks[-1].x - found.main.marks[0].x
    assert 100 < spread < found.main.width
    data = json.loads(found.settings)["data"]
    assert data["features"][-1]["properties"] == {"ten": "Trạm", "cho": 4}


def test_hoang_sa_moves_out_of_the_way_of_points(units: tuple[Unit, ...]) -> None:
    items = [point(108.15 + number / 200, 16.0 + number / 200, {}) for number in range(21)]
    found = drawn(units, layer=Features(items))
    inset, main = found.inset, found.main
    covered = [
        mark
        for mark in main.marks
        if inset.x <= mark.x <= inset.x + inset.width and inset.y <= mark.y <= inset.y + inset.height + 16
    ]
    assert covered == [] and inset.x >= 0 and inset.x + inset.width <= main.width


def test_lines_areas_and_collections_are_drawn_and_damage_is_left_out(units: tuple[Unit, ...]) -> None:
    line = {"type": "LineString", "coordinates": [[108.1, 16.0], [108.2, 16.1]]}
    square = {"type": "Polygon", "coordinates": [[[108.1, 16], [108.2, 16], [108.2, 16.1], [108.1, 16]]]}
    damaged = [{"type": "Point", "coordinates": ["108", None]}, {"type": "Polygon"}, {"type": "Kreis"}, {}]
    both = {
        "type": "GeometryCollection",
        "geometries": [line, square, {"type": "MultiPoint", "coordinates": [[108.1, 16]]}],
    }
    items = [Feature(geometry, {}) for geometry in (line, square, both, *damaged)]
    found = drawn(units, layer=Features(items))
    assert [mark.kind for mark in marks(found)] == ["line", "area", "line", "area", "point"]


def test_what_is_no_number_has_no_place_on_the_map(units: tuple[Unit, ...]) -> None:
    nowhere = [point(x, y, {}) for x, y in ((math.nan, 16.0), (108.2, math.inf), (1e300, 1e300))]
    assert marks(drawn(units, layer=Features(nowhere))) == []
    found = drawn(units, layer=Values({HAI_CHAU: math.nan, HOANG_SA_CODE: 2.0}, "Mật độ"))
    assert [step.least for step in found.steps] == [2.0] and found.has_gaps


def test_what_is_too_much_for_a_picture_is_counted(units: tuple[Unit, ...]) -> None:
    items = [point(108.2, 16.05, {})] * (MAX_DRAWN + 7)
    found = drawn(units, layer=Features(items, url="/api/v1/tables/x/rows.geojson"))
    assert len(marks(found)) == MAX_DRAWN and found.left_out == 7
    settings = json.loads(found.settings)
    assert settings["data"] is None and settings["url"] == "/api/v1/tables/x/rows.geojson"


def test_positions_outside_the_city_do_not_move_the_map(units: tuple[Unit, ...]) -> None:
    plain = drawn(units).main
    found = drawn(units, layer=Features([point(0, 0, {}), point(16.05, 108.2, {})])).main
    assert (found.land, found.marks) == (plain.land, ())


def test_boundaries_take_the_place_of_circles(units: tuple[Unit, ...]) -> None:
    ring = ((108.2, 16.0), (108.3, 16.0), (108.3, 16.1), (108.2, 16.1), (108.2, 16.0))
    outline = as_geojson(((ring,),))
    known = [replace(unit, outline=outline if unit.code == HAI_CHAU else None) for unit in units]
    found = drawn(tuple(known), here=frozenset({HAI_CHAU}))
    kinds = {mark.name.vi: mark.kind for mark in found.main.units if mark.name}
    assert kinds["Phường Hải Châu"] == "area" and kinds["Phường Sơn Trà"] == "round"
    assert found.has_areas
    # What is brought out lies on top.
    assert found.main.units[-1].is_here


def test_outlines_are_known_better_where_the_map_comes_near() -> None:
    far = [point(107.5, 15.2, {}), point(108.3, 16.1, {})]
    near = [point(108.2, 16.05, {}), point(108.25, 16.1, {})]
    assert [detail_of(each) for each in (None, Values({}, ""), Features(far), Features(near))] == [
        "sketch",
        "sketch",
        "sketch",
        "boundary",
    ]


def test_names_do_not_cover_points(units: tuple[Unit, ...]) -> None:
    items = [point(108.21 + x / 500, 16.04 + y / 500, {}) for x in range(8) for y in range(8)]
    found = drawn(units, layer=Features(items)).main
    for label in found.labels:
        length = len(label.text) * 0.56 * 11
        left = {"start": label.x, "middle": label.x - length / 2, "end": label.x - length}[label.anchor]
        assert not [
            mark
            for mark in found.marks
            if left < mark.x < left + length and label.y - 11 < mark.y < label.y + 3
        ]


def test_frames_keep_their_shape() -> None:
    whole = Frame(CITY, 640)
    near = frame_around(Box(108.2, 16.0, 108.21, 16.02), 640, whole.height, least_degrees=0.06)
    assert near.height == pytest.approx(whole.height, abs=0.5)
    assert near.box.holds((108.2, 16.0)) and near.box.east - near.box.west == pytest.approx(0.06)
    assert not re.search("nan|inf", repr((near, Frame(HOANG_SA, 88))))
