"""GeoJSON and zipped shapefiles: attributes as columns, shapes in WGS84 as GeoJSON text beside them."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapefile

from portal.tables.encodings import Encoding, choose, decoded
from portal.tables.grid import RawTable, Row, cell_of
from portal.tables.projections import Reprojection, from_name, from_wkt, guess
from portal.tables.readers.archives import unpack
from portal.tables.readers.documents import elements, flat
from portal.tables.refusals import NoTable
from portal.tables.values import ReadLimits

GEOMETRY = "_geometry"
LATITUDE, LONGITUDE = "Vĩ độ (từ hình)", "Kinh độ (từ hình)"
_MAX_VERTICES = 20_000
_MAX_DEPTH = 6
_HEAD_CHARACTERS = 64 * 1024
_POINT_SHAPES = (shapefile.POINT, shapefile.POINTZ, shapefile.POINTM)
_SHAPE_PARTS = frozenset((".shp", ".dbf", ".shx", ".prj", ".cpg"))


def read_geojson(path: Path, encoding: Encoding, limits: ReadLimits) -> RawTable:
    """Features one by one; a single feature or geometry is a table of one row."""
    columns: dict[str, None] = {}
    first: Any = None
    has_points = False
    for feature in _features(path, encoding):
        first = first or feature
        has_points = has_points or _is_point(feature.get("geometry"))
        columns.update(dict.fromkeys(_properties(feature)))
        if len(columns) > limits.columns:
            raise NoTable("too-many-columns", limit=limits.columns)
    if first is None:
        raise NoTable("empty")
    projection = _named_projection(path, encoding) or guess(_some_position(first.get("geometry")))
    names = list(columns)
    table = _table(None, names, has_points=has_points)
    if projection is not None:
        table.remark("reprojected", projection.name)
    table.rows = _feature_rows(_features(path, encoding), names, projection, table)
    return table


def read_shapefile(path: Path, folder: Path, limits: ReadLimits) -> Iterator[RawTable]:
    """Every layer of the archive."""
    layers: dict[str, dict[str, Path]] = {}
    for name, file in unpack(path, folder, limits, lambda member: member.suffix.lower() in _SHAPE_PARTS):
        stem, _, suffix = name.rpartition(".")
        layers.setdefault(stem, {})[suffix.lower()] = file
    whole = {stem: parts for stem, parts in layers.items() if {"shp", "dbf"} <= parts.keys()}
    if not whole:
        raise NoTable("damaged")
    for stem, parts in sorted(whole.items()):
        yield _layer(stem.rpartition("/")[2], parts)


def _layer(name: str, parts: dict[str, Path]) -> RawTable:
    try:
        opened = {suffix: parts[suffix].open("rb") for suffix in ("shp", "dbf", "shx") if suffix in parts}
        reader = shapefile.Reader(encoding="latin-1", **opened)
        fields = [str(field.name) for field in reader.fields[1:]]
    except (shapefile.ShapefileException, OSError, ValueError, struct.error):
        raise NoTable("damaged") from None
    projection = from_wkt(parts["prj"].read_text("utf-8", "replace")) if "prj" in parts else None
    encoding = choose(parts["dbf"]).encoding
    names = [decoded(field.encode("latin-1"), encoding) for field in fields]
    table = _table(name, names, has_points=reader.shapeType in _POINT_SHAPES)
    if projection is not None:
        table.remark("reprojected", projection.name)
    features = _shapes(reader, names, encoding)
    table.rows = _feature_rows(features, names, projection, table)
    return table


def _table(name: str | None, names: list[str], *, has_points: bool) -> RawTable:
    places = [LATITUDE, LONGITUDE] if has_points else []
    return RawTable(name, [*names, *places, GEOMETRY], iter(()), has_geometry=True)


def _is_point(geometry: Any) -> bool:
    return isinstance(geometry, dict) and geometry.get("type") == "Point"


def _shapes(reader: shapefile.Reader, names: list[str], encoding: Encoding) -> Iterator[Any]:
    try:
        for each in reader.iterShapeRecords():
            values = [_attribute(value, encoding) for value in each.record]
            shape = each.shape.__geo_interface__ if each.shape.shapeType else None
            yield {"properties": dict(zip(names, values, strict=True)), "geometry": shape}
    except (shapefile.ShapefileException, ValueError, IndexError, KeyError, struct.error):
        raise NoTable("damaged") from None


def _attribute(value: Any, encoding: Encoding) -> Any:
    return decoded(value.encode("latin-1", "replace"), encoding) if isinstance(value, str) else value


def _features(path: Path, encoding: Encoding) -> Iterator[Any]:
    head = _head(path, encoding)
    if '"features"' in head:
        for feature in elements(path, encoding, "features"):
            if isinstance(feature, dict):
                yield feature
        return
    with path.open(encoding=encoding.codec) as file:
        try:
            document = json.load(file)
        except RecursionError:
            raise NoTable("too-deep") from None
        except ValueError:
            raise NoTable("broken-json", row=1) from None
    if "features" in document:
        yield from document["features"]
    else:
        yield document if document.get("type") == "Feature" else {"geometry": document, "properties": {}}


def _head(path: Path, encoding: Encoding) -> str:
    with path.open(encoding=encoding.codec, errors="replace") as file:
        return file.read(_HEAD_CHARACTERS)


def _named_projection(path: Path, encoding: Encoding) -> Reprojection | None:
    """The projection that older GeoJSON names in its `crs` member."""
    head = _head(path, encoding)
    start = head.find('"crs"')
    return from_name(head[start : start + 300]) if start >= 0 else None


def _properties(feature: Any) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return flat(properties) if isinstance(properties, dict) else {}


def _feature_rows(
    features: Iterator[Any], names: list[str], projection: Reprojection | None, table: RawTable
) -> Iterator[Row]:
    for feature in features:
        properties = _properties(feature)
        geometry = _prepared(feature.get("geometry"), projection, table)
        cells = [_plain(properties.get(name)) for name in names]
        if LATITUDE in table.header:
            point = _some_position(geometry) if _is_point(geometry) else None
            cells += [cell_of(point[1]), cell_of(point[0])] if point else ["", ""]
        shape = json.dumps(geometry, separators=(",", ":")) if geometry else ""
        yield [*cells, shape, ""]


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else cell_of(value)


def _prepared(geometry: Any, projection: Reprojection | None, table: RawTable) -> dict[str, Any] | None:
    """The shape in WGS84 with at most so many vertices; None, and counted, where it is no shape."""
    if not isinstance(geometry, dict):
        return None
    members = geometry.get("geometries")
    if isinstance(members, list):
        parts = [part for part in (_prepared(each, projection, table) for each in members[:100]) if part]
        return {"type": "GeometryCollection", "geometries": parts}
    vertices = _count(geometry.get("coordinates"), 0)
    if vertices == 0:
        table.remark("broken-shape")
        return None
    step = math.ceil(vertices / _MAX_VERTICES)
    if step > 1:
        table.remark("thinned-shape")
    coordinates = _mapped(geometry["coordinates"], projection, step)
    if coordinates is None:
        table.remark("broken-shape")
        return None
    return {"type": str(geometry.get("type")), "coordinates": coordinates}


def _is_position(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) >= 2 and all(_is_number(each) for each in value[:2])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _count(value: Any, depth: int) -> int:
    if _is_position(value):
        return 1
    if not isinstance(value, list | tuple) or depth > _MAX_DEPTH:
        return 0
    return sum(_count(each, depth + 1) for each in value)


def _mapped(value: Any, projection: Reprojection | None, step: int) -> Any:
    """Coordinates reprojected, every `step`th vertex of a line kept, with its first and last."""
    if _is_position(value):
        longitude, latitude = float(value[0]), float(value[1])
        if projection is not None:
            longitude, latitude = projection.position(longitude, latitude)
        is_on_earth = abs(longitude) <= 180 and abs(latitude) <= 90
        return [round(longitude, 7), round(latitude, 7)] if is_on_earth else None
    if not isinstance(value, list | tuple):
        return None
    thinned = value
    if step > 1 and len(value) > 4 and _is_position(value[0]):
        thinned = [*value[:-1:step], value[-1]]
    parts = [_mapped(each, projection, step) for each in thinned]
    return None if any(part is None for part in parts) or not parts else parts


def _some_position(geometry: Any) -> tuple[float, float] | None:
    value: Any = geometry.get("coordinates") if isinstance(geometry, dict) else None
    for _ in range(_MAX_DEPTH):
        if _is_position(value):
            return float(value[0]), float(value[1])
        value = value[0] if isinstance(value, list | tuple) and value else None
    return None
