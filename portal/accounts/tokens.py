"""Tokens: issued once in clear, kept as a hash, narrowed by scopes, at most a year old, revoked at once."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from portal.accounts import queries
from portal.accounts.authentication import digest_of
from portal.accounts.models import Person, Token
from portal.accounts.rights import is_administering, require_hand, require_sight
from portal.catalog.actors import Actor, Scope
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.text import LocalizedText, clean_line

# So that scanners of public code know what they found: dnp_ and 64 hexadecimal digits.
MARK = "dnp_"
SHOWN_CHARACTERS = len(MARK) + 8
DEFAULT_LIFE = timedelta(days=90)
LONGEST_LIFE = timedelta(days=365)
MOST_WORKING = 50


class TokenNotFound(NotFound):
    """Unknown, or somebody else's: both answer alike."""

    message = LocalizedText("Không có mã truy cập này.", "There is no such token.")


class LifeInvalid(Invalid):
    """Tokens end in the future and within a year."""

    message = LocalizedText(
        "Thời hạn của mã truy cập phải ở trong tương lai và không quá một năm.",
        "A token must expire in the future and within a year.",
    )


class ScopesTooWide(Forbidden):
    """Nobody hands on more than they hold."""

    message = LocalizedText(
        "Không thể cấp mã truy cập có phạm vi rộng hơn quyền đang dùng.",
        "A token cannot be given more than the right that is used to make it.",
    )


class PersonInactive(Conflict):
    """Who was put out of service gets no tokens."""

    message = LocalizedText("Người dùng này đã ngừng hoạt động.", "This person is no longer active.")


class TooManyTokens(Conflict):
    """More working tokens than anybody can keep an eye on."""

    message = LocalizedText(
        f"Mỗi người có nhiều nhất {MOST_WORKING} mã truy cập còn hiệu lực; hãy thu hồi mã không còn dùng.",
        f"A person may have at most {MOST_WORKING} working tokens; revoke those no longer in use.",
    )


@dataclass(frozen=True, slots=True)
class NewToken:
    """What is asked for; `expires_at` None means DEFAULT_LIFE from now."""

    name: str
    scopes: frozenset[Scope]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token and, this one time, its text."""

    token: Token
    text: str

    def __repr__(self) -> str:
        return f"Issued({self.token.prefix}...)"


def issue(session: Session, actor: Actor, person: Person, wanted: NewToken, now: datetime) -> Issued:
    """A token for `person`: by themselves with no more scopes than they came with, or by an administrator.

    Raises PersonNotFound, ScopeMissing, ScopesTooWide, LifeInvalid, PersonInactive, TooManyTokens.
    """
    require_hand(actor, person)
    scopes = wanted.scopes | {Scope.READ}
    _require_scopes(actor, person, scopes)
    expires_at = wanted.expires_at or now + DEFAULT_LIFE
    if not now < expires_at <= now + LONGEST_LIFE:
        raise LifeInvalid(fields={"expires_at": LifeInvalid.message})
    if not person.active:
        raise PersonInactive
    if queries.working_tokens(session, person.id, now) >= MOST_WORKING:
        raise TooManyTokens
    text = MARK + secrets.token_hex(32)
    token = Token(
        uuid=uuid4(),
        person=person,
        name=clean_line(wanted.name),
        prefix=text[:SHOWN_CHARACTERS],
        digest=digest_of(text),
        scopes=[each.value for each in Scope if each in scopes],
        created_at=now,
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    return Issued(token, text)


def tokens_of(session: Session, actor: Actor, person: Person) -> Sequence[Token]:
    """A person's tokens, newest first. Raises PersonNotFound."""
    require_sight(actor, person)
    return queries.tokens(session, person.id)


def visible_token(session: Session, actor: Actor, uuid: UUID | None) -> Token:
    """One's own token, or anybody's for administrators. Raises TokenNotFound, alike for unknown and unseen."""
    token = queries.token(session, uuid) if uuid else None
    if token is None or not (is_administering(actor) or actor.person == token.person.uuid):
        raise TokenNotFound
    return token


def revoke(session: Session, actor: Actor, token: Token, now: datetime) -> None:
    """From the next request on the token does not work. Raises ScopeMissing, PersonNotFound.

    Any token may revoke itself, so that whoever finds it lost needs no other one.
    """
    if actor.token != token.uuid:
        require_hand(actor, token.person)
    token.revoked_at = token.revoked_at or now
    session.flush()


def _require_scopes(actor: Actor, person: Person, scopes: Collection[Scope]) -> None:
    is_own = actor.person == person.uuid
    if is_own and not all(actor.holds(each) for each in scopes):
        raise ScopesTooWide(fields={"scopes": ScopesTooWide.message})
    # Else the token would grow by itself on the day when its person becomes an administrator.
    if Scope.ADMIN in scopes and not person.is_administrator:
        raise ScopesTooWide(fields={"scopes": ScopesTooWide.message})
