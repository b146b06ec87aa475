"""Whole tables taken away in every format; prints its figures as JSON.

python -m tests.bench.exporting FOLDER [KIND ...]        (FOLDER has `table.parquet` and `schema.json`)
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from portal.tables.query import parse
from portal.tables.rows import RowLimits, RowProcess
from portal.tables.schema import Schema, schema_from
from tests.bench.memory import filled_mib, private_mib
from tests.running import children

KINDS = ("csv", "csv-excel", "json", "jsonl", "geojson", "xlsx", "parquet")
_SHAPES: dict[str, tuple[tuple[str, str], ...]] = {
    "whole": (),
    "filtered": (("so_nguoi__ge", "2500"),),
    "sorted": (("sort", "-dien_tich_m2,noi_dung"),),
    "grouped": (("group", "ma_ho_so"), ("measure", "count,sum:so_nguoi")),
}


class _Watch:
    """The most that the asking process's children fill, without what they share with a file."""

    def __init__(self) -> None:
        self.most = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._stop.set()
        self._thread.join()
        return self.most

    def _watch(self) -> None:
        while not self._stop.wait(0.2):
            for child in children(os.getpid()):
                try:
                    self.most = max(self.most, filled_mib(child))
                except (FileNotFoundError, ProcessLookupError):
                    continue


def main(folder: Path, kinds: list[str]) -> None:
    """CSV in all shapes, the others whole."""
    schema = schema_from(json.loads((folder / "schema.json").read_text()))
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as slots:
        process = RowProcess(folder, Path(slots), RowLimits(export_seconds=1_800))
        for kind in kinds:
            for name, pairs in _SHAPES.items():
                if name == "whole" or kind == "csv":
                    figures |= _measured(process, schema, folder / "table.parquet", kind, name, pairs)
                    print(json.dumps(figures), file=sys.stderr, flush=True)
    print(json.dumps(figures))


def _measured(
    process: RowProcess,
    schema: Schema,
    parquet: Path,
    kind: str,
    name: str,
    pairs: tuple[tuple[str, str], ...],
) -> dict[str, float]:
    before, watch, size, first = private_mib(os.getpid()), _Watch(), 0, 0.0
    began = time.monotonic()
    for piece in process.export(parse(pairs, schema), schema, parquet, kind):
        first = first or time.monotonic() - began
        size += len(piece)
    label = f"{kind}, {name}"
    return {
        f"{label}, first byte": first,
        f"{label}, all": time.monotonic() - began,
        f"{label}, size": size / 1024**2,
        f"{label}, memory of the child": watch.stop(),
        f"{label}, asker grew": private_mib(os.getpid()) - before,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or list(KINDS))
