"""Boundaries: which area of a file is which unit of the city, and their storing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from portal.catalog import map_queries
from portal.catalog.actors import Actor
from portal.catalog.changes import record_change
from portal.catalog.datestamps import move_datestamps
from portal.catalog.models import Place
from portal.catalog.outlines import Box, Outline, area_km2, around, as_geojson, box_of, rounded, simplified
from portal.catalog.services.matching import Lookup
from portal.text import LocalizedText

# 50 m is a pixel where a ward fills the window; 300 m is less than one in a picture of the whole city.
BOUNDARY_METRES = 50.0
SKETCH_METRES = 300.0
# A file may have units of the same name elsewhere, or as they were before 2025: their place or size betrays them.
_NEAR_DEGREES = 0.1
_TIMES_LARGER = 3.0
_UNKNOWN = LocalizedText(
    "không có mã hay tên nào của một đơn vị hiện nay", "no code and no name of a unit of today"
)
_ELSEWHERE = LocalizedText("nằm ở nơi khác với đơn vị cùng tên", "lies elsewhere than the unit of that name")
_OTHER_SIZE = LocalizedText(
    "diện tích khác hẳn đơn vị cùng tên", "its size is quite another than that of the unit of that name"
)

How = Literal["code", "name"]


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a file. `number`: its place there, from 1. `words`: its short texts and numbers by field."""

    number: int
    words: Mapping[str, str]
    outline: Outline


@dataclass(frozen=True, slots=True)
class Match:
    """A unit, the areas of the file that make it up, and what told that they do."""

    place: Place
    areas: tuple[Area, ...]
    how: How

    @property
    def outline(self) -> Outline:
        """Where the unit is."""
        return rounded(tuple(polygon for area in self.areas for polygon in area.outline))


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An area that belongs to no unit; `label` as the file names it."""

    number: int
    label: str
    reason: LocalizedText


@dataclass(frozen=True, slots=True)
class Matching:
    """What became of each area, and the units of today that no area belongs to."""

    matches: tuple[Match, ...]
    unmatched: tuple[Unmatched, ...]
    without: tuple[Place, ...]


def match_boundaries(session: Session, areas: Sequence[Area]) -> Matching:
    """Finds the unit of each area by the field that holds most codes, else by the one that holds most names."""
    places = map_queries.places_of_today(session)
    candidates = _Candidates(areas, places)
    found: dict[str, tuple[Place, How, list[Area]]] = {}
    unmatched = []
    for area in areas:
        place, how = candidates.of(area)
        if place is None:
            unmatched.append(candidates.refused(area, _UNKNOWN))
        else:
            found.setdefault(place.code, (place, how, []))[2].append(area)
    matches = []
    for match in (Match(place, tuple(parts), how) for place, how, parts in found.values()):
        doubt = _doubt(match)
        if doubt is None:
            matches.append(match)
        else:
            unmatched += [candidates.refused(area, doubt) for area in match.areas]
    known = {match.place.code for match in matches}
    without = tuple(each for each in places if each.parent_code and each.code not in known)
    return Matching(tuple(matches), tuple(sorted(unmatched, key=lambda each: each.number)), without)


class _Candidates:
    """The units that areas may be, by the two fields of this file that tell most."""

    def __init__(self, areas: Sequence[Area], places: Sequence[Place]) -> None:
        self._by_code = {place.code: place for place in places}
        self._names = Lookup((), (), places)
        self._code_field = _best_field(areas, self._by_code.get)
        self._name_field = _best_field(areas, self._names.place)

    def of(self, area: Area) -> tuple[Place | None, How]:
        """The unit that an area says it is."""
        place = self._by_code.get(area.words.get(self._code_field, ""))
        if place is not None:
            return place, "code"
        return self._names.place(area.words.get(self._name_field, "")), "name"

    def refused(self, area: Area, reason: LocalizedText) -> Unmatched:
        """An area that cannot be taken, by a word that people know it by."""
        fields = (self._name_field, self._code_field, *area.words)
        return Unmatched(area.number, next(filter(None, map(area.words.get, fields)), "?"), reason)


def _best_field(areas: Iterable[Area], place_of: Callable[[str], Place | None]) -> str:
    """The field that speaks of most units: a number of another kind may happen to be the code of one."""
    spoken_of: dict[str, set[str]] = {}
    for area in areas:
        for name, word in area.words.items():
            place = place_of(word)
            spoken_of.setdefault(name, set()).update([place.code] if place else [])
    return max(spoken_of, key=lambda name: len(spoken_of[name]), default="")


def _doubt(match: Match) -> LocalizedText | None:
    """Why the areas cannot be this unit, though they say so."""
    place, outline = match.place, match.outline
    point = (place.longitude, place.latitude) if place.longitude and place.latitude else None
    if point and not box_of(outline).holds(point, _NEAR_DEGREES):
        return _ELSEWHERE
    if place.area_km2:
        times = area_km2(outline) / place.area_km2
        if not 1 / _TIMES_LARGER < times < _TIMES_LARGER:
            return _OTHER_SIZE
    return None


def store_boundaries(session: Session, matching: Matching, *, actor: Actor, now: datetime) -> int:
    """Keeps the outlines, made simpler, and where each unit lies; answers how many units that changed."""
    outlines = {match.place.code: match.outline for match in matching.matches}
    boundaries = simplified(outlines, BOUNDARY_METRES)
    sketches = simplified(outlines, SKETCH_METRES)
    changed = []
    places = map_queries.places_of_today(session, with_outlines=True)
    for place in places:
        if place.code in outlines and _keep(place, outlines, boundaries, sketches):
            changed.append(place)
    changed += _keep_city(places)
    for place in changed:
        move_datestamps(session, place, now)
        record_change(session, place, action="update", is_public=True, actor=actor.name, at=now)
    return len(changed)


def _keep(
    place: Place,
    outlines: Mapping[str, Outline],
    boundaries: Mapping[str, Outline],
    sketches: Mapping[str, Outline],
) -> bool:
    boundary, sketch = as_geojson(boundaries[place.code]), as_geojson(sketches[place.code])
    is_new = (place.boundary, place.sketch) != (boundary, sketch)
    place.boundary, place.sketch = boundary, sketch
    return _set_box(place, box_of(outlines[place.code])) or is_new


def _keep_city(places: Sequence[Place]) -> list[Place]:
    """The city lies where its units do, once all of them are known and no boundary of its own is."""
    boxes = [place.box for place in places if place.parent_code]
    known = [box for box in boxes if box is not None]
    if len(known) < len(boxes) or not known:
        return []
    whole = around(known)
    return [
        each for each in places if not each.parent_code and each.boundary is None and _set_box(each, whole)
    ]


def _set_box(place: Place, box: Box) -> bool:
    is_new = place.box != box
    place.west, place.south, place.east, place.north = box
    return is_new
