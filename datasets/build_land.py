"""Writes `portal/exchange/land.geojson`, the land of the base map, from the npm package `world-atlas`.

Only its object `land` is read (Natural Earth, public domain): land of one piece, without borders and names.
    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python datasets/build_land.py package/land-10m.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

# West, south, east, north: the city, and the sea off it as far as Hoàng Sa.
WINDOW = (107.0, 14.7, 113.3, 17.4)
TARGET = Path(__file__).resolve().parent.parent / "portal" / "exchange" / "land.geojson"
# About a metre is more than the source knows.
DECIMALS = 4

Point = tuple[float, float]


def decoded_arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """The lines of a TopoJSON file in degrees: they are stored as whole steps from point to point."""
    (scale_x, scale_y), (origin_x, origin_y) = (topology["transform"][key] for key in ("scale", "translate"))
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + origin_x, y * scale_y + origin_y))
        arcs.append(points)
    return arcs


def rings(topology: dict[str, Any]) -> Iterable[list[Point]]:
    """Every ring of the land, holes too."""
    arcs = decoded_arcs(topology)
    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for ring in (ring for polygon in polygons for ring in polygon):
            points: list[Point] = []
            for number in ring:
                arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                points += arc[1:] if points else arc
            yield points


def clipped(ring: Sequence[Point]) -> list[Point]:
    """What of a ring lies in the window (Sutherland and Hodgman: one side after the other)."""
    points = list(ring)
    for axis, limit, sign in ((0, WINDOW[0], 1), (0, WINDOW[2], -1), (1, WINDOW[1], 1), (1, WINDOW[3], -1)):
        kept: list[Point] = []
        for start, end in pairwise([*points, *points[:1]]):
            was, is_in = ((each[axis] - limit) * sign >= 0 for each in (start, end))
            if was != is_in:
                share = (limit - start[axis]) / (end[axis] - start[axis])
                other = start[1 - axis] + share * (end[1 - axis] - start[1 - axis])
                kept.append((limit, other) if axis == 0 else (other, limit))
            if is_in:
                kept.append(end)
        points = kept
    return points


def rounded(points: Iterable[Point]) -> list[list[float]]:
    """Closed, to the decimals of the file, without points that fall together."""
    found: list[list[float]] = []
    for point in points:
        each = [round(value, DECIMALS) for value in point]
        if not found or found[-1] != each:
            found.append(each)
    return found if found[0] == found[-1] else [*found, found[0]]


def main() -> None:
    """Reads the package's file that is named, writes the land."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    polygons = [[rounded(each)] for each in map(clipped, rings(topology)) if len(each) > 2]
    geometry = {"type": "MultiPolygon", "coordinates": polygons}
    TARGET.write_text(json.dumps(geometry, separators=(",", ":")) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(polygons)} pieces, {sum(len(each[0]) for each in polygons)} points\n")


if __name__ == "__main__":
    main()
