"""What a view may ask for: the portal, who asks, one read session for the whole request, and a write session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from portal.catalog import audit
from portal.catalog.actors import ANONYMOUS, Actor
from portal.http.frontdoor import request_id
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
    """Who asks; `portal.http.actor` found it out before the view."""
    found: Actor = g.get("actor", ANONYMOUS)
    return found


def session() -> Session:
    """A session that sees one state of the catalogue from its first use to the end of the request."""
    if "session" not in g:
        g.stack = ExitStack()
        g.session = g.stack.enter_context(portal().database.read())
    opened: Session = g.session
    return opened


@contextmanager
def write() -> Iterator[Session]:
    """A session whose work is committed whole at the end, or not at all; the audit trail names this request."""
    with portal().database.write() as opened:
        audit.sign(opened, actor(), request_id=request_id(request.environ))
        yield opened


def _close(_error: BaseException | None) -> None:
    stack: ExitStack | None = g.pop("stack", None)
    if stack is not None:
        stack.close()
