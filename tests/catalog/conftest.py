"""A catalogue with the vocabularies, agencies and places that the portal is born with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.database import Database
from portal.files.storage.local import LocalStorage
from portal.seed.load import load_base
from tests.conftest import REPOSITORY
from tests.databases import empty_database

NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)


@pytest.fixture
def bare_database(tmp_path: Path) -> Iterator[Database]:
    """Tables and nothing in them."""
    with empty_database(tmp_path) as database:
        yield database


@pytest.fixture
def database(bare_database: Database) -> Database:
    """Tables with the base rows."""
    with bare_database.write() as session:
        load_base(session, REPOSITORY / "datasets", NOW)
    return bare_database


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files")
