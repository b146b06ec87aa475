"""The OpenAPI description of API v1, shared by the address that sends it and the page that explains it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

_KEY = "portal.openapi"


def use_specification(app: Flask, write: Callable[[], bytes]) -> None:
    """`write` makes the description as JSON."""
    app.extensions[_KEY] = write


def specification() -> bytes:
    """The description of this app's API."""
    write: Callable[[], bytes] = current_app.extensions[_KEY]
    return write()
