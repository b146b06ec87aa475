"""Versions of tables compared through a row process, as the portal compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.tables.differences.asking import Comparisons
from portal.tables.differences.values import Differences, Question, Version
from portal.tables.rows import RowLimits, RowProcess
from portal.tables.schema import schema_of
from tests.tables.conftest import Read

ALL = Question(limit=1_000)
Compare = Callable[..., Differences]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables").parent


@pytest.fixture(scope="module")
def comparisons(folder: Path) -> Iterator[Comparisons]:
    process = RowProcess(folder, folder / "slots", RowLimits(seconds=60.0))
    yield Comparisons(process)
    process.close()


@pytest.fixture(scope="module")
def compare(comparisons: Comparisons, read_all: Read) -> Compare:
    """Two CSV files read as they are uploaded, then compared."""

    def of(before: str, after: str, question: Question = ALL) -> Differences:
        reports = read_all({"before.csv": before, "after.csv": after})
        versions = [
            Version(schema_of(table), table.parquet) for each in reports.values() for table in each.tables
        ]
        return comparisons.differences(versions[0], versions[1], question)

    return of
