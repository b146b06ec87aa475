"""What a page wants to show on the map: features with their facts, or a value for each unit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from portal.catalog.outlines import Position
from portal.exchange.values import JsonObject, JsonValue

MAX_STEPS = 5


@dataclass(frozen=True, slots=True)
class Field:
    """A property that people may read: its name in the data, and what it is called."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Feature:
    """A GeoJSON geometry (longitude, latitude) with its facts."""

    geometry: JsonObject
    properties: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Features:
    """Things on the map. `fields`: what is told of each, the first as its name. `url`: where a browser finds all
    of them in GeoJSON, when these are only some; empty when these are all."""

    items: Sequence[Feature]
    fields: tuple[Field, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Values:
    """A number for each unit, by its code: areas are coloured by it, or circles where no areas are known."""

    by_code: Mapping[str, float]
    label: str
    unit: str = ""

    @property
    def finite(self) -> Values:
        """The same without what is no number."""
        return replace(
            self, by_code={code: each for code, each in self.by_code.items() if math.isfinite(each)}
        )


Layer = Features | Values


@dataclass(frozen=True, slots=True)
class Step:
    """The values that share a colour, from the least to the greatest that there is. `number` counts from 1."""

    number: int
    least: float
    greatest: float


def point(longitude: float, latitude: float, properties: Mapping[str, JsonValue]) -> Feature:
    """A feature at one position."""
    return Feature({"type": "Point", "coordinates": [longitude, latitude]}, properties)


def steps(values: Iterable[float]) -> tuple[Step, ...]:
    """Up to five steps with about as many values each; equal values share a step."""
    ordered = sorted(values)
    distinct = sorted(set(ordered))
    starts = distinct
    if len(distinct) > MAX_STEPS:
        starts = sorted({ordered[len(ordered) * number // MAX_STEPS] for number in range(MAX_STEPS)})
    limits = [*starts, float("inf")]
    return tuple(
        Step(number, low, max(value for value in distinct if low <= value < high))
        for number, (low, high) in enumerate(pairwise(limits), start=1)
    )


def step_of(value: float, all_steps: Sequence[Step]) -> int:
    """The number of the step that a value is in."""
    return max((step.number for step in all_steps if value >= step.least), default=1)


def words_of(feature: Feature, fields: Sequence[Field]) -> str:
    """What people read of a feature, on one line."""
    told = ((each.label, feature.properties.get(each.name)) for each in fields)
    return "; ".join(f"{label}: {value}" for label, value in told if value not in (None, ""))


def pieces(geometry: JsonObject) -> Iterator[tuple[str, list[list[Position]]]]:
    """A geometry as points, lines and polygons: (kind, its lines of positions). What is damaged is left out."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    match kind:
        case "Point":
            yield "point", _lines([[coordinates]])
        case "MultiPoint":
            yield from (("point", _lines([[each]])) for each in _list(coordinates))
        case "LineString":
            yield "line", _lines([coordinates])
        case "MultiLineString":
            yield from (("line", _lines([each])) for each in _list(coordinates))
        case "Polygon":
            yield "area", _lines(_list(coordinates))
        case "MultiPolygon":
            yield from (("area", _lines(_list(each))) for each in _list(coordinates))
        case "GeometryCollection":
            for part in _list(geometry.get("geometries")):
                if isinstance(part, dict) and part.get("type") != "GeometryCollection":
                    yield from pieces(part)


def _lines(value: Sequence[JsonValue]) -> list[list[Position]]:
    lines = ([position for each in _list(line) if (position := _position(each))] for line in value)
    return [line for line in lines if line]


def _position(value: JsonValue) -> Position | None:
    match value:
        case [int() | float() as x, int() | float() as y, *_] if math.isfinite(x) and math.isfinite(y):
            return float(x), float(y)
    return None


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
