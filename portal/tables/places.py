"""Where rows lie: latitude and longitude made from one cell, or from metres of a survey's grid."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb

from portal.tables.columns import Judgement
from portal.tables.hints import grid_name
from portal.tables.judge import Judged
from portal.tables.projections import CITY_GRID, from_number, is_city_grid
from portal.tables.sql import sql_text
from portal.tables.staging import Staged
from portal.tables.values import ColumnType, Note

_NUMBER = r"-?\d{1,3}\.\d+"
_LATITUDE, _LONGITUDE = "Vĩ độ (WGS84)", "Kinh độ (WGS84)"
_BATCH = 50_000


def add_places(
    connection: duckdb.DuckDBPyConnection, staged: Staged, columns: list[Judgement], folder: Path
) -> tuple[list[Judgement], str]:
    """The columns with derived ones at the end, and what to read them from."""
    if any(each.judged.type in (ColumnType.LATITUDE, ColumnType.LONGITUDE) for each in columns):
        return columns, staged.source
    for each in columns:
        if each.judged.type is ColumnType.POINT:
            return [*columns, *_from_point(connection, staged, each)], staged.source
    pair = _grid_pair(connection, staged, columns)
    if pair is None:
        return columns, staged.source
    source = _reprojected(connection, staged, *pair, folder)
    evidence = (pair[0].judged.name, pair[1].judged.name, f"EPSG:{CITY_GRID}")
    return [
        *columns,
        _derived(_LATITUDE, "_latitude", ColumnType.LATITUDE, Note("reprojected", evidence)),
        _derived(_LONGITUDE, "_longitude", ColumnType.LONGITUDE, Note("reprojected", evidence)),
    ], source


def _derived(name: str, value: str, kind: ColumnType, note: Note) -> Judgement:
    judged = Judged(name, value, kind, "DOUBLE", value, decisions=[note])
    return Judgement(judged, may_misfit=False, pattern=None, is_derived=True)


def _from_point(
    connection: duckdb.DuckDBPyConnection, staged: Staged, column: Judgement
) -> Iterator[Judgement]:
    """Latitude comes first, unless only the other order lies in Viet Nam."""
    cell = column.judged.cell
    first = f"TRY_CAST(regexp_extract({cell}, '{_NUMBER}') AS DOUBLE)"
    second = f"TRY_CAST(regexp_extract({cell}, '[,; ] *({_NUMBER})', 1) AS DOUBLE)"
    row = connection.execute(
        f"""SELECT count(*) FILTER ({first} BETWEEN 7 AND 24 AND {second} BETWEEN 100 AND 120),
                   count(*) FILTER ({second} BETWEEN 7 AND 24 AND {first} BETWEEN 100 AND 120)
            FROM {staged.source}"""
    ).fetchone()
    latitude, longitude = (second, first) if row and row[1] > row[0] else (first, second)
    note = Note("from-point", (column.judged.name,))
    yield _derived(
        _LATITUDE, f"CASE WHEN abs({latitude}) <= 90 THEN {latitude} END", ColumnType.LATITUDE, note
    )
    yield _derived(
        _LONGITUDE, f"CASE WHEN abs({longitude}) <= 180 THEN {longitude} END", ColumnType.LONGITUDE, note
    )


def _grid_pair(
    connection: duckdb.DuckDBPyConnection, staged: Staged, columns: list[Judgement]
) -> tuple[Judgement, Judgement] | None:
    """Easting and northing: two columns of numbers whose headers may be coordinates and whose ranges are."""
    named = [
        each
        for each in columns
        if each.judged.type in (ColumnType.INTEGER, ColumnType.DECIMAL) and grid_name(each.judged.name)
    ]
    if len(named) != 2:
        return None
    medians = [_median(connection, staged, each) for each in named]
    if is_city_grid(medians[0], medians[1]):
        return named[0], named[1]
    return (named[1], named[0]) if is_city_grid(medians[1], medians[0]) else None


def _median(connection: duckdb.DuckDBPyConnection, staged: Staged, column: Judgement) -> float:
    row = connection.execute(f"SELECT median({column.judged.value}) FROM {staged.source}").fetchone()
    return float(row[0]) if row and row[0] is not None else 0.0


def _reprojected(
    connection: duckdb.DuckDBPyConnection, staged: Staged, east: Judgement, north: Judgement, folder: Path
) -> str:
    """The source with `_latitude` and `_longitude` beside its columns."""
    projection = from_number(CITY_GRID)
    assert projection is not None
    path = folder / "places.csv"
    cursor = connection.cursor().execute(
        f"SELECT _row, {east.judged.value}, {north.judged.value} FROM {staged.source}"
    )
    with path.open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file)
        while batch := cursor.fetchmany(_BATCH):
            whole = [
                (row, e, n) for row, e, n in batch if e is not None and n is not None and is_city_grid(e, n)
            ]
            longitudes, latitudes = projection.positions([e for _, e, _ in whole], [n for _, _, n in whole])
            for (row, _, _), longitude, latitude in zip(whole, longitudes, latitudes, strict=True):
                writer.writerow((row, round(latitude, 7), round(longitude, 7)))
    columns = "{'_row': 'BIGINT', '_latitude': 'DOUBLE', '_longitude': 'DOUBLE'}"
    places = f"read_csv({sql_text(str(path))}, columns={columns}, header=false, auto_detect=false)"
    return f"(SELECT * FROM {staged.source} LEFT JOIN {places} USING (_row) ORDER BY _row)"
