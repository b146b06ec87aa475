"""Two clients of libraries harvest everything from a served portal: Sickle, and oaipmh-scythe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from oaipmh_scythe import HTTPConfig, Scythe
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch

from portal.app import make_app
from tests.factories import make_dataset, make_portal
from tests.running import free_port
from tests.sites import served

# More than two pages of records, and more than one of headers.
NUMBER = 530
TITLE = "Mưa <b>&amp;</b> ]]> \u202e\x0b gió số {}"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    portal = make_portal(tmp_path_factory.mktemp("served"), port=port)
    with portal.database.write() as session:
        for number in range(NUMBER):
            make_dataset(
                session, TITLE.format(number), slug=f"ban-ghi-{number}", description_vi="Mô tả " * 40
            )
    with served(make_app(portal), port) as address:
        yield f"{address}/oai"
    portal.close()


def test_sickle_harvests_everything(base: str) -> None:
    client = Sickle(base)
    assert client.Identify().deletedRecord == "persistent"
    assert [each.metadataPrefix for each in client.ListMetadataFormats()] == ["oai_dc", "dcat", "datacite"]
    records = list(client.ListRecords(metadataPrefix="oai_dc"))
    titles = {each.metadata["title"][0] for each in records}
    assert len(records) == len(titles) == NUMBER
    assert "Mưa <b>&amp;</b> ]]> \u202e gió số 7" in titles
    headers = {each.identifier for each in client.ListIdentifiers(metadataPrefix="dcat")}
    assert headers == {each.header.identifier for each in records}
    newest = max(each.header.datestamp for each in records)
    assert list(client.ListRecords(**{"metadataPrefix": "oai_dc", "from": newest}))
    with pytest.raises(NoRecordsMatch):
        client.ListRecords(metadataPrefix="oai_dc", until="2001-01-01")


def test_scythe_harvests_everything(base: str) -> None:
    with Scythe(base, http_config=HTTPConfig(http_method="POST")) as client:
        records = list(client.list_records(metadata_prefix="oai_dc"))
        assert len({each.header.identifier for each in records}) == NUMBER
        assert len(list(client.list_identifiers(metadata_prefix="oai_dc"))) == NUMBER
        assert [each.setSpec for each in client.list_sets()][:1] == ["agency"]
        one = client.get_record(identifier=records[0].header.identifier, metadata_prefix="datacite")
        assert one.header.identifier == records[0].header.identifier
