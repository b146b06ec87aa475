"""A portal with the small catalogue behind its whole web side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from wsgiref.types import WSGIApplication

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from portal.app import make_app
from portal.wiring import Portal
from tests.factories import SmallCatalogue, make_small_portal


@dataclass(frozen=True)
class Site:
    portal: Portal
    app: Flask
    catalogue: SmallCatalogue

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()


def open_site(folder: Path, **settings: object) -> Site:
    portal, catalogue = make_small_portal(folder, **settings)
    return Site(portal, make_app(portal), catalogue)


@contextmanager
def served(app: WSGIApplication, port: int) -> Iterator[str]:
    """The address of `app` behind a real HTTP server, for clients of others."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()
