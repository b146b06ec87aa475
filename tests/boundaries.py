"""Boundary files as tests need them: an area around each unit, about as large as the unit is."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from portal.catalog.map_queries import Unit
from portal.catalog.outlines import METRES_PER_DEGREE


def square(unit: Unit, *, times: float = 1.0, east: float = 0.0) -> dict[str, Any]:
    """A square with the unit's area (`times` larger) around its point (`east` degrees away)."""
    (x, y), side = unit.position, math.sqrt((unit.area_km2 or 1) * times) * 1000 / METRES_PER_DEGREE
    wide, x = side / math.cos(math.radians(y)) / 2, x + east
    ring = [
        [x - wide, y - side / 2],
        [x + wide, y - side / 2],
        [x + wide, y + side / 2],
        [x - wide, y + side / 2],
    ]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def write_boundaries(
    path: Path,
    units: Iterable[Unit],
    words: Callable[[Unit], dict[str, Any]],
    shape: Callable[[Unit], dict[str, Any]] = square,
) -> Path:
    """A file with a feature for each unit."""
    features = [{"type": "Feature", "geometry": shape(unit), "properties": words(unit)} for unit in units]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path
