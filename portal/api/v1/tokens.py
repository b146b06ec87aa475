"""Tokens: one's own, and anybody's for administrators."""

from __future__ import annotations

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import fields, validate

from portal import links
from portal.accounts.models import Token
from portal.accounts.people import visible_person
from portal.accounts.tokens import NewToken, issue, revoke, tokens_of, visible_token
from portal.api.v1 import parameters
from portal.api.v1.answers import form
from portal.api.v1.describing import describes_private, describes_write
from portal.api.v1.inputs import Body, line
from portal.api.v1.private_forms import NewTokenForm, TokenForm, TokenList, token
from portal.catalog.actors import Scope
from portal.catalog.queries import as_uuid
from portal.exchange.v1_parts import Form
from portal.exchange.values import JsonValue
from portal.http import actor, context
from portal.http.bodies import json_body
from portal.http.preconditions import answer, expected, no_content

blueprint = Blueprint("tokens", __name__, url_prefix="/api/v1", description="Tokens of people.")

_TOKEN = parameters.in_path("uuid", "Id of the token.")
_SCOPES = validate.OneOf([each.value for each in Scope])


class TokenBody(Body):
    """A token to be made. Every token may `read`; without `expires_at` it works for 90 days, at most a year."""

    name = line(200, shortest=1, required=True)
    scopes = fields.List(
        fields.String(validate=_SCOPES), required=True, validate=validate.Length(min=1, max=len(Scope))
    )
    expires_at = fields.AwareDateTime()
    person_id = fields.UUID(metadata={"description": "Whose it shall be; yours when absent."})


@describes_private(
    blueprint,
    "/tokens",
    answer=TokenList,
    parameters=[parameters.filter_by("person_id", "Whose; yours when absent."), parameters.LANG],
)
def list_tokens() -> Response:
    """Your tokens, or a person's for administrators"""
    shape, asker = form(), actor.required()
    session, asked = context.session(), request.args.get("person_id")
    person = visible_person(session, asker, as_uuid(asked) if asked else asker.person)
    now = context.portal().clock()
    items: list[JsonValue] = [token(each, shape, now) for each in tokens_of(session, asker, person)]
    return answer({"total": len(items), "items": items})


@describes_write(
    blueprint,
    "POST",
    "/tokens",
    answer=NewTokenForm,
    parameters=[parameters.LANG],
    body=TokenBody,
    status=201,
)
def create_token() -> Response:
    """Make a token; this answer alone shows it

    For yourself with no more scopes than the token that you send; administrators make them for others.
    """
    shape, author = form(), actor.required()
    loaded = json_body(TokenBody())
    wanted = NewToken(
        name=loaded["name"],
        scopes=frozenset(Scope(each) for each in loaded["scopes"]),
        expires_at=loaded.get("expires_at"),
    )
    now = context.portal().clock()
    with context.write() as session:
        person = visible_person(session, author, loaded.get("person_id", author.person))
        issued = issue(session, author, person, wanted, now)
        document = {**token(issued.token, shape, now), "token": issued.text}
        location = shape.link(links.api("tokens", issued.token.uuid))
        return answer(document, version=issued.token.version, status=201, location=location)


@describes_private(blueprint, "/tokens/<uuid>", answer=TokenForm, parameters=[_TOKEN, parameters.LANG])
def show_token(uuid: str) -> Response:
    """One token, without its text"""
    shape, asker = form(), actor.required()
    return _show(visible_token(context.session(), asker, as_uuid(uuid)), shape)


@describes_write(blueprint, "DELETE", "/tokens/<uuid>", answer=None, parameters=[_TOKEN], status=204)
def revoke_token(uuid: str) -> Response:
    """Revoke a token; it does not work from the next request on

    It stays in the list, with the time at which it was revoked.
    """
    author = actor.required()
    visible_token(context.session(), author, as_uuid(uuid))
    condition = expected()
    with context.write() as session:
        found = visible_token(session, author, as_uuid(uuid))
        condition.check(found.version)
        revoke(session, author, found, context.portal().clock())
    return no_content()


def _show(found: Token, shape: Form) -> Response:
    return answer(token(found, shape, context.portal().clock()), version=found.version)
