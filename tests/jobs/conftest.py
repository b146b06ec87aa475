"""A small catalogue with its files stored, opened as the commands and the worker open it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.catalog.migrate import migrate
from portal.settings import Settings
from portal.wiring import Portal, open_portal
from tests.factories import CSV_V1, CSV_V2, make_small_catalogue


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """Published: three datasets, one of them with two stored files; others hidden."""
    opened = open_portal(Settings(var=tmp_path / "var"))
    migrate(opened.database)
    make_small_catalogue(opened.database)
    for content in (CSV_V1, CSV_V2):
        opened.storage.put(io.BytesIO(content))
    yield opened
    opened.close()
