"""Who sends a request: `Authorization: Bearer TOKEN`, read anew at every request."""

from __future__ import annotations

import re

import structlog
from flask import Flask, g, request
from sqlalchemy.exc import OperationalError

from portal.accounts.authentication import (
    TokenInvalid,
    TokenMissing,
    actor_of,
    find_token,
    note_use,
    use_is_due,
)
from portal.accounts.models import Token
from portal.catalog.actors import ANONYMOUS, Actor
from portal.http import context

_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/=-]{1,200})", re.IGNORECASE)


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
    header = request.headers.get("Authorization")
    if header is None:
        return
    match = _BEARER.fullmatch(header.strip())
    if match is None:
        raise TokenInvalid
    now = context.portal().clock()
    with context.portal().database.read() as session:
        token = find_token(session, match[1], now)
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
