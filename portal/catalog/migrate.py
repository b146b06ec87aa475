"""The schema in the database: which version it has, and bringing it to the newest one, safely and once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from portal.database import Database
from portal.errors import Conflict, Unavailable
from portal.settings import PROJECT_ROOT
from portal.text import LocalizedText

# PostgreSQL's lock that lets one process migrate at a time.
_LOCK = 0x6461_6E62


class SchemaUnknown(Conflict):
    """The database was made by a newer portal than this one."""

    message = LocalizedText(
        "Cơ sở dữ liệu do một phiên bản mới hơn của phần mềm tạo ra. Hãy nâng cấp phần mềm.",
        "The database was made by a newer version of the portal. Please upgrade the portal.",
    )


class SchemaMissing(Unavailable):
    """The database does not have the schema that this portal needs."""

    message = LocalizedText(
        "Cơ sở dữ liệu chưa có lược đồ mới nhất. Hãy chạy: python -m portal migrate",
        "The database does not have the newest schema. Please run: python -m portal migrate",
    )


class MigrationBroken(Conflict):
    """A migration would have left rows that point at nothing; nothing was changed."""

    message = LocalizedText(
        "Việc nâng cấp lược đồ làm sai lệch liên kết giữa các bảng nên đã được hủy; dữ liệu giữ nguyên.",
        "The migration would break references between tables and was undone; nothing was changed.",
    )


def schema_version(database: Database) -> str | None:
    """The revision that the database is at; None when it has no schema yet."""
    if database.file is not None and not database.file.exists():
        return None
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version


def newest_version() -> str:
    """The revision that this portal needs."""
    return _scripts().get_current_head() or ""


def require_schema(database: Database) -> None:
    """Raises when the database is not at the newest revision."""
    if schema_version(database) != newest_version():
        raise SchemaMissing


def migrate(database: Database) -> tuple[str | None, str]:
    """Brings the schema to the newest revision in one transaction; answers revisions before and after.

    Processes that start at the same moment wait for one another; the later ones find nothing to do.
    """
    if database.file is not None:
        database.file.parent.mkdir(parents=True, exist_ok=True)
    with _alone(database):
        before, newest = schema_version(database), newest_version()
        if before is not None and before not in _known_versions():
            raise SchemaUnknown
        if before != newest:
            _upgrade(database)
        return before, newest


def _upgrade(database: Database) -> None:
    writer = database.engine.execution_options(write=True)
    with writer.connect() as connection, _foreign_keys_off(connection):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise MigrationBroken
        connection.commit()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(PROJECT_ROOT / "migrations"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _known_versions() -> set[str]:
    return {script.revision for script in _scripts().walk_revisions()}


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    # SQLite changes a column by copying the table and dropping the old one; with foreign keys on, the
    # drop would delete the rows that point at it. The pragma is ignored inside a transaction.
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    if database.file is not None:
        with _locked(database.file.with_suffix(".migrating")):
            yield
        return
    with database.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
