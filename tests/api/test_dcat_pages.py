"""The catalogue page by page, as harvesters walk it, and what changed since they last came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, Literal, Namespace, URIRef

from portal.app import make_app
from portal.catalog.actors import SYSTEM
from portal.catalog.services import datasets
from portal.exchange.rdf import PREFIXES
from portal.wiring import open_portal
from tests.factories import make_dataset, make_many, make_portal, uuid_of
from tests.rdf import DCAT, DCTERMS, FOAF, RDF, read_graph
from tests.sites import Site, open_site

BASE = "http://127.0.0.1:8123"
HYDRA, ADMS = Namespace(PREFIXES["hydra"]), Namespace(PREFIXES["adms"])
CATALOGUE = URIRef(f"{BASE}/id/catalogue")
WITHDRAWN = URIRef(f"{BASE}/id/dataset/{uuid_of('dataset/da-rut')}")
LATER = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    portal = make_portal(tmp_path_factory.mktemp("pages"))
    make_many(portal.database, 230)
    yield make_app(portal).test_client()
    portal.close()


def page(client: FlaskClient, address: str) -> Graph:
    answer = client.get(address.removeprefix(BASE))
    assert answer.status_code == 200, answer.text
    return read_graph(answer.data, address.partition("?")[0].rpartition(".")[2])


def members(graph: Graph) -> list[str]:
    return [str(each) for each in graph.objects(CATALOGUE, DCAT.dataset)]


def by_first_design(graph: Graph) -> str | None:
    for collection in graph.subjects(RDF.type, HYDRA.PagedCollection):
        return next((str(each) for each in graph.objects(collection, HYDRA.nextPage)), None)
    raise AssertionError("no paged collection")


def by_present_design(graph: Graph) -> str | None:
    view = graph.value(CATALOGUE, HYDRA.view)
    assert (view, RDF.type, HYDRA.PartialCollectionView) in graph
    return next((str(each) for each in graph.objects(view, HYDRA.next)), None)


@pytest.mark.parametrize("next_page", [by_first_design, by_present_design])
@pytest.mark.parametrize("extension", ["ttl", "jsonld", "rdf", "nt"])
def test_a_walk_meets_every_dataset_once(
    large: FlaskClient, next_page: Callable[[Graph], str | None], extension: str
) -> None:
    address: str | None = f"{BASE}/catalog.{extension}?page=1"
    found: list[str] = []
    sizes = []
    while address:
        graph = page(large, address)
        assert graph.value(CATALOGUE, HYDRA.totalItems) == Literal(230)
        assert len(set(graph.objects(CATALOGUE, DCAT.record))) == len(members(graph))
        sizes.append(len(members(graph)))
        found += members(graph)
        address = next_page(graph)
    assert (sizes, len(set(found))) == ([100, 100, 30], 230)


def test_every_page_stands_alone(large: FlaskClient) -> None:
    graph = page(large, "/catalog.ttl?page=3")
    for dataset in graph.objects(CATALOGUE, DCAT.dataset):
        publisher = graph.value(dataset, DCTERMS.publisher)
        assert graph.value(publisher, FOAF.name) is not None
        assert graph.value(graph.value(dataset, DCTERMS.spatial), RDF.type) == DCTERMS.Location


def test_the_walk_is_told_in_http_too(large: FlaskClient) -> None:
    answer = large.get("/catalog.ttl?page=2")
    for relation, number in (("first", 1), ("prev", 1), ("next", 3), ("last", 3)):
        assert f'<{BASE}/catalog.ttl?page={number}>; rel="{relation}"' in answer.headers["Link"]
    assert 'rel="next"' not in large.get("/catalog.ttl?page=3").headers["Link"]
    again = large.get("/catalog.ttl?page=2", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_page_after_the_last_is_empty_and_leads_back(large: FlaskClient) -> None:
    graph = page(large, "/catalog.ttl?page=9")
    assert members(graph) == []
    view = graph.value(CATALOGUE, HYDRA.view)
    assert str(graph.value(view, HYDRA.previous)) == f"{BASE}/catalog.ttl?page=3"
    assert graph.value(view, HYDRA.next) is None


@pytest.mark.parametrize(
    ("query", "field"),
    [("page=0", "page"), ("page=x", "page"), ("modified_since=gestern", "modified_since"),
     ("modified_since=0001-01-01T00:00:00%2B14:00", "modified_since")],
)  # fmt: skip
def test_what_cannot_be_read_is_named(large: FlaskClient, query: str, field: str) -> None:
    answer = large.get(f"/catalog.ttl?{query}")
    assert (answer.status_code, list(answer.json["fields"])) == (422, [field])


@pytest.fixture
def changed(own_site: Site) -> Site:
    """One record changed and one withdrawn at LATER; all others at NOW."""
    with own_site.portal.database.write() as session:
        found = datasets.visible(session, SYSTEM, own_site.catalogue.illustrative)
        datasets.withdraw(session, SYSTEM, found, "Nhầm.", LATER)
        dataset = make_dataset(session, "Đổi sau")
        dataset.updated_at = LATER
    return own_site


@pytest.mark.parametrize(
    "since",
    ["2026-04-01", "2026-04-01T00:00:00Z", "2026-04-01T07:00:00%2B07:00", "2026-04-01T07:00:00+07:00",
     "2026-04-01T07:00+0700", "2026-03-01T02:30:01"],
)  # fmt: skip
def test_changes_since_tell_what_is_new_and_what_is_gone(changed: Site, since: str) -> None:
    graph = page(changed.client, f"/catalog.ttl?modified_since={since}")
    assert members(graph) == [f"{BASE}/id/dataset/{uuid_of('dataset/doi-sau')}"]
    (gone,) = graph.subjects(RDF.type, DCAT.Resource)
    assert gone == URIRef(f"{BASE}/id/dataset/{uuid_of('dataset/nhiet-do-minh-hoa')}")


def test_what_remains_of_a_withdrawn_record(own_site: Site) -> None:
    answer = own_site.client.get("/catalog.ttl?modified_since=2026-01-01")
    assert "Bí mật" not in answer.text and "rut.csv" not in answer.text
    graph = read_graph(answer.data, "ttl")
    assert set(graph.objects(WITHDRAWN, RDF.type)) == {DCAT.Resource}
    assert str(WITHDRAWN) not in members(graph)
    (record,) = graph.subjects(FOAF.primaryTopic, WITHDRAWN)
    assert (CATALOGUE, DCAT.record, record) in graph
    assert str(graph.value(record, ADMS.status)).endswith("/distribution-status/WITHDRAWN")
    assert graph.value(record, DCTERMS.description) == Literal("Số liệu sai.", lang="vi")
    full = URIRef(f"{BASE}/id/dataset/{uuid_of('dataset/chat-luong-khong-khi')}")
    assert graph.value(WITHDRAWN, DCTERMS.isReplacedBy) == full


def test_withdrawn_records_are_nowhere_else(own_site: Site) -> None:
    assert str(WITHDRAWN) not in own_site.client.get("/catalog.ttl?page=1").text
    hidden = [uuid_of(f"dataset/bi-mat-{state}") for state in ("draft", "scheduled", "trashed")]
    since = own_site.client.get("/catalog.ttl?modified_since=2020-01-01").text
    assert not any(str(each) in since for each in hidden)


def test_who_hides_illustrative_records_hides_that_they_went(changed: Site) -> None:
    hiding = open_portal(replace(changed.portal.settings, hide_illustrative=True))
    text = make_app(hiding).test_client().get("/catalog.ttl?modified_since=2020-01-01").text
    assert str(uuid_of("dataset/nhiet-do-minh-hoa")) not in text and str(WITHDRAWN) in text
    hiding.close()


def test_one_bad_record_leaves_the_page_whole(own_site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with own_site.portal.database.write() as session:
        bad = make_dataset(session, "Hỏng", keywords=[{"not": "a word"}])
    graph = page(own_site.client, "/catalog.ttl?page=1")
    assert len(members(graph)) == 3 and str(bad.uuid) not in str(members(graph))
    assert str(bad.uuid) in caplog.text


def test_a_site_without_datasets_has_one_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = open_site(tmp_path_factory.mktemp("hidden"), hide_illustrative=True)
    view = page(site.client, "/catalog.ttl?modified_since=2030-01-01").value(CATALOGUE, HYDRA.view)
    assert str(view).endswith("page=1&modified_since=2030-01-01")
    site.portal.close()
