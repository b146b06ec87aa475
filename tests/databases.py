"""Catalogue databases for tests: SQLite files, or schemas of the PostgreSQL that PORTAL_TEST_DATABASE_URL names."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, make_url, text

import portal.accounts.models  # noqa: F401  its tables belong to the same database
from portal.catalog.models import Base
from portal.database import Database

_until_the_end = ExitStack()
atexit.register(_until_the_end.close)


def kept_url(folder: Path) -> str:
    """The address of a database without tables that stays until the tests are over."""
    return _until_the_end.enter_context(schema_url(folder))


@contextmanager
def empty_database(folder: Path) -> Iterator[Database]:
    """A database of its own with the tables of the models, gone afterwards."""
    with schema_url(folder) as url:
        database = Database(url)
        Base.metadata.create_all(database.engine, checkfirst=False)
        yield database
        database.close()


def schema_url(folder: Path) -> AbstractContextManager[str]:
    """The address of a database without tables, gone afterwards."""
    server = os.environ.get("PORTAL_TEST_DATABASE_URL")
    return _schema(server) if server else _file(folder)


@contextmanager
def _file(folder: Path) -> Iterator[str]:
    folder.mkdir(parents=True, exist_ok=True)
    yield f"sqlite:///{folder / 'catalogue.sqlite'}"


@contextmanager
def _schema(server: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    # Without a pool: hundreds of schemas are kept to the end, and the server takes a hundred connections.
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    try:
        url = make_url(server).update_query_dict({"options": f"-csearch_path={name}"})
        yield url.render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
