"""The door of CKAN's action API, read and write: clients made for CKAN work here unchanged (docs/ckan.md)."""

from __future__ import annotations

from flask import Flask

from portal.api.ckan import addresses, door, dump
from portal.api.ckan.envelope import failure
from portal.api.ckan.registry import ACTIONS
from portal.http.limits import read_by_post
from portal.http.problems import use_dialect

_ENVELOPED = ("/api/3/action/", "/api/action/", "/api/util/", "/api/2/util/")


def register(app: Flask) -> None:
    """Adds every route of CKAN's to `app`."""
    app.register_blueprint(door.blueprint)
    app.register_blueprint(addresses.blueprint)
    app.register_blueprint(dump.blueprint)
    use_dialect(app, _ENVELOPED, failure)
    read_by_post(app, _is_read)


def _is_read(path: str) -> bool:
    action = ACTIONS.get(path.rpartition("/")[2]) if path.startswith(_ENVELOPED) else None
    return action is not None and not action.writes
