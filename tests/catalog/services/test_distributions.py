from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from portal.catalog import queries
from portal.catalog.actors import SYSTEM
from portal.catalog.models import Dataset
from portal.catalog.records import FileSource
from portal.catalog.services import datasets, distributions
from portal.catalog.services.files import FileEmpty, IncomingFile, take_in
from portal.catalog.services.matching import Lookup, load_lookup
from portal.database import Database
from portal.files.storage.local import LocalStorage
from tests.catalog.conftest import NOW


def stored(storage: LocalStorage, name: str, content: bytes) -> IncomingFile:
    [file] = take_in(storage, [FileSource(name, lambda: io.BytesIO(content))], max_bytes=None)
    assert isinstance(file, IncomingFile)
    return file


@contextmanager
def editing(database: Database) -> Iterator[tuple[Session, Dataset, Lookup]]:
    with database.write() as session:
        dataset = queries.dataset_by_reference(session, "bus")
        lookup = load_lookup(session)
        if dataset is None:
            dataset = datasets.create(session, SYSTEM, "bus", {"title_vi": "Xe buýt"}, lookup, NOW)
            session.flush()
        yield session, dataset, lookup


def test_a_superseded_file_keeps_its_address_and_its_old_version(database: Database, storage: LocalStorage):
    with editing(database) as (session, dataset, lookup):
        first = stored(storage, "tuyen.csv", b"a,b\n1,2\n")
        uuid = distributions.attach_file(session, SYSTEM, dataset, first, lookup, NOW).uuid
    with editing(database) as (session, dataset, lookup):
        second = stored(storage, "tuyen.csv", b"a,b\n3,4\n")
        distributions.supersede_file(session, SYSTEM, dataset, uuid, second, lookup, NOW)
        version = dataset.version
        distributions.supersede_file(session, SYSTEM, dataset, uuid, second, lookup, NOW)
        assert dataset.version == version
    with database.read() as session:
        found = queries.distribution_by_uuid(session, uuid)
    assert found is not None and found.format is not None
    assert [(each.number, each.sha256) for each in found.file_versions] == [
        (1, first.sha256),
        (2, second.sha256),
    ]
    assert (found.format.code, found.media_type) == ("CSV", "text/csv")
    assert storage.verify(first.sha256) and storage.verify(second.sha256)


def test_an_empty_file_is_refused_and_the_others_are_taken(storage: LocalStorage):
    sources = [
        FileSource(name, lambda data=data: io.BytesIO(data))
        for name, data in (("a.csv", b""), ("b.csv", b"x\n"))
    ]
    empty, good = take_in(storage, sources, max_bytes=None)
    assert isinstance(empty, FileEmpty)
    assert isinstance(good, IncomingFile)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//host/x",
        "http://",
        "file:///etc/passwd",
        "data:text/html,x",
        "http://a b/",
        "x",
    ],
)
def test_only_full_addresses_become_links(database: Database, url: str):
    with editing(database) as (session, dataset, lookup), pytest.raises(distributions.AddressInvalid):
        distributions.add_link(session, SYSTEM, dataset, url, lookup, NOW)


def test_links_order_and_removal(database: Database):
    with editing(database) as (session, dataset, lookup):
        made = [
            distributions.add_link(
                session, SYSTEM, dataset, f"https://example.vn/{n}", lookup, NOW, format="csv"
            )
            for n in range(3)
        ]
        session.flush()
        order = [made[2].uuid, made[0].uuid, made[1].uuid]
        with pytest.raises(distributions.OrderIncomplete):
            distributions.reorder(session, SYSTEM, dataset, order[:2], NOW)
        distributions.reorder(session, SYSTEM, dataset, order, NOW)
    with editing(database) as (session, dataset, lookup):
        assert [each.uuid for each in dataset.distributions] == order
        distributions.remove(session, SYSTEM, dataset, order[1], NOW)
    with editing(database) as (_, dataset, _):
        assert [each.access_url for each in dataset.distributions] == [
            "https://example.vn/2",
            "https://example.vn/1",
        ]
        assert dataset.distributions[0].format is not None and dataset.distributions[0].format.code == "CSV"
