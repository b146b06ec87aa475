"""The migrations make what the models say, once, whoever starts first."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from portal.catalog.migrate import (
    SchemaMissing,
    SchemaUnknown,
    migrate,
    newest_version,
    require_schema,
    schema_version,
)
from portal.catalog.models import Base
from portal.database import Database
from tests.databases import schema_url

MIGRATE = (
    "import sys; from portal.database import Database; from portal.catalog.migrate import migrate; "
    "migrate(Database(sys.argv[1]))"
)


@pytest.fixture
def fresh(tmp_path: Path) -> Database:
    """A SQLite file that is not there yet, in a folder that is not there either."""
    return Database(f"sqlite:///{tmp_path / 'var' / 'catalogue.sqlite'}")


def test_the_migrated_schema_is_the_one_of_the_models(tmp_path: Path) -> None:
    with schema_url(tmp_path) as url:
        database = Database(url)
        assert migrate(database) == (None, newest_version())
        with database.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        database.close()


def test_every_constraint_of_the_models_is_in_the_database(fresh: Database, tmp_path: Path) -> None:
    migrate(fresh)
    made = Database(f"sqlite:///{tmp_path / 'made.sqlite'}")
    Base.metadata.create_all(made.engine)
    assert fresh.file is not None and made.file is not None
    assert _statements(fresh.file) == _statements(made.file)


def test_migrating_twice_changes_nothing(fresh: Database) -> None:
    migrate(fresh)
    assert fresh.file is not None
    before = _statements(fresh.file)
    assert migrate(fresh) == (newest_version(), newest_version())
    assert _statements(fresh.file) == before


def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    started = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, url], stderr=subprocess.PIPE) for _ in range(3)
    ]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    assert schema_version(Database(url)) == newest_version()


def test_a_missing_or_foreign_schema_is_told(fresh: Database) -> None:
    with pytest.raises(SchemaMissing):
        require_schema(fresh)
    assert schema_version(fresh) is None
    migrate(fresh)
    require_schema(fresh)
    with fresh.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaUnknown):
        migrate(fresh)


def test_foreign_keys_hold_again_after_a_migration(fresh: Database) -> None:
    migrate(fresh)
    with fresh.engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def _statements(file: Path) -> dict[str, str]:
    with sqlite3.connect(file) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
        ).fetchall()
    connection.close()
    return {name: _normal(sql) for name, sql in rows}


def _normal(sql: str) -> str:
    """Without the order of constraints and the marks around names, which mean nothing."""
    head, _, body = " ".join(sql.replace('"', "").split()).partition("(")
    return head + "(" + " | ".join(sorted(part.strip() for part in body.rstrip(")").split(", "))) + ")"
