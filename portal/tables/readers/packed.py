"""Parquet: columns with types of their own, read in batches; nested values become JSON text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from portal.tables.grid import RawTable, Row, cell_of
from portal.tables.refusals import NoTable
from portal.tables.sql import sql_name, sql_text
from portal.tables.values import ReadLimits

_BATCH = 10_000
_NESTED = ("STRUCT", "MAP", "LIST", "UNION", "[", "BLOB", "GEOMETRY")


def read_parquet(connection: duckdb.DuckDBPyConnection, path: Path, limits: ReadLimits) -> RawTable:
    """The rows of a file, with what its columns know kept as native cells."""
    source = f"read_parquet({sql_text(str(path))})"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    except duckdb.Error:
        raise NoTable("damaged") from None
    if len(described) > limits.columns:
        raise NoTable("too-many-columns", limit=limits.columns)
    columns = [_expression(str(name), str(kind)) for name, kind, *_ in described]
    sql = f"SELECT {', '.join(columns)} FROM {source}"
    return RawTable(None, [str(row[0]) for row in described], _rows(connection, sql))


def _expression(name: str, kind: str) -> str:
    column = sql_name(name)
    if "BLOB" in kind or "GEOMETRY" in kind:
        return "NULL"
    if any(mark in kind for mark in _NESTED):
        return f"to_json({column})::VARCHAR"
    if kind.startswith("DECIMAL"):
        return f"{column}::DOUBLE"
    return f"{column}::TIMESTAMP" if kind == "TIMESTAMP WITH TIME ZONE" else column


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Row]:
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
        while batch := cursor.fetchmany(_BATCH):
            for row in batch:
                yield [*(cell_of(value) for value in row), ""]
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        raise NoTable("damaged") from None
