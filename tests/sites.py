"""A portal with the small catalogue behind its whole web side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

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
