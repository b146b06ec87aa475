"""What people with a token see: people, tokens, the audit trail. Never public, never cached.

Written here, not in `portal.exchange`: those forms are public, and that room knows no accounts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import fields, validate

from portal import links
from portal.accounts.models import Membership, Person, Token
from portal.api.v1 import shapes
from portal.api.v1.schemas import AgencyReference, SelfLink
from portal.catalog.actors import Actor, Role, Scope
from portal.catalog.models import AuditEntry
from portal.exchange.v1_parts import Form, agency_reference
from portal.exchange.values import JsonObject, instant

MEMBER_ROLES = (Role.CONTRIBUTOR.value, Role.PUBLISHER.value)


class MembershipForm(shapes.Shape):
    """A role in one agency."""

    agency = shapes.one(AgencyReference)
    role = fields.String(required=True, validate=validate.OneOf(MEMBER_ROLES))


class PersonForm(shapes.Shape):
    """Somebody who may sign in. `version` counts changes of the memberships too."""

    id = shapes.uuid()
    email = shapes.text(null=False)
    name = shapes.text()
    is_administrator = fields.Boolean(required=True)
    active = fields.Boolean(required=True)
    memberships = shapes.many(MembershipForm)
    version = shapes.whole()
    created_at = shapes.instant()
    updated_at = shapes.instant()
    links = shapes.one(SelfLink)


class PersonList(shapes.Shape):
    """People in the order in which they came."""

    total = shapes.whole()
    items = shapes.many(PersonForm)
    next_cursor = shapes.text()


class TokenForm(shapes.Shape):
    """A token; its text is nowhere but in the answer that made it. `works` tells whether it is accepted now."""

    id = shapes.uuid()
    person_id = shapes.uuid()
    name = shapes.text()
    prefix = shapes.text(null=False)
    scopes: Any = fields.List(
        fields.String(validate=validate.OneOf([each.value for each in Scope])), required=True
    )
    works = fields.Boolean(required=True)
    created_at = shapes.instant()
    expires_at = shapes.instant()
    last_used_at = shapes.instant(null=True)
    revoked_at = shapes.instant(null=True)
    version = shapes.whole()
    links = shapes.one(SelfLink)


class NewTokenForm(TokenForm):
    """`token` is shown this one time."""

    token = shapes.text(null=False)


class TokenList(shapes.Shape):
    """A person's tokens, newest first."""

    total = shapes.whole()
    items = shapes.many(TokenForm)


class MeForm(shapes.Shape):
    """Who the token speaks for, and what it may do."""

    person = shapes.one(PersonForm)
    token_id = shapes.uuid()
    scopes: Any = fields.List(fields.String(), required=True)


class AuditEntryForm(shapes.Shape):
    """One written row: the changed columns as they were and as they became."""

    id = shapes.whole()
    at = shapes.instant()
    actor = shapes.text(null=False)
    action = shapes.text(null=False)
    kind = shapes.text(null=False)
    key = shapes.text(null=False)
    before = shapes.object()
    after = shapes.object()
    token_id = shapes.text()
    request_id = shapes.text()


class AuditList(shapes.Shape):
    """The trail, newest first."""

    items = shapes.many(AuditEntryForm)
    next_cursor = shapes.text()


def person(person: Person, form: Form) -> JsonObject:
    """A person; memberships and their agencies must be loaded."""
    return {
        "id": str(person.uuid),
        "email": person.email,
        "name": person.name or None,
        "is_administrator": person.is_administrator,
        "active": person.active,
        "memberships": [_membership(each, form) for each in person.memberships],
        "version": person.version,
        "created_at": instant(person.created_at),
        "updated_at": instant(person.updated_at),
        "links": {"self": form.link(links.api("people", person.uuid))},
    }


def _membership(membership: Membership, form: Form) -> JsonObject:
    return {"agency": agency_reference(membership.agency, form), "role": membership.role.value}


def token(token: Token, form: Form, now: datetime) -> JsonObject:
    """A token without its text; the person must be loaded."""
    return {
        "id": str(token.uuid),
        "person_id": str(token.person.uuid),
        "name": token.name or None,
        "prefix": token.prefix,
        "scopes": list(token.scopes),
        "works": token.revoked_at is None and token.expires_at > now and token.person.active,
        "created_at": instant(token.created_at),
        "expires_at": instant(token.expires_at),
        "last_used_at": instant(token.last_used_at),
        "revoked_at": instant(token.revoked_at),
        "version": token.version,
        "links": {"self": form.link(links.api("tokens", token.uuid))},
    }


def me(actor: Actor, who: Person, form: Form) -> JsonObject:
    """The asker."""
    scopes = [each.value for each in Scope if actor.holds(each)]
    return {"person": person(who, form), "token_id": str(actor.token), "scopes": scopes}


def audit_entry(entry: AuditEntry) -> JsonObject:
    """One entry."""
    return {
        "id": entry.id,
        "at": instant(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "kind": entry.object_kind,
        "key": entry.object_key,
        "before": entry.before,
        "after": entry.after,
        "token_id": entry.token,
        "request_id": entry.request_id,
    }
