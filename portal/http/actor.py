"""Who sends a request: the token of its headers, read anew at every request."""

from __future__ import annotations

import structlog
from flask import Flask, g, request
from sqlalchemy.exc import OperationalError

from portal.accounts.authentication import (
    TokenMissing,
    actor_of,
    find_token,
    note_use,
    use_is_due,
)
from portal.accounts.models import Token
from portal.catalog.actors import ANONYMOUS, Actor
from portal.http import context
from portal.http.credentials import token_text


def install(app: Flask) -> None:
    """Reads the token of every request before its view. A bad one is a 401, never an anonymous reader."""
    app.before_request(_identify)


def required() -> Actor:
    """Who asks, for what nobody may do unnamed. Raises TokenMissing."""
    actor = context.actor()
    if actor is ANONYMOUS:
        raise TokenMissing
    return actor


def _identify() -> None:
    text = token_text(request.path, request.environ)
    if text is None:
        return
    now = context.portal().clock()
    with context.portal().database.read() as session:
        token = find_token(session, text, now)
        g.actor = actor_of(token)
    if use_is_due(token, now):
        _note_use(token)


def _note_use(token: Token) -> None:
    portal = context.portal()
    try:
        with portal.database.write() as session:
            note_use(session, token.uuid, portal.clock())
    except OperationalError as error:
        # A full disk or a long writer must not keep anybody from reading.
        structlog.get_logger().warning(
            "use of a token not noted", token=str(token.uuid), reason=str(error.orig)
        )
