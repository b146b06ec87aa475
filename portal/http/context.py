"""What a view may ask for: the portal, who asks, and one read session for the whole request."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from portal.catalog.actors import ANONYMOUS, Actor
from portal.wiring import Portal

_KEY = "portal"


def install(app: Flask, portal: Portal) -> None:
    """Gives `app` its portal; sessions end with their request."""
    app.extensions[_KEY] = portal
    app.teardown_appcontext(_close)


def portal() -> Portal:
    """The portal that this app serves."""
    found: Portal = current_app.extensions[_KEY]
    return found


def actor() -> Actor:
    """Who asks."""
    return ANONYMOUS


def session() -> Session:
    """A session that sees one state of the catalogue from its first use to the end of the request."""
    if "session" not in g:
        g.stack = ExitStack()
        g.session = g.stack.enter_context(portal().database.read())
    opened: Session = g.session
    return opened


def _close(_error: BaseException | None) -> None:
    stack: ExitStack | None = g.pop("stack", None)
    if stack is not None:
        stack.close()
