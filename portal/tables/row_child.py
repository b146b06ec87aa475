"""The inside of a row process: one locked engine that answers statements of our own making over our own files."""

from __future__ import annotations

import datetime
import json
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from portal.files.sandbox_child import fence
from portal.tables.differences.compare import compare
from portal.tables.exports import Rows, write
from portal.tables.sql import sql_text

LENGTH = struct.Struct(">I")
FAILED = 0xFFFFFFFF
_BATCH = 2_000
_SPAN = 50_000
_FIRST_SPAN = 2_000


def main() -> None:
    """Answers requests from standard input until it ends. The first names folder and limits."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What the engine prints (it shows progress after two seconds) must not be taken for an answer.
    os.dup2(2, 1)
    setting = _read(requests)
    if setting is None:
        return
    fence(setting["limits"])
    engine = _engine(setting)
    _send(answers, b"{}")
    while (request := _read(requests)) is not None:
        try:
            if request["kind"] == "export":
                _export(engine, request, answers, Path(setting["work"]))
            elif request["kind"] == "differences":
                content = json.dumps(compare(engine, request)).encode()
                _send(answers, content if len(content) <= request["max_bytes"] else b'{"error": "bytes"}')
            else:
                _send(
                    answers, json.dumps(_ask(engine, request), ensure_ascii=False).encode("utf-8", "replace")
                )
        except (duckdb.OutOfMemoryException, MemoryError):
            _fail(answers, "memory")
        except duckdb.Error as error:
            _fail(answers, "engine", type(error).__name__)


def _engine(setting: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(
        config={
            "memory_limit": f"{setting['engine_memory_bytes'] // 1024**2}MB",
            "threads": str(setting["threads"]),
            "temp_directory": setting["spill"],
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    engine.execute("SET TimeZone = 'UTC'")
    engine.execute("SET enable_progress_bar = false")
    engine.execute(f"SET allowed_directories = [{sql_text(setting['folder'] + '/')}]")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine


def _ask(engine: duckdb.DuckDBPyConnection, request: dict[str, Any]) -> dict[str, Any]:
    """The statement's columns and rows; too many bytes are refused while they are counted."""
    total = 0
    cursor = engine.execute(request["sql"], request["values"])
    columns = [str(each[0]) for each in cursor.description or ()]
    rows: list[list[Any]] = []
    while batch := cursor.fetchmany(_BATCH):
        plain = [[value_of(cell) for cell in row] for row in batch]
        total += sum(len(cell) if isinstance(cell, str) else 8 for row in plain for cell in row)
        if total > request["max_bytes"]:
            return {"error": "bytes"}
        rows.extend(plain)
    return {"columns": columns, "rows": rows}


def _export(
    engine: duckdb.DuckDBPyConnection, request: dict[str, Any], answers: BinaryIO, work: Path
) -> None:
    spans = _spans(request["values"], request["spanned_rows"])
    cursor = engine.execute(request["sql"], next(spans))
    names = [str(each[0]) for each in cursor.description or ()]
    constants = tuple(request["constants"].values())
    found = ((*row, *constants) for row in _batches(engine, cursor, request["sql"], spans))
    rows = Rows(request["columns"], [*names, *request["constants"]], found, request["place"])
    for piece in write(request["format"], rows, work):
        if piece:
            _send(answers, piece)
    answers.write(LENGTH.pack(0))
    answers.flush()


def _spans(values: dict[str, Any], rows: int | None) -> Iterator[dict[str, Any]]:
    """The values for each part of a long answer; one part where it must be sorted as a whole."""
    if rows is None:
        yield values
        return
    # A short one first: whoever waits for the first byte waits for the first part.
    yield {**values, "first": 1, "last": _FIRST_SPAN}
    for first in range(_FIRST_SPAN + 1, rows + 1, _SPAN):
        yield {**values, "first": first, "last": first + _SPAN - 1}


def _batches(
    engine: duckdb.DuckDBPyConnection,
    cursor: duckdb.DuckDBPyConnection,
    sql: str,
    spans: Iterator[dict[str, Any]],
) -> Iterator[tuple[Any, ...]]:
    while True:
        while batch := cursor.fetchmany(_BATCH):
            yield from batch
        values = next(spans, None)
        if values is None:
            return
        cursor = engine.execute(sql, values)


def value_of(cell: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(cell, float):
        return cell if cell - cell == 0 else None
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, datetime.date) else cell


def _read(stream: BinaryIO) -> dict[str, Any] | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    request: dict[str, Any] = json.loads(stream.read(LENGTH.unpack(head)[0]))
    return request


def _send(stream: BinaryIO, content: bytes) -> None:
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def _fail(stream: BinaryIO, code: str, detail: str = "") -> None:
    content = json.dumps({"error": code, "detail": detail}).encode()
    stream.write(LENGTH.pack(FAILED) + LENGTH.pack(len(content)) + content)
    stream.flush()
