"""Files made by the tests, read through the public way in, with one child for a whole list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from portal.tables.reading import read
from portal.tables.values import Column, FileReport, Overrides, SourceFile, Table

Read = Callable[..., dict[str, FileReport]]


def cells(table: Table, column: str | Column) -> list[Any]:
    """The stored values of a column, in order."""
    key = column.key if isinstance(column, Column) else named(table, column).key
    with duckdb.connect() as engine:
        rows = engine.execute(f'SELECT "{key}" FROM read_parquet(?) ORDER BY _row', [str(table.parquet)])
        return [row[0] for row in rows.fetchall()]


def named(table: Table, name: str) -> Column:
    """The column with this name."""
    return next(column for column in table.columns if column.name == name)


def codes(column: Column) -> set[str]:
    """What was decided about a column."""
    return {note.code for note in column.decisions}


@pytest.fixture(scope="session")
def read_all(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Reads named contents, `{name: bytes or text}`, and answers a report for each name."""

    def read_contents(
        contents: Mapping[str, bytes | str], overrides: Mapping[str, Overrides] | None = None, **options: Any
    ) -> dict[str, FileReport]:
        folder = tmp_path_factory.mktemp("files")
        sources = []
        for position, (name, content) in enumerate(contents.items()):
            path = folder / f"source-{position}"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            sources.append(SourceFile(path, name, (overrides or {}).get(name, Overrides())))
        return dict(zip(contents, read(sources, Path(folder / "made"), **options), strict=True))

    return read_contents
