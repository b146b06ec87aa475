"""Every address that docs/standards.md names in a table answers with the media type that stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from portal.jobs.snapshots import writer_of
from tests.conftest import REPOSITORY
from tests.sites import Site, open_site

TEXT = (REPOSITORY / "docs" / "standards.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(/[^`]+)` \| `([^`]+)` \|", TEXT, re.MULTILINE)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = open_site(tmp_path_factory.mktemp("standards"))
    writer_of(site.portal).write()
    yield site
    site.portal.close()


@pytest.fixture(scope="module")
def client(written: Site) -> FlaskClient:
    return written.client


def test_the_tables_are_found() -> None:
    assert len(ROWS) == TEXT.count("\n| `/") > 15


@pytest.mark.parametrize(("path", "media_type"), ROWS)
def test_what_the_document_names_is_there(client: FlaskClient, path: str, media_type: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.headers["ETag"] and answer.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
