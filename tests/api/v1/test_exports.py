"""Tables taken away as files: other people's programs read back what the rows say, with types."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas
import pytest
from flask.testing import FlaskClient

from portal.exchange.v1_exports import EXPORTS
from tests.sites import Site, open_site
from tests.table_files import add_table_file, read_tables

DANGEROUS = ["=1+1", '=HYPERLINK("http://x")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "＝1+1", "\t=1"]
PLAIN = ["-5", "+84905"]
NAMES = ['tên "gọi"', "số lượng", "tỉ lệ", "ngày", "còn mở", "vĩ độ", "kinh độ", "😀;,'"]
DAY = datetime.date(2024, 1, 31)


def records() -> list[list[Any]]:
    """Texts with every sign that files quote, numbers, days, truths, places, and cells that say nothing."""
    texts = ["Đà Nẵng", 'dấu "nháy"', "dấu; chấm, phẩy", "hai\ndòng", "<b>x</b>", "'nháy", *DANGEROUS, *PLAIN]
    return [
        [
            texts[row % len(texts)],
            row * 1000 if row % 7 else None,
            row / 8 if row % 5 else None,
            DAY + datetime.timedelta(days=row) if row % 11 else None,
            row % 3 == 0,
            16 + row / 1000,
            108 + row / 1000,
            f"khóa {row}",
        ]
        for row in range(60)
    ]


def source() -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(NAMES)
    for text, count, share, day, is_open, *rest in records():
        shown = day.strftime("%d/%m/%Y") if day else None
        writer.writerow([text, count, share, shown, "có" if is_open else "không", *rest])
    return written.getvalue()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = open_site(tmp_path_factory.mktemp("site"))
    yield site
    site.portal.close()


@pytest.fixture(scope="module")
def table(site: Site) -> str:
    uuid = add_table_file(site.portal, "Điểm đo", source())
    read_tables(site.portal)
    return f"/api/v1/tables/{uuid}"


@pytest.fixture(scope="module")
def rows(client: FlaskClient, table: str) -> list[list[Any]]:
    """What the row API says, which is what the file said."""
    answer = client.get(f"{table}/rows.arrays.json?limit=1000").json
    assert [each["type"] for each in answer["columns"]] == [
        "text", "integer", "decimal", "date", "boolean", "latitude", "longitude", "text"
    ]  # fmt: skip
    said = [[*row[:3], row[3].isoformat() if row[3] else None, *row[4:]] for row in records()]
    assert [row[1:] for row in answer["rows"]] == [row[1:] for row in said]
    found: list[list[Any]] = answer["rows"]
    return found


def taken(client: FlaskClient, table: str, kind: str, query: str = "") -> bytes:
    answer = client.get(f"{table}/export.{kind}{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == EXPORTS[kind].media_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="diem-do.{kind.split(".")[-1]}"'
    assert "Content-Length" not in answer.headers
    return answer.get_data()


def test_parquet_is_read_back_equal_with_types(
    client: FlaskClient, table: str, rows: list[list[Any]], tmp_path: Path
) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(taken(client, table, "parquet"))
    with duckdb.connect() as engine:
        found = engine.execute("SELECT * FROM read_parquet(?)", [str(path)])
        described = [(each[0], str(each[1])) for each in found.description or ()]
        read = [[_day_text(cell) for cell in row] for row in found.fetchall()]
    types = ["VARCHAR", "BIGINT", "DOUBLE", "DATE", "BOOLEAN", "DOUBLE", "DOUBLE", "VARCHAR"]
    assert described == list(zip(NAMES, types, strict=True))
    assert read == rows
    frame = pandas.read_parquet(path)
    assert frame["số lượng"].sum() == sum(row[1] or 0 for row in rows)


def test_csv_is_read_back_equal_with_types(
    client: FlaskClient, table: str, rows: list[list[Any]], tmp_path: Path
) -> None:
    content = taken(client, table, "csv")
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with duckdb.connect() as engine:
        found = engine.execute("SELECT * FROM read_csv(?, header=true, all_varchar=false)", [str(path)])
        types = [str(each[1]) for each in found.description or ()]
        read = [[_day_text(cell) for cell in row] for row in found.fetchall()]
    assert types == ["VARCHAR", "BIGINT", "DOUBLE", "DATE", "BOOLEAN", "DOUBLE", "DOUBLE", "VARCHAR"]
    assert [[_unguarded(row[0]), *row[1:]] for row in read] == rows
    frame = pandas.read_csv(io.BytesIO(content), parse_dates=["ngày"])
    assert list(frame.columns) == NAMES
    assert frame["tỉ lệ"].tolist()[1:5] == [row[2] for row in rows[1:5]]


def test_csv_for_excel_is_read_back_equal(client: FlaskClient, table: str, rows: list[list[Any]]) -> None:
    content = taken(client, table, "excel.csv")
    assert content.startswith(b"\xef\xbb\xbf")
    frame = pandas.read_csv(io.BytesIO(content), sep=";", decimal=",", encoding="utf-8-sig")
    assert list(frame.columns) == NAMES
    assert frame["tỉ lệ"].dropna().tolist() == [row[2] for row in rows if row[2] is not None]
    days = pandas.to_datetime(frame["ngày"], format="%d/%m/%Y").dropna()
    assert [each.date().isoformat() for each in days] == [row[3] for row in rows if row[3]]


@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_json_is_read_back_equal(
    client: FlaskClient, table: str, rows: list[list[Any]], tmp_path: Path, kind: str
) -> None:
    content = taken(client, table, kind)
    plain = json.loads(content) if kind == "json" else [json.loads(line) for line in content.splitlines()]
    assert [list(each.values()) for each in plain] == rows
    path = tmp_path / f"a.{kind}"
    path.write_bytes(content)
    with duckdb.connect() as engine:
        found = engine.execute("SELECT * FROM read_json(?)", [str(path)])
        types = [str(each[1]) for each in found.description or ()]
        assert types == ["VARCHAR", "BIGINT", "DOUBLE", "DATE", "BOOLEAN", "DOUBLE", "DOUBLE", "VARCHAR"]
        assert [[_day_text(cell) for cell in row] for row in found.fetchall()] == rows
    frame = pandas.read_json(io.BytesIO(content), lines=kind == "jsonl")
    assert frame.shape == (60, 8)


def test_xlsx_is_read_back_equal_with_types(client: FlaskClient, table: str, rows: list[list[Any]]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(taken(client, table, "xlsx")))
    lines = list(book.active.iter_rows())
    assert [cell.value for cell in lines[0]] == NAMES
    assert [[_day_text(cell.value) for cell in line] for line in lines[1:]] == rows
    assert {cell.data_type for line in lines for cell in line} == {"s", "n", "d", "b"}


def test_geojson_has_a_point_for_every_row(client: FlaskClient, table: str, rows: list[list[Any]]) -> None:
    collection = json.loads(taken(client, table, "geojson"))
    assert collection["type"] == "FeatureCollection"
    assert [each["geometry"]["coordinates"] for each in collection["features"]] == [
        [row[6], row[5]] for row in rows
    ]
    assert [list(each["properties"].values()) for each in collection["features"]] == rows
    few = json.loads(taken(client, table, "geojson", "?select=so_luong&so_luong__le=2000"))
    assert [each["properties"] for each in few["features"]] == [{"so_luong": 1000}, {"so_luong": 2000}]
    assert few["features"][0]["geometry"]["coordinates"] == [108.001, 16.001]


@pytest.mark.parametrize("kind", [each for each in EXPORTS if each != "geojson"])
def test_what_is_asked_is_what_is_taken(client: FlaskClient, table: str, kind: str) -> None:
    query = "?group=con_mo&measure=count,sum:so_luong&sort=-count&limit=1&after=x"
    content = taken(client, table, kind, query)
    readers = {
        "csv": lambda: pandas.read_csv(io.BytesIO(content)),
        "excel.csv": lambda: pandas.read_csv(io.BytesIO(content), sep=";", decimal=","),
        "json": lambda: pandas.read_json(io.BytesIO(content)),
        "jsonl": lambda: pandas.read_json(io.BytesIO(content), lines=True),
        "xlsx": lambda: pandas.read_excel(io.BytesIO(content), engine="openpyxl"),
        "parquet": lambda: pandas.read_parquet(io.BytesIO(content)),
    }
    assert readers[kind]()["count"].tolist() == [40, 20], "all of it: pages are for rows"


@pytest.mark.parametrize("path", ["export.csv", "export.excel.csv", "rows.csv"])
def test_t09_no_csv_hands_a_formula_to_a_spreadsheet(client: FlaskClient, table: str, path: str) -> None:
    text = client.get(f"{table}/{path}?select=ten_goi").get_data().decode("utf-8-sig")
    cells = {row[0] for row in csv.reader(io.StringIO(text), delimiter=";" if "excel" in path else ",")}
    assert set(PLAIN) <= cells, "numbers are left as they are"
    assert not {cell for cell in cells if cell[:1] in "=@＝" or cell in ("-2+3", "+1+cmd|' /C calc'!A0")}
    assert "'=1+1" in cells


def test_head_starts_no_work(client: FlaskClient, table: str) -> None:
    for kind in EXPORTS:
        whole, head = client.get(f"{table}/export.{kind}"), client.head(f"{table}/export.{kind}")
        whole.close()
        told = {name: value for name, value in head.headers if name != "X-Request-Id"}
        assert told == {name: value for name, value in whole.headers if name != "X-Request-Id"}


def test_what_cannot_be_taken_says_why(client: FlaskClient, table: str) -> None:
    unknown = client.get(f"{table}/export.pdf?lang=en")
    assert (unknown.status_code, unknown.json["code"]) == (404, "export-kind-unknown")
    assert "excel.csv" in unknown.json["detail"]
    grouped = client.get(f"{table}/export.geojson?group=con_mo")
    assert (grouped.status_code, list(grouped.json["fields"])) == (422, ["group"])


def _day_text(cell: Any) -> Any:
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, datetime.date) else cell


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text != "'nháy" else text
