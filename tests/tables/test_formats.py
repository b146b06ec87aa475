"""Other formats than text and spreadsheets: JSON, map files, timetables, Parquet; judged by third parties."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from pathlib import Path

import pandas
import pyarrow
import pyarrow.parquet
import pytest
import shapefile
from pyproj import Transformer

from portal.files.storage.local import LocalStorage
from portal.tables.reading import keep
from portal.tables.values import FileReport, Table
from tests.tables.conftest import Read, cells, named

TO_CITY_GRID = Transformer.from_crs(4326, 5899, always_xy=True)
DA_NANG = (108.2022, 16.0544)


def collection(*features: tuple[dict[str, object], object], **members: object) -> str:
    made = [{"type": "Feature", "properties": own, "geometry": shape} for own, shape in features]
    return json.dumps({"type": "FeatureCollection", **members, "features": made}, ensure_ascii=False)


def point(longitude: float, latitude: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [longitude, latitude]}


def shape_archive() -> bytes:
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, shapeType=shapefile.POINT, encoding="utf-8") as writer:
        writer.field("TEN", "C", 40)
        writer.field("SO", "N", 10, 2)
        writer.point(*TO_CITY_GRID.transform(*DA_NANG))
        writer.record("Cầu Rồng", 666.5)
    wkt = Transformer.from_crs(4326, 5899).target_crs.to_wkt("WKT1_ESRI")
    return archive(
        {
            "x/cau.shp": shp.getvalue(),
            "x/cau.shx": shx.getvalue(),
            "x/cau.dbf": dbf.getvalue(),
            "x/cau.prj": wkt,
        }
    )


def archive(members: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def parquet() -> bytes:
    buffer = io.BytesIO()
    columns = {
        "tên": ["Hòa Vang", None],
        "số": [1, 2],
        "tỉ lệ": [1.5, 38.25],
        "ngày": [datetime.date(2024, 1, 2), None],
        "đúng": [True, False],
        "danh sách": [["a", "b"], []],
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), buffer)
    return buffer.getvalue()


FILES: dict[str, bytes | str] = {
    "records.json": json.dumps([{"a": 1, "b": {"c": "x", "d": [1]}}, {"a": 2.5, "e": True, "b": {"c": "y"}}]),
    "wrapped.json": json.dumps({"ok": True, "result": {"records": [{"a": 1}, {"a": 2}]}}),
    "arrays.json": json.dumps([["Tên", "Số"], ["a", 1], ["b", 2]]),
    "lines.jsonl": '{"tên":"Hòa","n":1}\n\n{"tên":"Vang","n":NaN}\n',
    "points.geojson": collection(
        ({"tên": "A", "mã": "01"}, point(*DA_NANG)), ({"tên": "B", "mã": "02"}, None)
    ),
    "grid.geojson": collection(
        ({"tên": "A"}, point(*TO_CITY_GRID.transform(*DA_NANG))),
        crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5899"}},
    ),
    "odd.geojson": collection(
        ({"__proto__": "x"}, {"type": "Point", "coordinates": [1e308, "NaN"]}),
        ({"__proto__": "y"}, {"type": "Polygon", "coordinates": [[[500, 0], [501, 0], [501, 1]]]}),
    ),
    "shapes.zip": shape_archive(),
    "timetable.zip": archive(
        {
            "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n007,Cầu Rồng,16.06,108.22\n",
            "routes.txt": "route_id,route_short_name\nR1,05\n",
            "shapes/": "",
        }
    ),
    "whole.parquet": parquet(),
}


@pytest.fixture(scope="module")
def reports(read_all: Read) -> dict[str, FileReport]:
    return read_all(FILES)


def table(reports: dict[str, FileReport], name: str) -> Table:
    assert reports[name].refusal is None
    return reports[name].tables[0]


def types(table: Table) -> dict[str, str]:
    return {column.name: column.type.value for column in table.columns}


def test_json_records_are_flattened(reports: dict[str, FileReport]) -> None:
    made = table(reports, "records.json")
    assert types(made) == {"a": "decimal", "b.c": "text", "b.d": "text", "e": "boolean"}
    assert (cells(made, "a"), cells(made, "b.d"), cells(made, "e")) == ([1, 2.5], ["[1]", None], [None, True])


@pytest.mark.parametrize(("name", "column"), [("wrapped.json", "a"), ("arrays.json", "Số")])
def test_json_of_other_shapes(name: str, column: str, reports: dict[str, FileReport]) -> None:
    assert cells(table(reports, name), column) == [1, 2]


def test_json_lines(reports: dict[str, FileReport]) -> None:
    made = table(reports, "lines.jsonl")
    assert (cells(made, "tên"), cells(made, "n")) == (["Hòa", "Vang"], [1, None])


@pytest.mark.parametrize("name", ["points.geojson", "grid.geojson", "shapes.zip"])
def test_shapes_lie_in_wgs84_whatever_they_came_in(name: str, reports: dict[str, FileReport]) -> None:
    made = table(reports, name)
    assert made.is_mapped and made.has_geometry
    latitude = next(column for column in made.columns if column.type == "latitude")
    longitude = next(column for column in made.columns if column.type == "longitude")
    assert cells(made, longitude)[0] == pytest.approx(DA_NANG[0], abs=1e-6)
    assert cells(made, latitude)[0] == pytest.approx(DA_NANG[1], abs=1e-6)


def test_attributes_of_a_shapefile_keep_letters_and_numbers(reports: dict[str, FileReport]) -> None:
    made = table(reports, "shapes.zip")
    assert (made.name, cells(made, "TEN"), cells(made, "SO")) == ("cau", ["Cầu Rồng"], [666.5])


def test_impossible_coordinates_are_counted_and_left_out(reports: dict[str, FileReport]) -> None:
    made = table(reports, "odd.geojson")
    assert {note.code: note.count for note in made.notes} == {"broken-shape": 2}
    assert cells(made, "__proto__") == ["x", "y"]


def test_a_timetable_is_a_table_for_each_of_its_files(reports: dict[str, FileReport]) -> None:
    report = reports["timetable.zip"]
    assert (report.format, {made.name: made.rows for made in report.tables}) == (
        "GTFS",
        {"routes": 1, "stops": 1},
    )
    stops = next(made for made in report.tables if made.name == "stops")
    assert cells(stops, "stop_id") == ["007"]
    assert stops.is_mapped


def test_parquet_keeps_what_its_columns_know(reports: dict[str, FileReport]) -> None:
    made = table(reports, "whole.parquet")
    expected = {"tên": "text", "số": "integer", "tỉ lệ": "decimal", "ngày": "date", "đúng": "boolean"}
    assert types(made) == {**expected, "danh sách": "text"}
    assert cells(made, "ngày") == [datetime.date(2024, 1, 2), None]


def test_pandas_reads_what_is_kept_and_the_store_names_it_by_content(
    reports: dict[str, FileReport], tmp_path: Path, read_all: Read
) -> None:
    storage = LocalStorage(tmp_path, reserve_bytes=0)
    again = read_all({"again.csv": "tên;số\nHòa;1\nVang;2\n", "same.csv": "tên;số\nHòa;1\nVang;2\n"})
    (_, first), (_, second) = keep(storage, again["again.csv"])[0], keep(storage, again["same.csv"])[0]
    assert first == second and storage.verify(first)
    path = storage.local_path(first)
    assert path is not None
    frame = pandas.read_parquet(path)
    assert frame[["ten", "so"]].to_dict("list") == {"ten": ["Hòa", "Vang"], "so": [1, 2]}
    assert list(frame["_search"]) == ["hoa", "vang"]


def test_a_profile_tells_what_a_column_holds(read_all: Read) -> None:
    rows = "".join(f"{'Hòa' if n % 3 else 'Vang'};{n};{n / 4}\n" for n in range(1, 101))
    made = table(read_all({"a.csv": "tên;số;dt\n" + rows + ";;\n"}), "a.csv")
    name, number = named(made, "tên").profile, named(made, "số").profile
    assert (name.rows, name.missing, name.distinct, name.top) == (100, 0, 2, (("Hòa", 67), ("Vang", 33)))
    assert (number.least, number.most, number.mean, number.pattern) == ("1", "100", 50.5, "99")
    assert len(number.bins) == 20 and sum(each.count for each in number.bins) == 100
    assert name.examples == ("Hòa", "Vang")
