"""Coordinates of VN-2000 and other national grids turned into WGS84."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

# The city's surveys are drawn in the 3-degree zone of meridian 107°45' (EPSG:5899).
CITY_GRID = 5899
_EPSG = re.compile(r"EPSG(?::|::|/0/)(\d{4,5})", re.IGNORECASE)
_WGS84 = re.compile(r"WGS[ _]?(?:19)?84|CRS84", re.IGNORECASE)
_EASTING = (300_000.0, 800_000.0)
_NORTHING = (1_500_000.0, 2_000_000.0)


@dataclass(frozen=True, slots=True)
class Reprojection:
    """From a named grid to longitude and latitude."""

    name: str
    transformer: Transformer

    def position(self, easting: float, northing: float) -> tuple[float, float]:
        """Longitude and latitude; infinite where the grid does not reach."""
        longitude, latitude = self.transformer.transform(easting, northing)
        return float(longitude), float(latitude)

    def positions(self, eastings: list[float], northings: list[float]) -> tuple[list[float], list[float]]:
        """Many at once."""
        longitudes, latitudes = self.transformer.transform(eastings, northings)
        return list(longitudes), list(latitudes)


def from_name(text: str) -> Reprojection | None:
    """The grid that a text names by its EPSG number; None for WGS84 and for what is not known."""
    found = _EPSG.search(text)
    return from_number(int(found[1])) if found else None


def from_wkt(text: str) -> Reprojection | None:
    """The grid that a .prj file describes."""
    try:
        system = CRS.from_wkt(text[:20_000])
    except CRSError:
        return None
    return _to_wgs84(system, system.name)


@lru_cache(maxsize=16)
def from_number(number: int) -> Reprojection | None:
    """The grid with this EPSG number."""
    try:
        system = CRS.from_epsg(number)
    except CRSError:
        return None
    return _to_wgs84(system, f"EPSG:{number}")


def guess(position: tuple[float, float] | None) -> Reprojection | None:
    """The city's grid for numbers that are metres of it, east first."""
    if position is None or not is_city_grid(*position):
        return None
    return from_number(CITY_GRID)


def is_city_grid(easting: float, northing: float) -> bool:
    """Whether two numbers can be an easting and a northing of the city's grid."""
    return _EASTING[0] < easting < _EASTING[1] and _NORTHING[0] < northing < _NORTHING[1]


def _to_wgs84(system: CRS, name: str) -> Reprojection | None:
    """None where the numbers are WGS84 already. Degrees of VN-2000 are not: they lie 200 metres off."""
    if system.is_geographic and _WGS84.search(system.name):
        return None
    return Reprojection(name, Transformer.from_crs(system, CRS.from_epsg(4326), always_xy=True))
