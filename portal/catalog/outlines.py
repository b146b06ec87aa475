"""Outlines of areas in degrees: made simpler without gaps between neighbours, measured, and written as GeoJSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import orjson

Position = tuple[float, float]
"""Longitude, latitude."""
Ring = tuple[Position, ...]
"""Closed: the last position is the first."""
Outline = tuple[tuple[Ring, ...], ...]
"""Polygons, each an outer ring and its holes."""
Key = TypeVar("Key")

METRES_PER_DEGREE = 111_195.0
# About a metre.
_DECIMALS = 5
_LEAST_POSITIONS = 4


class Box(NamedTuple):
    """The smallest box around something, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, position: Position, margin: float = 0.0) -> bool:
        """Whether a position lies in it, or no further away than `margin` degrees."""
        longitude, latitude = position
        return (
            self.west - margin <= longitude <= self.east + margin
            and self.south - margin <= latitude <= self.north + margin
        )


def box_of(outline: Outline) -> Box:
    """The box around an outline."""
    return around(Box(*position, *position) for polygon in outline for position in polygon[0])


def around(boxes: Iterable[Box]) -> Box:
    """The box around boxes, of which there is at least one."""
    west, south, east, north = zip(*boxes, strict=True)
    return Box(min(west), min(south), max(east), max(north))


def area_km2(outline: Outline) -> float:
    """The area within, good to a percent or so for what is as small as a province."""
    return sum(
        _ring_area(ring) * (1 if number == 0 else -1)
        for polygon in outline
        for number, ring in enumerate(polygon)
    )


def _ring_area(ring: Ring) -> float:
    points = np.array(ring)
    x = points[:, 0] * math.cos(math.radians(points[:, 1].mean()))
    y = points[:, 1]
    doubled = np.dot(x[:-1] - x[0], y[1:] - y[0]) - np.dot(x[1:] - x[0], y[:-1] - y[0])
    return float(abs(doubled)) / 2 * (METRES_PER_DEGREE / 1000) ** 2


def rounded(outline: Outline) -> Outline:
    """To the decimals that are kept, so that neighbours that nearly agree do agree."""
    return tuple(
        tuple(tuple((round(x, _DECIMALS), round(y, _DECIMALS)) for x, y in ring) for ring in polygon)
        for polygon in outline
    )


def as_geojson(outline: Outline) -> str:
    """A GeoJSON MultiPolygon as text."""
    return orjson.dumps({"type": "MultiPolygon", "coordinates": outline}).decode()


def from_geojson(text: str) -> Outline:
    """The outline that `as_geojson` wrote."""
    coordinates = orjson.loads(text)["coordinates"]
    return tuple(tuple(tuple((x, y) for x, y in ring) for ring in polygon) for polygon in coordinates)


def simplified(outlines: Mapping[Key, Outline], metres: float) -> dict[Key, Outline]:
    """The outlines with fewer positions, none further than `metres` from where they ran.

    A line that two areas share stays shared: rings are cut where three lines meet, and each piece is made simpler
    by itself, in the same direction whoever asks. A ring that would vanish stays as a triangle.
    """
    corners = _corners(outlines.values())
    return {
        key: tuple(tuple(_simpler_ring(ring, corners, metres) for ring in polygon) for polygon in outline)
        for key, outline in outlines.items()
    }


def _corners(outlines: Iterable[Outline]) -> set[Position]:
    """Positions with other than two neighbours: where lines of several areas meet or part."""
    neighbours: dict[Position, set[Position]] = {}
    for ring in (ring for outline in outlines for polygon in outline for ring in polygon):
        for start, end in pairwise(ring):
            if start != end:
                neighbours.setdefault(start, set()).add(end)
                neighbours.setdefault(end, set()).add(start)
    return {position for position, others in neighbours.items() if len(others) != 2}


def _simpler_ring(ring: Ring, corners: set[Position], metres: float) -> Ring:
    kept: list[Position] = []
    for line in _lines(ring, corners):
        simpler = _simpler_line(line, metres)
        kept += simpler[1:] if kept else simpler
    return tuple(kept) if len(kept) >= _LEAST_POSITIONS else _triangle(ring)


def _lines(ring: Ring, corners: set[Position]) -> Iterator[Sequence[Position]]:
    """The ring in pieces from corner to corner; without corners in two halves that do not depend on its start."""
    open_ring = [start for start, end in pairwise(ring) if start != end]
    cuts = [number for number, each in enumerate(open_ring) if each in corners]
    if len(cuts) < 2:
        first = cuts[0] if cuts else open_ring.index(min(open_ring))
        cuts = sorted({first, _farthest(open_ring, first)})
    turned = [*open_ring[cuts[0] :], *open_ring[: cuts[0]], open_ring[cuts[0]]]
    ends = [*(each - cuts[0] for each in cuts), len(open_ring)]
    for start, end in pairwise(ends):
        yield turned[start : end + 1]


def _farthest(points: Sequence[Position], number: int) -> int:
    x, y = points[number]
    return max(range(len(points)), key=lambda each: math.dist(points[each], (x, y)))


def _simpler_line(line: Sequence[Position], metres: float) -> list[Position]:
    """Douglas and Peucker, always from the end that comes first in order."""
    is_turned = (line[-1], line[-2]) < (line[0], line[1])
    points = list(reversed(line)) if is_turned else list(line)
    kept = [points[number] for number in sorted(_needed(_in_metres(points), metres))]
    return kept[::-1] if is_turned else kept


def _in_metres(points: Sequence[Position]) -> np.ndarray:
    degrees = np.array(points)
    scale = np.array([math.cos(math.radians(degrees[0, 1])), 1.0]) * METRES_PER_DEGREE
    metres: np.ndarray = (degrees - degrees[0]) * scale
    return metres


def _needed(points: np.ndarray, metres: float) -> set[int]:
    needed = {0, len(points) - 1}
    open_spans = [(0, len(points) - 1)]
    while open_spans:
        start, end = open_spans.pop()
        if end - start < 2:
            continue
        distances = _distances(points[start + 1 : end], points[start], points[end])
        farthest = int(distances.argmax())
        if distances[farthest] > metres:
            middle = start + 1 + farthest
            needed.add(middle)
            open_spans += [(start, middle), (middle, end)]
    return needed


def _distances(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """From each point to the segment."""
    along = end - start
    length = float(along @ along)
    shares = np.clip((points - start) @ along / length, 0, 1) if length else np.zeros(len(points))
    distances: np.ndarray = np.hypot(*(points - start - shares[:, None] * along).T)
    return distances


def _triangle(ring: Ring) -> Ring:
    points = list(dict.fromkeys(ring))
    if len(points) <= 3:
        return ring
    first = min(points)
    second = points[_farthest(points, points.index(first))]
    numbers = _distances(np.array(points), np.array(first), np.array(second))
    return (first, second, points[int(numbers.argmax())], first)
