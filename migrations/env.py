"""Alembic's environment: compares and changes the database that the settings (or the caller) name."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

import portal.accounts.models  # noqa: F401  its tables belong to the same database
from portal.catalog.models import Base
from portal.database import Database
from portal.settings import read_settings


def _plain_type(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Writes what the database stores: a migration must not change when a Python type of ours does."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    return f"sa.{item.impl_instance!r}"


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_plain_type,
        # One transaction for all steps: an upgrade that is killed leaves the old schema whole.
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    database = Database(read_settings().catalogue_url)
    with database.engine.execution_options(write=True).connect() as own:
        _run(own)
        own.commit()
    database.close()
