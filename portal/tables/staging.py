"""Raw rows on disk, cleaned by DuckDB: from here on a table is columns, whatever format it came in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from portal.tables.bodies import split
from portal.tables.grid import RawTable, Row
from portal.tables.sql import sql_text

_TOLD_EVERY = 50_000
_MAX_LINE = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class Staged:
    """A cleaned table: `source` is what DuckDB reads, with columns `_row`, `_total`, `c0`, `c1` ..."""

    source: str
    rows: int
    has_totals: bool


def connect(folder: Path, memory_bytes: int) -> duckdb.DuckDBPyConnection:
    """An engine with one thread that spills into `folder` and knows no network and no extension."""
    connection = duckdb.connect(
        config={
            "memory_limit": f"{memory_bytes // 1024**2}MB",
            "threads": "1",
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def stage(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    folder: Path,
    position: int,
    told: Callable[[int], None],
) -> Staged:
    """Rows on disk, cleaned: single blanks, trimmed, empty is NULL. A regular text is split by the engine."""
    clean = folder / f"clean-{position}.parquet"
    source = f"read_parquet({sql_text(str(clean))})"
    rows = split(connection, table, folder, clean, _clean_sql)
    if rows is None:
        rows = _rewrite(connection, table, folder / f"raw-{position}.csv", clean, told)
    else:
        table.is_taken = True
        source = f"(SELECT * FROM {source} WHERE _row <= {rows})"
        told(rows)
    return Staged(source, rows, rows > 0 and _any_total(connection, source))


def _rewrite(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    raw: Path,
    clean: Path,
    told: Callable[[int], None],
) -> int:
    """Writes the rows as a CSV of our own and reads them back."""
    rows = _write(raw, table.rows, told)
    columns = [f"c{index}" for index in range(len(table.header))]
    types = ", ".join(f"{sql_text(name)}: 'VARCHAR'" for name in [*columns, "t"])
    types = f"'_row': 'BIGINT', {types}"
    cleaned = ", ".join(f"{_clean_sql(name)} AS {name}" for name in columns)
    if rows:
        connection.execute(
            f"""COPY (SELECT _row, t IS NOT NULL AS _total, {cleaned}
                FROM read_csv({sql_text(str(raw))}, columns={{{types}}}, header=false, delim=',', quote='"',
                              escape='"', nullstr='', auto_detect=false, new_line='\\r\\n', max_line_size={_MAX_LINE},
                              buffer_size={2 * _MAX_LINE}, parallel=false))
                TO {sql_text(str(clean))} (FORMAT parquet, COMPRESSION lz4)"""
        )
    raw.unlink()
    return rows


def _any_total(connection: duckdb.DuckDBPyConnection, source: str) -> bool:
    found = connection.execute(f"SELECT bool_or(_total) FROM {source}").fetchone()
    return bool(found and found[0])


def _write(path: Path, rows: Iterator[Row], told: Callable[[int], None]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        # With both characters in the line's end, the writer quotes a cell that holds either.
        writer = csv.writer(file, lineterminator="\r\n")
        for row in rows:
            count += 1
            writer.writerow((count, *row))
            if count % _TOLD_EVERY == 0:
                told(count)
    return count


def _clean_sql(name: str) -> str:
    odd = ("'  '", "chr(9)", "chr(10)", "chr(13)")
    has_odd_blanks = " OR ".join(f"contains({name}, {blank})" for blank in odd)
    lines = f"regexp_replace({name}, '\\r\\n?', chr(10), 'g')"
    single = f"regexp_replace(regexp_replace({lines}, '[ \\t]+', ' ', 'g'), ' ?\\n ?', chr(10), 'g')"
    return f"nullif(trim(CASE WHEN {has_odd_blanks} THEN trim({single}, chr(10)) ELSE {name} END), '')"
