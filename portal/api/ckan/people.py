"""Actions about people and their tokens: everybody's own, and all for administrators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from portal.accounts import queries as account_queries
from portal.accounts.authentication import digest_of
from portal.accounts.models import Person, Token
from portal.accounts.people import visible_person
from portal.accounts.rights import PersonNotFound, is_administering, require_sight
from portal.accounts.tokens import NewToken, issue, revoke, tokens_of, visible_token
from portal.api.ckan.calls import Call, CallInvalid
from portal.api.ckan.common import organization
from portal.api.ckan.registry import reads, writes
from portal.catalog.actors import Scope
from portal.catalog.queries import as_uuid
from portal.exchange.ckan_parts import instant
from portal.exchange.values import JsonObject, JsonValue
from portal.http import actor, context
from portal.text import LocalizedText

MOST_PEOPLE = 1000
# What a token lets do that an administrator makes for somebody.
_USUAL_SCOPES = frozenset({Scope.READ, Scope.WRITE, Scope.PUBLISH})
_UNIT = LocalizedText("Phải là số giây trong đời mã.", "Must be a number of seconds")


@reads
def user_show(call: Call) -> JsonValue:
    """You, or for administrators whoever has this `id` (e-mail or id)."""
    asker = actor.required()
    wanted = call.text("id", "user_id")
    session = context.session()
    found = person_named(session, wanted) if wanted else visible_person(session, asker, asker.person)
    return _user(found)


@reads
def user_list(call: Call) -> JsonValue:
    """You, or everybody for administrators; names with `all_fields: false`."""
    found = _people(call.text("q"))
    if not call.flag("all_fields", default=True):
        return [each.email for each in found]
    return [_user(each) for each in found]


@reads
def user_autocomplete(call: Call) -> JsonValue:
    """People whose name or e-mail has these letters (`q`), as far as you may see them."""
    found = _people(call.required("q"))[: call.number("limit", 20, most=100)]
    return [{"id": str(each.uuid), "name": each.email, "fullname": each.name} for each in found]


@reads
def member_list(call: Call) -> JsonValue:
    """Who has a role in the organisation with this `id`: for administrators."""
    asker, session = actor.required(), context.session()
    agency = organization(call, session)
    if not is_administering(asker):
        raise PersonNotFound
    return [
        [str(person.uuid), "user", "admin" if each.role.value == "publisher" else "editor"]
        for person in _people("")
        for each in person.memberships
        if each.agency_id == agency.id
    ]


@reads
def api_token_list(call: Call) -> JsonValue:
    """Your tokens that work, or those of `user_id` for administrators."""
    asker, session = actor.required(), context.session()
    wanted = call.text("user_id", "user")
    person = person_named(session, wanted) if wanted else visible_person(session, asker, asker.person)
    now = context.portal().clock()
    working = (
        each for each in tokens_of(session, asker, person) if not each.revoked_at and each.expires_at > now
    )
    return [_token(each) for each in working]


@writes
def api_token_create(call: Call) -> JsonValue:
    """A token with this `name`, for you or, by administrators, for `user`: shown this once.

    It does what the one you use may do. `expires_in` (with `unit` in seconds, 86,400 is a day) is at most a year.
    """
    author, now = context.actor(), context.portal().clock()
    with context.write() as session:
        wanted = call.text("user", "user_id")
        person = person_named(session, wanted) if wanted else visible_person(session, author, author.person)
        is_own = person.uuid == author.person
        scopes = (author.scopes or frozenset(Scope)) if is_own else _USUAL_SCOPES
        life = _life(call)
        new = NewToken(call.required("name"), scopes, now + life if life else None)
        issued = issue(session, author, person, new, now)
        return {"token": issued.text, "id": str(issued.token.uuid)}


@writes
def api_token_revoke(call: Call) -> JsonValue:
    """Ends the token with this id (`jti`), or this `token` itself."""
    author, now = context.actor(), context.portal().clock()
    with context.write() as session:
        text = call.text("token")
        known = account_queries.token_by_digest(session, digest_of(text)) if text else None
        uuid = known.uuid if known else as_uuid(call.text("jti"))
        revoke(session, author, visible_token(session, author, uuid), now)
    return None


def person_named(session: Session, reference: str) -> Person:
    """Somebody by e-mail or id, as far as the asker may see them. Raises PersonNotFound."""
    uuid = as_uuid(reference)
    found = (
        account_queries.person(session, uuid)
        if uuid
        else account_queries.person_by_email(session, reference.casefold())
    )
    return require_sight(context.actor(), found)


def _people(typed: str) -> Sequence[Person]:
    asker, session = actor.required(), context.session()
    if is_administering(asker):
        found = account_queries.people(session, after_id=0, limit=MOST_PEOPLE)
    else:
        found = [visible_person(session, asker, asker.person)]
    word = typed.casefold()
    return [each for each in found if word in each.email_folded or word in each.name.casefold()]


def _user(person: Person) -> JsonObject:
    return {
        "id": str(person.uuid),
        "name": person.email,
        "fullname": person.name,
        "display_name": person.name or person.email,
        "email": person.email,
        "created": instant(person.created_at),
        "about": "",
        "sysadmin": person.is_administrator,
        "state": "active" if person.active else "deleted",
        "activity_streams_email_notifications": False,
        "image_url": "",
        "image_display_url": "",
    }


def _token(token: Token) -> JsonObject:
    return {
        "id": str(token.uuid),
        "name": token.name,
        "user_id": str(token.person.uuid),
        "created_at": instant(token.created_at),
        "last_access": instant(token.last_used_at),
        "expires_at": instant(token.expires_at),
    }


def _life(call: Call) -> timedelta | None:
    number, unit = call.number("expires_in", 0), call.number("unit", 1)
    if number == 0:
        return None
    seconds = number * unit
    if not 0 < seconds < 10**9:
        raise CallInvalid(fields={"expires_in": _UNIT})
    return timedelta(seconds=seconds)
