"""Outlines: simpler without gaps between neighbours, and measured."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalog.outlines import (
    METRES_PER_DEGREE,
    Box,
    Outline,
    Position,
    Ring,
    area_km2,
    as_geojson,
    box_of,
    from_geojson,
    simplified,
)

# A line from (108, 16) to (108, 16.1), up to 500 m to the left or right of where it should run.
STEPS = 40
borders = st.lists(st.floats(-0.005, 0.005), min_size=STEPS, max_size=STEPS).map(
    lambda offsets: [
        (108.0, 16.0),
        *((108 + each, 16 + 0.1 * number / (STEPS + 1)) for number, each in enumerate(offsets, start=1)),
        (108.0, 16.1),
    ]
)


def neighbours(border: list[Position]) -> dict[str, Outline]:
    """Two areas that share a border; the second ring begins elsewhere and runs the other way."""
    west: Ring = (*border, (107.9, 16.1), (107.9, 16.0), border[0])
    east: Ring = ((108.1, 16.0), *border, (108.1, 16.1), (108.1, 16.0))
    return {"west": ((west,),), "east": ((east[::-1],),)}


def edges(outline: Outline) -> set[frozenset[Position]]:
    return {frozenset(edge) for polygon in outline for ring in polygon for edge in pairwise(ring)}


@settings(max_examples=60, deadline=None)
@given(border=borders, metres=st.floats(1, 900))
def test_neighbours_keep_one_border_between_them(border: list[Position], metres: float) -> None:
    simpler = simplified(neighbours(border), metres)
    shared = edges(simpler["west"]) & edges(simpler["east"])
    ends = [position for edge in shared for position in edge]
    # A chain from corner to corner: each of its inner positions is in two edges.
    assert sorted(position for position in set(ends) if ends.count(position) == 1) == [
        (108.0, 16.0),
        (108.0, 16.1),
    ]
    assert set(ends) <= set(border)


@settings(max_examples=60, deadline=None)
@given(border=borders, metres=st.floats(1, 900))
def test_nothing_moves_further_than_was_allowed(border: list[Position], metres: float) -> None:
    simpler = simplified(neighbours(border), metres)["west"][0][0]
    for position in border:
        nearest = min(distance(position, edge) for edge in pairwise(simpler))
        assert nearest <= metres * 1.01 + 0.1


def distance(position: Position, edge: tuple[Position, Position]) -> float:
    """From a position to an edge, in metres."""
    shrink = math.cos(math.radians(16))
    (x, y), (ax, ay), (bx, by) = (
        (each[0] * shrink * METRES_PER_DEGREE, each[1] * METRES_PER_DEGREE) for each in (position, *edge)
    )
    length = (bx - ax) ** 2 + (by - ay) ** 2
    share = max(0.0, min(1.0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) if length else 0.0
    return math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay))


def test_a_straight_line_of_many_positions_becomes_one_of_two() -> None:
    border = [(108.0, 16 + number / 100) for number in range(11)]
    simpler = simplified(neighbours(border), 1)
    assert sum(len(ring) for polygon in simpler["west"] for ring in polygon) == 5


def island(radius: float, start: int = 0) -> Ring:
    corners = [
        (112 + radius * math.cos(math.tau * each / 90), 16.5 + radius * math.sin(math.tau * each / 90))
        for each in range(90)
    ]
    turned = [*corners[start:], *corners[:start]]
    return (*turned, turned[0])


@pytest.mark.parametrize("start", [1, 17, 44, 89])
def test_it_does_not_matter_where_a_ring_begins(start: int) -> None:
    whole, turned = (simplified({"": ((island(0.1, each),),)}, 300)[""][0][0] for each in (0, start))
    assert set(whole) == set(turned)
    assert 10 < len(whole) < 40


def test_an_island_smaller_than_the_tolerance_stays_on_the_map() -> None:
    (ring,) = simplified({"": ((island(0.001),),)}, 5_000)[""][0]
    assert len(ring) == 4 and ring[0] == ring[-1]
    assert len(set(ring)) == 3


def test_areas_leave_out_holes() -> None:
    side = 0.1
    square: Ring = ((108, 16), (108 + side, 16), (108 + side, 16 + side), (108, 16 + side), (108, 16))
    expected = (side * METRES_PER_DEGREE / 1000) ** 2 * math.cos(math.radians(16.05))
    assert area_km2(((square,),)) == pytest.approx(expected, rel=0.01)
    hole: Ring = tuple((108.025 + (x - 108) / 2, 16.025 + (y - 16) / 2) for x, y in square)
    assert area_km2(((square, hole),)) == pytest.approx(expected * 0.75, rel=0.01)


def test_a_box_holds_what_it_was_made_around() -> None:
    outline: Outline = ((island(0.1),), (island(0.05),))
    box = box_of(outline)
    assert box == pytest.approx(Box(111.9, 16.4, 112.1, 16.6), abs=0.001)
    assert box.holds((112, 16.5)) and not box.holds((112.15, 16.5)) and box.holds((112.15, 16.5), 0.1)


def test_what_is_written_is_read_again() -> None:
    outline: Outline = ((island(0.1), island(0.05)), (island(0.01),))
    assert from_geojson(as_geojson(outline)) == outline
