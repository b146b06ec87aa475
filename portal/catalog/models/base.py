"""What all tables share: constraint names, instants in UTC, and texts in two languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import Enum as PythonEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, Date, DateTime, Dialect, Enum, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

When = date | datetime
"""A day, or an instant (aware, UTC): what sources say of `issued` and `modified`."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite keeps it without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive values: they mean a different instant on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class DayOrInstant(TypeDecorator[When]):
    """ISO 8601 text: `2023-11-27`, or `2023-11-27T05:00:00Z`. A day stays a day, and texts sort by time."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: When | None, dialect: Dialect) -> str | None:
        """The text, instants in UTC to the second."""
        return None if value is None else when_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> When | None:
        """A date, or an aware datetime."""
        if value is None:
            return None
        return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)


def when_text(value: When) -> str:
    """ISO 8601, UTC with `Z` for instants."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


# Marks a column that the audit trail leaves out: secrets, and what follows from other columns.
UNAUDITED = {"audited": False}


class Audited:
    """A table every write of whose rows leaves an entry in the audit trail (`portal.catalog.audit`)."""

    audit_kind: ClassVar[str]

    @property
    def audit_key(self) -> str:
        """How the trail names the row; what it is made of must be loaded."""
        raise NotImplementedError


class Base(DeclarativeBase):
    """Parent of every table; constraints have names so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: Instant(),
        date: Date(),
        str: Text(),
        list[int]: JSON(),
        list[str]: JSON(),
        list[dict[str, Any]]: JSON(),
        dict[str, Any]: JSON(),
        # Words as the model spells them, checked by the database, changeable by a plain migration.
        PythonEnum: Enum(
            PythonEnum,
            native_enum=False,
            create_constraint=True,
            length=32,
            values_callable=lambda members: [member.value for member in members],
        ),
    }
