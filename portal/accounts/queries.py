"""Reads of people, memberships and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.accounts.models import Membership, Person, Token

_WITH_MEMBERSHIPS = selectinload(Person.memberships).joinedload(Membership.agency)


def person(session: Session, uuid: UUID) -> Person | None:
    """One person with memberships and their agencies."""
    query = select(Person).where(Person.uuid == uuid).options(_WITH_MEMBERSHIPS)
    return session.scalars(query).one_or_none()


def person_by_email(session: Session, email_folded: str) -> Person | None:
    """The person with this address, with memberships."""
    query = select(Person).where(Person.email_folded == email_folded).options(_WITH_MEMBERSHIPS)
    return session.scalars(query).one_or_none()


def people(session: Session, *, after_id: int, limit: int) -> Sequence[Person]:
    """People behind `after_id` in the order in which they came, with memberships."""
    query = select(Person).where(Person.id > after_id).order_by(Person.id).limit(limit)
    return session.scalars(query.options(_WITH_MEMBERSHIPS)).all()


def people_count(session: Session) -> int:
    """How many people there are."""
    return session.scalar(select(func.count(Person.id))) or 0


def active_administrators(session: Session) -> int:
    """How many people can administer the portal."""
    query = select(func.count(Person.id)).where(Person.is_administrator, Person.active)
    return session.scalar(query) or 0


def token_by_digest(session: Session, digest: bytes) -> Token | None:
    """The token whose text has this hash, with its person and their memberships."""
    query = select(Token).where(Token.digest == digest)
    options = joinedload(Token.person).selectinload(Person.memberships)
    return session.scalars(query.options(options)).one_or_none()


def token(session: Session, uuid: UUID) -> Token | None:
    """One token with its person."""
    query = select(Token).where(Token.uuid == uuid).options(joinedload(Token.person))
    return session.scalars(query).one_or_none()


def tokens(session: Session, person_id: int) -> Sequence[Token]:
    """A person's tokens, newest first, those that no longer work too."""
    query = select(Token).where(Token.person_id == person_id).options(joinedload(Token.person))
    return session.scalars(query.order_by(Token.id.desc())).all()


def working_tokens(session: Session, person_id: int, now: datetime) -> int:
    """How many of a person's tokens could still be used."""
    query = select(func.count(Token.id)).where(
        Token.person_id == person_id, Token.revoked_at.is_(None), Token.expires_at > now
    )
    return session.scalar(query) or 0
