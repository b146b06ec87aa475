"""Maps of the city as pictures: the base map and what a page shows on it, ready for a template to draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from portal import links
from portal.catalog.map_queries import Unit
from portal.catalog.outlines import from_geojson
from portal.exchange.base_map import CITY, HOANG_SA, HOANG_SA_KIND, LAND, land, version_of
from portal.exchange.values import JsonObject, JsonValue, json_bytes
from portal.text import Language, LocalizedText
from portal.web.map_drawing import Frame, Label, Room, Wish, area_path, line_path, place_labels
from portal.web.map_framing import (
    MAX_DRAWN,
    SMALL,
    WIDE,
    Thing,
    inset_frame,
    inset_room,
    main_frame,
    things_of,
)
from portal.web.map_layers import Features, Layer, Step, Values, step_of, steps

_POINT_RADIUS = 4.0
_HALO = 9.0
_MOST_ROOMS = 300
_LARGE = 24.0
# More than any area.
_FIRST = 1e9
_KINDS = {"phuong": "Phường ", "xa": "Xã ", "dac-khu": "Đặc khu ", "thi-tran": "Thị trấn "}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn. `kind`: area, line, round (a unit as a circle) or point; areas and lines have a `path`.

    `name` may be in Vietnamese only; `facts` is what else a reader may know of it. `step`: its colour by value, 0 for
    none. `halo`: radius of a ring around what is too small to be seen well."""

    kind: str
    path: str = ""
    x: float = 0
    y: float = 0
    radius: float = 0
    name: LocalizedText | None = None
    facts: str = ""
    value: float | None = None
    step: int = 0
    href: str = ""
    is_here: bool = False
    halo: float = 0


@dataclass(frozen=True, slots=True)
class Panel:
    """One frame of a map: where it lies in the picture, its land, what is on it, and names."""

    x: float
    y: float
    width: float
    height: float
    land: str
    units: tuple[Mark, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """A picture of the city with Hoàng Sa in a frame of its own. `kind`: units, features or values. `has_gaps`: some
    unit has no value. `left_out`: how many features are not drawn. `settings`: what the interactive map needs to
    know, as JSON."""

    kind: str
    title: str
    description: str
    main: Panel
    inset: Panel
    steps: tuple[Step, ...]
    label: str
    unit: str
    has_gaps: bool
    left_out: int
    has_areas: bool
    base: str
    settings: str

    @property
    def is_wide(self) -> bool:
        """Whether it is drawn for a wide place; on a phone its letters come out small."""
        return self.main.width > SMALL


def city_map(
    units: Sequence[Unit],
    language: Language,
    *,
    title: str,
    description: str,
    layer: Layer | None = None,
    here: AbstractSet[str] = frozenset(),
    width: float = WIDE,
    is_linked: bool = False,
) -> Map:
    """The map of the city with a layer on it, or with the units `here` brought out. `is_linked`: units lead to
    their pages. `width`: that of the picture in pixels; it is drawn larger or smaller where there is room."""
    layer = layer.finite if isinstance(layer, Values) else layer
    content = _content(units, language, layer, here, is_linked=is_linked)
    main = main_frame(content.things, width)
    inset = inset_frame(width)
    room = inset_room(content.things, main, inset)
    values = layer if isinstance(layer, Values) else Values({}, "")
    return Map(
        kind="features" if isinstance(layer, Features) else "values" if layer else "units",
        title=title,
        description=description,
        main=_panel(content, main, (0, 0), taken=[room]),
        inset=_panel(content, inset, room[:2], taken=[]),
        steps=content.steps,
        label=values.label,
        unit=values.unit,
        has_gaps=any(unit.code not in values.by_code for unit in units),
        left_out=max(0, len(layer.items) - MAX_DRAWN) if isinstance(layer, Features) else 0,
        has_areas=any(unit.outline for unit in units),
        base=links.base_map(version_of(units)),
        settings=json_bytes(_settings(layer, content.steps, here)).decode(),
    )


@dataclass(frozen=True, slots=True)
class _Content:
    """What is drawn in both frames; units in the order in which they are drawn."""

    units: tuple[Unit, ...]
    things: tuple[Thing, ...]
    values: Values | None
    steps: tuple[Step, ...]
    here: AbstractSet[str]
    language: Language
    is_linked: bool


def _content(
    units: Iterable[Unit], language: Language, layer: Layer | None, here: AbstractSet[str], *, is_linked: bool
) -> _Content:
    values = layer if isinstance(layer, Values) else None
    return _Content(
        # What is small lies on what is large, and on top what is brought out.
        units=tuple(sorted(units, key=lambda unit: (unit.code in here, -(unit.area_km2 or 0)))),
        things=things_of(layer),
        values=values,
        steps=steps(values.by_code.values()) if values else (),
        here=here,
        language=language,
        is_linked=is_linked,
    )


def _panel(content: _Content, frame: Frame, at: tuple[float, float], *, taken: Sequence[Room]) -> Panel:
    paths = {unit.code: _unit_path(unit, frame) for unit in content.units}
    shown = [unit for unit in content.units if paths[unit.code] or frame.box.holds(unit.position)]
    units = tuple(_unit_mark(content, unit, paths[unit.code], frame) for unit in shown)
    marks = tuple(mark for thing in content.things if (mark := _thing_mark(thing, frame)))
    return Panel(
        x=round(at[0], 1),
        y=round(at[1], 1),
        width=frame.width,
        height=frame.height,
        land=_land_path(frame),
        units=units,
        marks=marks,
        labels=_names(shown, units, frame, [*taken, *_rooms(marks)]),
    )


@lru_cache(maxsize=8)
def _land_path(frame: Frame) -> str:
    return area_path(land(), frame)


def _unit_path(unit: Unit, frame: Frame) -> str:
    if unit.outline is None or (unit.box and not frame.shows((unit.box[:2], unit.box[2:]))):
        return ""
    is_usual = frame.box in (CITY, HOANG_SA)
    return _outline_path(unit.outline, frame) if is_usual else area_path(from_geojson(unit.outline), frame)


# The units in both frames of pictures of both sizes.
@lru_cache(maxsize=512)
def _outline_path(outline: str, frame: Frame) -> str:
    return area_path(from_geojson(outline), frame)


def _unit_mark(content: _Content, unit: Unit, path: str, frame: Frame) -> Mark:
    value = content.values.by_code.get(unit.code) if content.values else None
    step = step_of(value, content.steps) if value is not None else 0
    x, y = frame.point(unit.position)
    is_here, to_scale = unit.code in content.here, frame.radius(unit.area_km2)
    return Mark(
        kind="area" if path else "round",
        path=path,
        x=x,
        y=y,
        # A colour needs some room to be told from another; more of it for greater values.
        radius=to_scale if content.values is None else _POINT_RADIUS + 1.5 * step,
        name=unit.name,
        value=value,
        step=step,
        href=links.place_page(unit.slug, content.language) if content.is_linked else "",
        is_here=is_here,
        halo=_HALO if is_here and to_scale < _HALO else 0,
    )


def _thing_mark(thing: Thing, frame: Frame) -> Mark | None:
    if not any(frame.shows(line) for line in thing.lines):
        return None
    if thing.kind == "point":
        x, y = frame.point(thing.lines[0][0])
        return Mark("point", x=x, y=y, radius=_POINT_RADIUS, facts=thing.facts)
    ends = "z" if thing.kind == "area" else ""
    return Mark(
        thing.kind, path="".join(line_path(line, frame) + ends for line in thing.lines), facts=thing.facts
    )


def _names(
    units: Iterable[Unit], marks: Iterable[Mark], frame: Frame, taken: Sequence[Room]
) -> tuple[Label, ...]:
    """Names of units, the larger before the smaller; in a small picture only of what is brought out. Hoàng Sa has
    its name below its frame, always."""
    wishes = [
        _wish(unit, mark)
        for unit, mark in zip(units, marks, strict=True)
        if unit.kind != HOANG_SA_KIND and (mark.is_here or frame.width > SMALL)
    ]
    return place_labels(wishes, frame.width, frame.height, taken)


def _wish(unit: Unit, mark: Mark) -> Wish:
    radius = max(mark.radius, mark.halo)
    # Beside what is large, a name would stand among its neighbours.
    away = radius if radius < _LARGE and not mark.path else mark.halo
    rank = -(unit.area_km2 or 0) - _FIRST * mark.is_here
    return Wish(
        unit.name.vi.removeprefix(_KINDS.get(unit.kind, "")), mark.x, mark.y, radius, away, rank, mark.is_here
    )


def _rooms(marks: Iterable[Mark]) -> list[Room]:
    """What points take, so that no name covers them; of very many the first will do."""
    points = islice((mark for mark in marks if mark.kind == "point"), _MOST_ROOMS)
    return [
        (each.x - each.radius, each.y - each.radius, each.x + each.radius, each.y + each.radius)
        for each in points
    ]


def _settings(layer: Layer | None, all_steps: Sequence[Step], here: Iterable[str]) -> JsonObject:
    found: JsonObject = {"here": sorted(here), "city": [*CITY], "hoang_sa": [*HOANG_SA], "land": [*LAND]}
    match layer:
        case Features():
            found |= {
                "kind": "features",
                "fields": [[field.name, field.label] for field in layer.fields],
                "url": layer.url,
                "data": None if layer.url else _collection(layer),
            }
        case Values():
            values = {code: [value, step_of(value, all_steps)] for code, value in layer.by_code.items()}
            found |= {"kind": "values", "label": layer.label, "unit": layer.unit, "values": values}
        case None:
            found |= {"kind": "units"}
    return found


def _collection(layer: Features) -> JsonObject:
    names = [field.name for field in layer.fields]
    features: list[JsonValue] = [
        {
            "type": "Feature",
            "geometry": item.geometry,
            "properties": {name: item.properties.get(name) for name in names},
        }
        for item in layer.items
    ]
    return {"type": "FeatureCollection", "features": features}
