"""Answers as files: CSV, CSV for Excel, JSON, JSON lines, XLSX, Parquet and GeoJSON, written while they are read."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from portal.tables.cells import csv_text, excel_text, guarded, plain, taken
from portal.tables.xml_rows import xml_rows

_PIECE = 64 * 1024
_MAX_SHEET_ROWS = 1_048_576
_MAX_CELL = 32_767


@dataclass(frozen=True, slots=True)
class Rows:
    """What is written: the columns of the answer (`key`, `name`, `text_key`), the names of the row's cells, rows
    read once, and the keys of latitude and longitude, where there are."""

    columns: list[dict[str, Any]]
    cells: list[str]
    rows: Iterator[tuple[Any, ...]]
    place: list[str] | None = None

    def values(self) -> Iterator[list[Any]]:
        """Rows cut to the columns; a cell that did not fit is its text."""
        places = {name: index for index, name in enumerate(self.cells)}
        pairs = [(places[each["key"]], places.get(each.get("text_key") or "")) for each in self.columns]
        for row in self.rows:
            yield [row[text] if row[own] is None and text is not None else row[own] for own, text in pairs]


def write(kind: str, rows: Rows, work: Path) -> Iterator[bytes]:
    """The file in pieces; `work` is a folder for formats that cannot be written from front to back."""
    return WRITERS[kind](rows, work)


def _csv(rows: Rows, work: Path) -> Iterator[bytes]:
    return _delimited(rows, ",", csv_text)


def _tsv(rows: Rows, work: Path) -> Iterator[bytes]:
    return _delimited(rows, "\t", csv_text)


def _excel_csv(rows: Rows, work: Path) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"
    yield from _delimited(rows, ";", excel_text)


def _delimited(rows: Rows, delimiter: str, text: Callable[[Any], str]) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([guarded(each["name"]) for each in rows.columns])
    # The header goes at once: whoever asked sees that the answer has begun.
    yield taken(buffer)
    for row in rows.values():
        writer.writerow([text(value) for value in row])
        if buffer.tell() > _PIECE:
            yield taken(buffer)
    yield taken(buffer)


def _objects(rows: Rows) -> Iterator[str]:
    keys = [each["key"] for each in rows.columns]
    for row in rows.values():
        yield json.dumps(
            dict(zip(keys, map(plain, row), strict=True)), ensure_ascii=False, separators=(",", ":")
        )


def _json(rows: Rows, work: Path) -> Iterator[bytes]:
    return _pieces(_wrapped("[", _objects(rows), "]\n"))


def _json_lines(rows: Rows, work: Path) -> Iterator[bytes]:
    return _pieces(line + "\n" for line in _objects(rows))


def _arrays(rows: Rows, work: Path) -> Iterator[bytes]:
    """Each row an array, on a line of its own."""
    return _pieces(_wrapped("[", (_line(map(plain, row)) for row in rows.values()), "]"))


def _line(value: Any) -> str:
    return json.dumps(list(value), ensure_ascii=False, separators=(",", ":"))


def _xml(rows: Rows, work: Path) -> Iterator[bytes]:
    return _pieces(xml_rows(rows.columns, rows.values()))


def _wrapped(opening: str, items: Iterator[str], closing: str) -> Iterator[str]:
    yield opening
    for index, item in enumerate(items):
        yield (",\n" if index else "\n") + item
    yield "\n" + closing


def _pieces(texts: Iterator[str]) -> Iterator[bytes]:
    collected: list[str] = []
    size = 0
    for text in texts:
        collected.append(text)
        size += len(text)
        if size > _PIECE:
            yield "".join(collected).encode("utf-8", "replace")
            collected, size = [], 0
    yield "".join(collected).encode("utf-8", "replace")


def _geojson(rows: Rows, work: Path) -> Iterator[bytes]:
    return _pieces(_wrapped('{"type":"FeatureCollection","features":[', _features(rows), "]}\n"))


def _features(rows: Rows) -> Iterator[str]:
    """Each row a feature: its own shape, or a point at its latitude and longitude."""
    shape = rows.cells.index("_geometry") if "_geometry" in rows.cells else None
    place = [rows.cells.index(key) for key in rows.place] if rows.place else None
    keys = [each["key"] for each in rows.columns]
    positions = [rows.cells.index(key) for key in keys]
    for row in rows.rows:
        properties = json.dumps(
            {key: plain(row[index]) for key, index in zip(keys, positions, strict=True)},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        geometry = row[shape] if shape is not None else None
        if geometry is None and place is not None and None not in (row[place[0]], row[place[1]]):
            geometry = json.dumps({"type": "Point", "coordinates": [row[place[1]], row[place[0]]]})
        yield f'{{"type":"Feature","geometry":{geometry or "null"},"properties":{properties}}}'


def _xlsx(rows: Rows, work: Path) -> Iterator[bytes]:
    """Row by row with flat memory. Texts are written as texts: nothing in the workbook is a formula or a link."""
    path = work / "export.xlsx"
    options = {
        "constant_memory": True,
        "tmpdir": str(work),
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    sheet, line, sheets = book.add_worksheet(), 1, 1
    _heading(sheet, rows)
    for row in rows.values():
        if line == _MAX_SHEET_ROWS:
            sheet, line, sheets = book.add_worksheet(), 1, sheets + 1
            _heading(sheet, rows)
        for column, value in enumerate(row):
            _cell(sheet, line, column, value, day, moment)
        line += 1
    book.close()
    yield from _file(path)


def _heading(sheet: Any, rows: Rows) -> None:
    for column, each in enumerate(rows.columns):
        sheet.write_string(0, column, each["name"][:_MAX_CELL])


def _cell(sheet: Any, line: int, column: int, value: Any, day: Any, moment: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, int | float) and abs(value) < 1e15 and value - value == 0:
        sheet.write_number(line, column, value)
    elif isinstance(value, datetime.datetime) and value.year >= 1900:
        sheet.write_datetime(line, column, value, moment)
    elif isinstance(value, datetime.date) and value.year >= 1900:
        sheet.write_datetime(line, column, value, day)
    else:
        sheet.write_string(line, column, str(plain(value))[:_MAX_CELL])


def _parquet(rows: Rows, work: Path) -> Iterator[bytes]:
    """Through a CSV of our own: types are told by the columns, and what did not fit is in a column beside."""
    staged, path = work / "export.csv", work / "export.parquet"
    extra = [each for each in rows.columns if each.get("text_key") in rows.cells]
    columns = [(each["key"], each["name"], each["storage"]) for each in rows.columns]
    columns += [(each["text_key"], f"{each['name']} (nguyên văn)", "VARCHAR") for each in extra]
    positions = [rows.cells.index(key) for key, _, _ in columns]
    with staged.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([plain(row[index]) for index in positions] for row in rows.rows)
    types = ", ".join(f"'c{index}': '{storage}'" for index, (_, _, storage) in enumerate(columns))
    names = ", ".join(f"c{index} AS {_quoted(name)}" for index, (_, name, _) in enumerate(columns))
    with duckdb.connect(config={"threads": "1", "memory_limit": "200MB"}) as engine:
        engine.execute(
            f"""COPY (SELECT {names} FROM read_csv('{staged}', columns={{{types}}}, header=false, delim=',', quote='"',
                      escape='"', nullstr='', auto_detect=false, parallel=false)) TO '{path}' (FORMAT parquet)"""
        )
    yield from _file(path)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


WRITERS: dict[str, Callable[[Rows, Path], Iterator[bytes]]] = {
    "csv": _csv,
    "tsv": _tsv,
    "csv-excel": _excel_csv,
    "json": _json,
    "jsonl": _json_lines,
    "arrays": _arrays,
    "xml": _xml,
    "xlsx": _xlsx,
    "parquet": _parquet,
    "geojson": _geojson,
}
