"""Real exports of the city become the tables that somebody judged by eye: names, types, units, counts, values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from portal.tables.reading import read
from portal.tables.values import Column, FileReport, SourceFile

GOLDEN = Path(__file__).parent / "golden"
FILES: list[dict[str, Any]] = [
    entry
    for path in sorted(GOLDEN.glob("*.json"))
    for entry in json.loads(path.read_text(encoding="utf-8"))["files"]
]


@pytest.fixture(scope="module")
def reports(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileReport]:
    root = shared / "data" / "files"
    sources = [SourceFile(root / entry["file"], Path(entry["file"]).name) for entry in FILES]
    return dict(
        zip((e["file"] for e in FILES), read(sources, tmp_path_factory.mktemp("golden")), strict=True)
    )


@pytest.mark.shared
@pytest.mark.parametrize("golden", FILES, ids=lambda entry: entry["file"])
def test_a_real_file_becomes_the_table_that_a_person_sees_in_it(
    golden: dict[str, Any], reports: dict[str, FileReport], shared: Path
) -> None:
    source = shared / "data" / "files" / golden["file"]
    assert hashlib.sha256(source.read_bytes()).hexdigest() == golden["file_sha256"], (
        "not the file that was judged"
    )
    report = reports[golden["file"]]
    assert (report.refusal, report.format, len(report.tables)) == (
        None,
        golden["format"],
        len(golden["tables"]),
    )
    for table, judged in zip(report.tables, golden["tables"], strict=True):
        assert (table.name, table.rows) == (judged.get("sheet"), judged["rows"])
        assert [column.name for column in table.columns] == [column["name"] for column in judged["columns"]]
        for column, expected in zip(table.columns, judged["columns"], strict=True):
            assert seen(column, table.parquet) == told(expected), expected["reason"]


def seen(column: Column, parquet: Path) -> dict[str, Any]:
    text = "\n".join(written(parquet, column.key))
    return {
        "name": column.name,
        "type": column.type.value,
        "unit": column.unit,
        "missing": column.profile.missing,
        "misfits": column.profile.misfits,
        "distinct": column.profile.distinct,
        "sha256": hashlib.sha256(text.encode()).hexdigest()[:16],
    }


def told(expected: dict[str, Any]) -> dict[str, Any]:
    given = {key: value for key, value in expected.items() if key != "reason"}
    return {"unit": None, "misfits": 0, **given}


def written(parquet: Path, key: str) -> Iterator[str]:
    with duckdb.connect() as engine:
        rows = engine.execute(f'SELECT "{key}" FROM read_parquet(?) ORDER BY _row', [str(parquet)]).fetchall()
    for (value,) in rows:
        if isinstance(value, float):
            shortest = format(Decimal(repr(value)), "f")
            yield shortest.rstrip("0").rstrip(".") if "." in shortest else shortest
        else:
            yield "" if value is None else str(value)
