"""What part of the city a map shows: all of it, or nearer; and which corner is left for Hoàng Sa."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.catalog.map_queries import Detail
from portal.catalog.outlines import Box, Position, around
from portal.exchange.base_map import CITY, HOANG_SA
from portal.web.map_drawing import Frame, Room, frame_around
from portal.web.map_layers import Features, Layer, pieces, words_of

WIDE, SMALL = 640.0, 320.0
# More than this is no picture but a page of several hundred kilobytes; the rest is counted.
MAX_DRAWN = 1_500
LABEL_HEIGHT = 16.0
_LEAST_DEGREES = 0.06
_NEAR_TIMES = 3.0
_MARGIN = 6.0
_LEAST_INSET = 88.0


@dataclass(frozen=True, slots=True)
class Thing:
    """A piece of a feature: a point, line or area with what is told of it."""

    kind: str
    lines: tuple[tuple[Position, ...], ...]
    facts: str

    @property
    def box(self) -> Box:
        """Around it."""
        return around(Box(*position, *position) for position in self.lines[0])


def things_of(layer: Layer | None) -> tuple[Thing, ...]:
    """The pieces of all features that are drawn."""
    features = layer if isinstance(layer, Features) else Features(())
    return tuple(
        Thing(kind, tuple(map(tuple, lines)), words_of(item, features.fields))
        for item in features.items[:MAX_DRAWN]
        for kind, lines in pieces(item.geometry)
        if lines
    )


def detail_of(layer: Layer | None) -> Detail:
    """How well outlines must be known for a picture of this layer: better where the map comes near."""
    near, whole = main_frame(things_of(layer), WIDE), Frame(CITY, WIDE)
    return "boundary" if near.pixels_per_degree > _NEAR_TIMES * whole.pixels_per_degree else "sketch"


def main_frame(things: Iterable[Thing], width: float) -> Frame:
    """The whole city, or nearer when all that is shown lies close together on the mainland."""
    whole = Frame(CITY, width)
    boxes = [thing.box for thing in things if _lies_in(CITY, thing.box)]
    if not boxes:
        return whole
    near = frame_around(around(boxes), width, whole.height, least_degrees=_LEAST_DEGREES)
    return near if near.pixels_per_degree > whole.pixels_per_degree else whole


def _lies_in(frame: Box, box: Box) -> bool:
    return frame.holds((box.west, box.south)) and frame.holds((box.east, box.north))


def inset_frame(width: float) -> Frame:
    """Hoàng Sa, beside a map of this width."""
    return Frame(HOANG_SA, max(_LEAST_INSET, width / 4))


def inset_room(things: Iterable[Thing], main: Frame, inset: Frame) -> Room:
    """The corner for Hoàng Sa: over the sea in the north-east, or where it covers least of what is shown."""
    far_x, far_y = main.width - inset.width - _MARGIN, main.height - inset.height - _MARGIN - LABEL_HEIGHT
    corners = [(far_x, _MARGIN), (_MARGIN, _MARGIN), (far_x, far_y), (_MARGIN, far_y)]
    rooms = [(x, y, x + inset.width, y + inset.height + LABEL_HEIGHT) for x, y in corners]
    if main.box == CITY:
        return rooms[0]
    points = [main.point(thing.lines[0][0]) for thing in things]
    return min(rooms, key=lambda room: sum(_is_in(room, point) for point in points))


def _is_in(room: Room, point: tuple[float, float]) -> bool:
    return room[0] <= point[0] <= room[2] and room[1] <= point[1] <= room[3]
