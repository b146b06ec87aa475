"""From degrees to pixels: frames, the paths of areas and lines, and names that do not cover each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from portal.catalog.outlines import METRES_PER_DEGREE, Box, Outline, Position

Anchor = Literal["start", "middle", "end"]
LETTER_HEIGHT = 11.0
# Mean width of a letter of the font, by its height.
_LETTER_WIDTH = 0.56
_GAP = 3.0
_LEAST_RADIUS = 2.2
_VERY_LARGE = 60.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A box of degrees, drawn `width` pixels wide: as wide as high, where its middle lies."""

    box: Box
    width: float

    @property
    def shrink(self) -> float:
        """How much shorter a degree of longitude is."""
        return math.cos(math.radians((self.box.south + self.box.north) / 2))

    @property
    def pixels_per_degree(self) -> float:
        """Of latitude."""
        return self.width / ((self.box.east - self.box.west) * self.shrink)

    @property
    def height(self) -> float:
        """In pixels."""
        return round((self.box.north - self.box.south) * self.pixels_per_degree, 1)

    def point(self, position: Position) -> tuple[float, float]:
        """Pixels from the left and from the top."""
        scale = self.pixels_per_degree
        x = (position[0] - self.box.west) * scale * self.shrink
        return round(x, 1), round((self.box.north - position[1]) * scale, 1)

    def shows(self, positions: Iterable[Position]) -> bool:
        """Whether a line or ring may be seen in it."""
        x, y = zip(*positions, strict=True)
        box = self.box
        return not (max(x) < box.west or min(x) > box.east or max(y) < box.south or min(y) > box.north)

    def radius(self, area_km2: float | None) -> float:
        """Of a circle with this area, to scale; never too small to be seen."""
        kilometres = math.sqrt((area_km2 or 0) / math.pi)
        return max(_LEAST_RADIUS, round(kilometres * 1000 / METRES_PER_DEGREE * self.pixels_per_degree, 1))


def frame_around(box: Box, width: float, height: float, *, least_degrees: float) -> Frame:
    """A frame of this shape that shows a box with some room around it, and no less than `least_degrees`."""
    x, y = (box.west + box.east) / 2, (box.south + box.north) / 2
    shrink = math.cos(math.radians(y))
    wanted = max(
        (box.east - box.west) * 1.2, (box.north - box.south) * 1.2 * width / height / shrink, least_degrees
    )
    tall = wanted * shrink * height / width
    return Frame(Box(x - wanted / 2, y - tall / 2, x + wanted / 2, y + tall / 2), width)


def area_path(outline: Outline, frame: Frame) -> str:
    """What of an outline may be seen, as the `d` of an SVG path; holes by the even-odd rule."""
    return "".join(
        line_path(ring, frame) + "z" for polygon in outline for ring in polygon if frame.shows(ring)
    )


def line_path(positions: Sequence[Position], frame: Frame) -> str:
    """A line as the `d` of an SVG path, in relative steps of tenths of a pixel."""
    scale_y = frame.pixels_per_degree * 10
    scale_x, (west, _, _, north) = scale_y * frame.shrink, frame.box
    points = [(round((each[0] - west) * scale_x), round((north - each[1]) * scale_y)) for each in positions]
    x, y = points[0]
    steps = [f"M{_tenths(x)} {_tenths(y)}l"]
    for next_x, next_y in points[1:]:
        if (next_x, next_y) != (x, y):
            steps.append(f"{_tenths(next_x - x)} {_tenths(next_y - y)} ")
            x, y = next_x, next_y
    # A ring smaller than a tenth of a pixel still leaves its dot.
    return "".join(steps).rstrip() if len(steps) > 1 else f"{steps[0]}.1 0"


def _tenths(number: int) -> str:
    whole, rest = divmod(abs(number), 10)
    sign = "-" if number < 0 else ""
    return f"{sign}{whole or ''}.{rest}" if rest else f"{sign}{whole}"


@dataclass(frozen=True, slots=True)
class Wish:
    """A name that wants a place in the circle of `radius` around a point, or else `away` from the point; `rank` lower
    goes first."""

    text: str
    x: float
    y: float
    radius: float
    away: float
    rank: float
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A name and where it stands: the baseline's start, middle or end."""

    text: str
    x: float
    y: float
    anchor: Anchor
    is_here: bool


Room = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


def place_labels(
    wishes: Iterable[Wish], width: float, height: float, taken: Sequence[Room], size: float = LETTER_HEIGHT
) -> tuple[Label, ...]:
    """As many names as fit without covering one another, what is `taken`, or the edge."""
    rooms = list(taken)
    placed = []
    for wish in sorted(wishes, key=lambda each: each.rank):
        for label, room in _places(wish, size):
            if _is_free(room, rooms, width, height):
                placed.append(label)
                rooms.append(room)
                break
    return tuple(placed)


def _places(wish: Wish, size: float) -> Iterable[tuple[Label, Room]]:
    length, centred = len(wish.text) * _LETTER_WIDTH * size, wish.y + size * 0.35
    choices: list[tuple[float, float, Anchor]] = []
    if length < 2 * wish.radius:
        choices.append((wish.x, centred, "middle"))
    # Where the middle of what is very large is taken, half way out is still within.
    for away in (wish.away + _GAP, wish.radius / 2) if wish.radius > _VERY_LARGE else (wish.away + _GAP,):
        choices += [
            (wish.x + away, centred, "start"),
            (wish.x - away, centred, "end"),
            (wish.x, wish.y - away, "middle"),
            (wish.x, wish.y + away + size * 0.75, "middle"),
        ]
    for x, y, anchor in choices:
        left = {"start": x, "middle": x - length / 2, "end": x - length}[anchor]
        label = Label(wish.text, round(x, 1), round(y, 1), anchor, wish.is_here)
        yield label, (left, y - size, left + length, y + size * 0.3)


def _is_free(room: Room, rooms: Iterable[Room], width: float, height: float) -> bool:
    left, top, right, bottom = room
    if left < 0 or top < 0 or right > width or bottom > height:
        return False
    return not any(
        left < each[2] and right > each[0] and top < each[3] and bottom > each[1] for each in rooms
    )
