"""A site to read from, shared by the tests of one file, and one that a test may change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.sites import Site, open_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = open_site(tmp_path_factory.mktemp("site"))
    yield site
    site.portal.close()


@pytest.fixture(scope="module")
def client(site: Site) -> FlaskClient:
    return site.client


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    site = open_site(tmp_path)
    yield site
    site.portal.close()
