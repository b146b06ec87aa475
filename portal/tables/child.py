"""The reader inside the sandbox: one file in, Parquet files and a report out. Runs with limits, trusts nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import duckdb

from portal.files.formats import DetectedFormat, detect
from portal.tables.build import Workshop, build_table
from portal.tables.encodings import EncodingChoice, choose
from portal.tables.grid import RawTable, Sheet
from portal.tables.layout import tables_of
from portal.tables.overrides import overrides_from
from portal.tables.readers.archives import is_nested, member_names, unpack
from portal.tables.readers.delimited import read_delimited
from portal.tables.readers.documents import read_json, read_json_lines
from portal.tables.readers.maps import read_geojson, read_shapefile
from portal.tables.readers.packed import read_parquet
from portal.tables.readers.pages import read_page
from portal.tables.readers.spreadsheets import read_workbook
from portal.tables.refusals import NoTable, Refusal
from portal.tables.small import CELLS, small_cells
from portal.tables.staging import connect
from portal.tables.values import Note, Overrides, ReadLimits, Table

_TEXT_TABLES = frozenset({"CSV", "TSV", "TXT", None})
_TEXT_NAMES = frozenset({"csv", "tsv", "tab", "txt"})
_WORKBOOKS = frozenset({"XLSX", "XLSM", "XLSB", "XLS", "ODS"})
_MEMBERS = (".txt", ".csv", ".tsv")


class _Reading:
    """One file while it is read: what its bytes are, and what was seen on the way."""

    def __init__(self, argument: dict[str, Any], folder: Path) -> None:
        self.path, self.name = Path(argument["path"]), str(argument["name"])
        self.limits = ReadLimits(**argument["limits"])
        self.overrides: Overrides = overrides_from(argument["overrides"])
        self.folder = folder
        self.detected: DetectedFormat = detect(self.path, self.name)
        self.encoding: EncodingChoice | None = None
        self.notes: list[Note] = []

    def raw_tables(self, connection: duckdb.DuckDBPyConnection) -> Iterator[RawTable]:
        """Raw tables of whatever format the bytes are."""
        code = self.detected.code
        extension = self.name.rpartition(".")[2].lower()
        if code in _WORKBOOKS:
            yield from self._workbook()
        elif code == "PARQUET":
            yield read_parquet(connection, self.path, self.limits)
        elif code == "SHP" and self.path.open("rb").read(2) == b"PK":
            yield from read_shapefile(self.path, self.folder, self.limits)
        elif code in ("GTFS", "ZIP"):
            yield from self._archive()
        elif code == "HTML":
            yield from self._page()
        elif code in ("JSON", "NDJSON", "GEOJSON", "JSONLD"):
            yield from self._json(code)
        elif code in _TEXT_TABLES and extension in ("json", "geojson", "jsonl", "ndjson"):
            yield from self._json({"geojson": "GEOJSON", "json": "JSON"}.get(extension, "NDJSON"))
        elif code in ("CSV", "TSV") or (code in _TEXT_TABLES and extension in _TEXT_NAMES):
            yield from self._delimited(self.path, None, "\t" if code == "TSV" else None)
        else:
            raise NoTable("not-a-table", format=code or extension.upper() or "?")

    def _delimited(self, path: Path, name: str | None, delimiter: str | None = None) -> Iterator[RawTable]:
        self._guard_streamed(path)
        choice = self._choose(path)
        sheet, raised = read_delimited(path, choice, self.limits, self.overrides.delimiter or delimiter)
        sheet.name = name
        for raw in tables_of(sheet, self.limits, self.overrides.header_row):
            raw.raised = raised
            yield raw

    def _workbook(self) -> Iterator[RawTable]:
        for sheet, font, raised in read_workbook(self.path, self.limits):
            if font is not None:
                self.notes.append(Note("old-font", (font,)))
            for raw in tables_of(sheet, self.limits, self.overrides.header_row):
                raw.raised = raised
                yield raw

    def _json(self, code: str) -> Iterator[RawTable]:
        self._guard_streamed(self.path)
        encoding = self._choose(self.path).encoding
        if code == "NDJSON":
            yield read_json_lines(self.path, encoding, self.limits)
        elif code == "GEOJSON":
            yield read_geojson(self.path, encoding, self.limits)
        else:
            for found in read_json(self.path, encoding, self.limits):
                if isinstance(found, Sheet):
                    yield from tables_of(found, self.limits, self.overrides.header_row)
                else:
                    yield found

    def _page(self) -> Iterator[RawTable]:
        is_empty = True
        for sheet in read_page(self.path, self._choose(self.path).encoding, self.limits):
            for raw in tables_of(sheet, self.limits, self.overrides.header_row):
                is_empty = False
                yield raw
        if is_empty:
            raise NoTable("not-a-table", format="HTML")

    def _archive(self) -> Iterator[RawTable]:
        names = member_names(self.path)
        if any(is_nested(name) for name in names):
            raise NoTable("suspicious-archive")
        if not any(name.suffix.lower() in _MEMBERS for name in names):
            raise NoTable("not-a-table", format=self.detected.code or "ZIP")
        members = unpack(self.path, self.folder, self.limits, lambda each: each.suffix.lower() in _MEMBERS)
        for name, path in sorted(members):
            yield from self._delimited(path, name.rpartition("/")[2].rpartition(".")[0])
            path.unlink()

    def _choose(self, path: Path) -> EncodingChoice:
        choice = choose(path, self.overrides.encoding)
        self.encoding = self.encoding or choice
        if choice.damaged_bytes:
            self.notes.append(Note("damaged-letters", (), choice.damaged_bytes))
        if choice.why == "unsure":
            self.notes.append(Note("encoding-unsure", (choice.encoding.name,)))
        return choice

    def _guard_streamed(self, path: Path) -> None:
        if path.stat().st_size > self.limits.streamed_bytes:
            raise NoTable("too-large", limit=self.limits.streamed_bytes // 1024**2)


def read_file(
    argument: dict[str, Any], folder: Path, progress: Callable[[float, str], None]
) -> dict[str, Any]:
    """The task of the sandbox: every table of one file, in `folder`, and the report on them."""
    reading = _Reading(argument, folder)
    connection = connect(folder, reading.limits.engine_memory_bytes)
    shop = Workshop(
        connection, folder, lambda rows: progress(0.0, f"{rows}"), frozenset(argument["unit_codes"])
    )
    tables: list[Table] = []
    cells_left = CELLS
    refusal: Refusal | None = None
    try:
        for raw in reading.raw_tables(connection):
            if len(tables) >= reading.limits.tables:
                reading.notes.append(Note("too-many-tables", (), reading.limits.tables))
                break
            table = build_table(raw, len(tables), reading.overrides.columns, shop)
            if table is not None:
                cells = small_cells(connection, table, cells_left)
                cells_left -= table.rows * len(table.columns) if cells else 0
                tables.append(replace(table, cells=cells))
    except NoTable as reason:
        refusal = reason.refusal
    finally:
        connection.close()
        _tidy(folder)
    if refusal is None and not tables:
        refusal = NoTable("empty").refusal
    if refusal is not None and tables:
        # The tables before the fault are whole; the rest of the file is not.
        reading.notes.append(Note("rest-refused", (refusal.code,)))
        refusal = None
    return _report(reading, tables, refusal)


def _report(reading: _Reading, tables: list[Table], refusal: Refusal | None) -> dict[str, Any]:
    choice = reading.encoding
    return {
        "format": reading.detected.code,
        "encoding": choice.encoding.name if choice else None,
        "readings": [list(each) for each in choice.readings] if choice else [],
        "notes": [asdict(note) for note in reading.notes],
        "tables": [{**asdict(table), "parquet": table.parquet.name} for table in tables],
        "refusal": asdict(refusal) if refusal else None,
    }


def _tidy(folder: Path) -> None:
    """Only finished tables stay: what was staged is as untrusted as the file it came from."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif not path.name.startswith("table-"):
            path.unlink()
