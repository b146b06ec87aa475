"""Tables whose Parquet file is lost: every door says that they come back, and they do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from tests.sites import Site, open_site
from tests.table_files import WARDS, add_table_file, add_table_version, read_tables


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = open_site(tmp_path)
    yield site
    site.portal.close()


def addresses(uuid: UUID) -> list[str]:
    return [
        f"/api/v1/tables/{uuid}/rows",
        f"/api/v1/tables/{uuid}/export.csv",
        f"/api/v1/tables/{uuid}/differences",
        f"/bang/{uuid}",
        f"/bang/{uuid}/thay-doi",
        f"/api/3/action/datastore_search?resource_id={uuid}",
        f"/datastore/dump/{uuid}",
    ]


def test_lost_rows_are_away_for_a_while(site: Site) -> None:
    uuid = add_table_file(site.portal, "Dân số các phường", WARDS)
    read_tables(site.portal)
    add_table_version(site.portal, uuid, WARDS + "Sơn Trà,112000,8.1,05/07/2025\n")
    read_tables(site.portal)
    for sha256 in list(site.portal.tables.hashes()):
        site.portal.tables.delete(sha256)
    for address in addresses(uuid):
        answer = site.client.get(address)
        assert answer.status_code == 503, address
        assert int(answer.headers["Retry-After"]) > 0, address
    assert site.client.get(f"/api/v1/tables/{uuid}").status_code == 200, "what the table is stands elsewhere"
    read_tables(site.portal)
    for address in addresses(uuid):
        assert site.client.get(address).status_code == 200, address
