"""Catalogue databases for tests: SQLite files, or schemas of the PostgreSQL that PORTAL_TEST_DATABASE_URL names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

import portal.accounts.models  # noqa: F401  its tables belong to the same database
from portal.catalog.models import Base
from portal.database import Database


@contextmanager
def empty_database(folder: Path) -> Iterator[Database]:
    """A database of its own with the tables of the models, gone afterwards."""
    with schema_url(folder) as url:
        database = Database(url)
        Base.metadata.create_all(database.engine)
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
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    try:
        url = make_url(server).update_query_dict({"options": f"-csearch_path={name}"})
        yield url.render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        admin.dispose()
