"""The tables of people, memberships and tokens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalog.actors import Role
from portal.catalog.models import Agency, Base
from portal.catalog.models.base import UNAUDITED, Audited


class Person(Audited, Base):
    """Somebody who may sign what the portal does. People are never deleted: histories name them."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email <> ''", name="has_email"),)
    audit_kind = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    email: Mapped[str]
    # The address as it is compared: case makes no difference.
    email_folded: Mapped[str] = mapped_column(unique=True, info=UNAUDITED)
    name: Mapped[str] = mapped_column(default="")
    is_administrator: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    # Counts changes of the memberships too: they are edited as part of the person.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="person", order_by="Membership.id", lazy="raise"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_key(self) -> str:
        """How the audit trail names the row."""
        return str(self.uuid)


class Membership(Audited, Base):
    """A person's role in one agency: contributor or publisher."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("person_id", "agency_id"),
        CheckConstraint("role IN ('contributor', 'publisher')", name="role_is_one_of_members"),
    )
    audit_kind = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=UNAUDITED)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True, info=UNAUDITED)
    role: Mapped[Role]
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="memberships", lazy="raise_on_sql")
    agency: Mapped[Agency] = relationship(lazy="raise")

    @property
    def audit_key(self) -> str:
        """How the audit trail names the row; person and agency must be loaded."""
        return f"{self.person.uuid}/{self.agency.uuid}"


class Token(Audited, Base):
    """A secret that programs act with for a person; only its hash is here."""

    __tablename__ = "token"
    __table_args__ = (CheckConstraint("expires_at > created_at", name="expires_after_creation"),)
    audit_kind = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True, info=UNAUDITED)
    name: Mapped[str]
    # The first characters, by which people tell their tokens apart.
    prefix: Mapped[str]
    # SHA-256 of the whole text. Random bits need no slow hash, and an index finds it without comparing.
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True, info=UNAUDITED)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None] = mapped_column(info=UNAUDITED)
    revoked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_key(self) -> str:
        """How the audit trail names the row; the person must be loaded."""
        return f"{self.person.uuid}/{self.uuid}"


class Receipt(Base):
    """The answer to a request that named an Idempotency-Key, kept so that repeating it does nothing twice.

    Written in the same transaction as what it answers for: there is no receipt without the work, nor the
    other way round.
    """

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("person", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.uuid"))
    key: Mapped[str]
    # Tells whether a repetition asks for the same thing.
    request_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    etag: Mapped[str | None]
    location: Mapped[str | None]
    body: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)
