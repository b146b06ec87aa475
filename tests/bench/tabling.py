"""A large CSV becomes a table by the portal's reader, and Parquet by DuckDB alone; prints its figures as JSON.

python -m tests.bench.tabling FOLDER ROWS ROUNDS        (leaves `table.parquet` and `schema.json` in FOLDER)
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from portal.tables.reading import read
from portal.tables.schema import schema_of, schema_to
from portal.tables.sql import sql_text
from portal.tables.values import SourceFile
from tests.bench.memory import private_mib
from tests.bench.row_data import write_csv


def main(folder: Path, rows: int, rounds: int) -> None:
    """Both in turn; DuckDB with one thread, as the reader has."""
    source = folder / "rows.csv"
    write_csv(source, rows)
    before = private_mib(os.getpid())
    ours, bare = [], []
    for _ in range(rounds):
        ours.append(_read(source, folder))
        bare.append(_bare(source, folder))
    figures = {
        "ratio": statistics.median(ours) / statistics.median(bare),
        "seconds": statistics.median(ours),
        "DuckDB seconds": statistics.median(bare),
        "file": source.stat().st_size / 1024**2,
        "child": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "asker grew": private_mib(os.getpid()) - before,
    }
    print(json.dumps(figures))


def _read(source: Path, folder: Path) -> float:
    made = folder / "made"
    shutil.rmtree(made, ignore_errors=True)
    began = time.monotonic()
    (report,) = read([SourceFile(source, "rows.csv")], made)
    seconds = time.monotonic() - began
    (table,) = report.tables
    (folder / "schema.json").write_text(json.dumps(schema_to(schema_of(table))))
    table.parquet.replace(folder / "table.parquet")
    return seconds


def _bare(source: Path, folder: Path) -> float:
    """In a process of its own, so that its memory is not taken for the asker's."""
    code = (
        "import duckdb, sys, time; c = duckdb.connect(config={'threads': '1'}); began = time.monotonic();"
        "c.execute(sys.argv[1]); print(time.monotonic() - began)"
    )
    target = folder / "bare.parquet"
    sql = f"COPY (FROM read_csv({sql_text(str(source))})) TO {sql_text(str(target))} (FORMAT parquet, COMPRESSION zstd)"
    done = subprocess.run([sys.executable, "-c", code, sql], check=True, capture_output=True, text=True)
    return float(done.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
