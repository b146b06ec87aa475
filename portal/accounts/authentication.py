"""From the text of a token to the actor who holds it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from portal.accounts import queries
from portal.accounts.models import Token
from portal.catalog.actors import Actor, Scope
from portal.errors import Forbidden
from portal.text import LocalizedText

# How exactly `last_used_at` is kept: writing it at every request would make readers writers.
USE_NOTED_EVERY = timedelta(minutes=1)


class Unauthenticated(Forbidden):
    """The asker has not shown who they are."""


class TokenMissing(Unauthenticated):
    """This needs a token and none was sent."""

    message = LocalizedText(
        "Cần mã truy cập: gửi tiêu đề Authorization: Bearer MÃ.",
        "This needs a token: send the header Authorization: Bearer TOKEN.",
    )


class TokenInvalid(Unauthenticated):
    """Unknown, revoked, of somebody who left, or no token at all: all answer alike."""

    message = LocalizedText(
        "Mã truy cập không đúng hoặc không còn hiệu lực.", "The token is wrong or no longer works."
    )


class TokenExpired(Unauthenticated):
    """Its time is over; said only to those who hold the right text."""

    message = LocalizedText(
        "Mã truy cập đã hết hạn; hãy tạo mã mới.", "The token has expired; please make a new one."
    )


def digest_of(text: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def authenticate(session: Session, text: str, now: datetime) -> Actor:
    """Who holds the token with this text. Raises TokenInvalid, TokenExpired."""
    return actor_of(find_token(session, text, now))


def find_token(session: Session, text: str, now: datetime) -> Token:
    """The token with this text, if it works now. Raises TokenInvalid, TokenExpired.

    The hash is looked up, never compared: how long that takes says nothing that a guesser could steer.
    """
    token = queries.token_by_digest(session, digest_of(text))
    if token is None or token.revoked_at is not None or not token.person.active:
        raise TokenInvalid
    if token.expires_at <= now:
        raise TokenExpired
    return token


def actor_of(token: Token) -> Actor:
    """The person as this token lets them act; memberships must be loaded."""
    person = token.person
    return Actor(
        name=person.email,
        is_administrator=person.is_administrator,
        memberships=MappingProxyType({each.agency_id: each.role for each in person.memberships}),
        scopes=frozenset(Scope(each) for each in token.scopes),
        person=person.uuid,
        token=token.uuid,
    )


def use_is_due(token: Token, now: datetime) -> bool:
    """Whether the last noted use is so old that this one should be noted."""
    return token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY


def note_use(session: Session, uuid: UUID, now: datetime) -> None:
    """Remembers that the token was used, unless another process just did."""
    is_old = or_(Token.last_used_at.is_(None), Token.last_used_at <= now - USE_NOTED_EVERY)
    session.execute(
        update(Token).where(Token.uuid == uuid, is_old).values(last_used_at=now),
        execution_options={"synchronize_session": False},
    )
