"""DCAT-AP 3.0.1 by its own shapes: real imported records, seeded ones, and records made by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, URIRef
from sqlalchemy import select

from portal import links
from portal.app import make_app
from portal.catalog.actors import SYSTEM
from portal.catalog.models import Dataset, State
from portal.catalog.queries import agency
from portal.catalog.services.boundaries import match_boundaries, store_boundaries
from portal.catalog.services.imports import ImportRun, import_records
from portal.clock import system_clock
from portal.exchange.boundary_file import read_boundaries
from portal.exchange.json_lines import read_json_lines
from portal.exchange.rdf import FORMS, PREFIXES
from portal.exchange.snapshots import Snapshots
from portal.exchange.whole_catalogue import Audience, CatalogueWriter
from portal.jobs.snapshots import writer_of
from portal.seed.catalogue import seed_datasets
from portal.seed.load import load_base
from portal.seed.records import seed_records
from portal.settings import PROJECT_ROOT
from portal.wiring import Portal
from tests.factories import make_dataset, make_many, make_portal, make_series, make_small_catalogue
from tests.rdf import DCAT, read_graph
from tests.sites import Site

RECORDS = 100
BASE = "http://127.0.0.1:8123"
PUBLIC = select(Dataset).where(Dataset.state == State.PUBLISHED)
Judge = Callable[[Graph], str]


@pytest.fixture(scope="module")
def judge(shared: Path) -> Judge:
    """What the shapes find wrong, as text; empty when nothing."""
    folder = shared / "conformance"
    shapes = Graph().parse(folder / "dcat-ap" / "3.0.1" / "dcat-ap-SHACL.fixed.ttl")
    lists = Graph()
    for path in sorted((folder / "vocab").glob("*.ttl")):
        lists.parse(path)

    def violations(graph: Graph) -> str:
        conforms, _, text = pyshacl.validate(graph + lists, shacl_graph=shapes, inference="none")
        return "" if conforms else str(text)

    return violations


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    opened = make_portal(tmp_path)
    yield opened
    opened.close()


def catalogue_of(portal: Portal) -> Graph:
    settings = portal.settings
    writer = CatalogueWriter(
        portal.database,
        Audience("https://data.example.vn", settings.hide_illustrative),
        settings.forms_file,
        Snapshots(settings.snapshots_folder),
    )
    document = writer.write().path("catalog.ttl").read_bytes()
    assert writer.left_out() == {}
    return read_graph(document, "ttl")


def take_in(portal: Portal, records: Iterator[object]) -> None:
    with portal.database.write() as session:
        load_base(session, PROJECT_ROOT / "datasets", system_clock())
    run = ImportRun(portal.database, portal.storage, SYSTEM, portal.clock)
    outcomes = list(import_records(run, records))  # type: ignore[arg-type]
    assert {outcome.result for outcome in outcomes} == {"created"}


def test_a_hundred_real_records_conform(portal: Portal, shared: Path, judge: Judge) -> None:
    folder = shared / "data" / "catalogue"
    city = list(read_json_lines(folder / "danang.jsonl", shared / "data"))
    # Every eighth of the rest, so that many publishers are among them.
    country = islice(read_json_lines(folder / "vietnam.jsonl", shared / "data"), 0, None, 8)
    take_in(portal, islice(iter([*city, *country]), RECORDS))
    graph = catalogue_of(portal)
    assert len(set(graph.objects(None, DCAT.dataset))) == RECORDS
    assert judge(graph) == ""


def test_seeded_records_conform(portal: Portal, judge: Judge) -> None:
    take_in(portal, seed_records(seed_datasets(PROJECT_ROOT / "datasets", 60, with_illustrative=True)))
    graph = catalogue_of(portal)
    assert len(set(graph.objects(None, DCAT.dataset))) == 60
    assert judge(graph) == ""


def test_places_with_boundaries_conform(portal: Portal, shared: Path, judge: Judge) -> None:
    take_in(portal, seed_records(seed_datasets(PROJECT_ROOT / "datasets", 25, with_illustrative=True)))
    path = shared / "data" / "files" / "boundaries" / "danang-wards-2025-simplified.geojson"
    with portal.database.write() as session:
        matching = match_boundaries(session, read_boundaries(path))
        store_boundaries(session, matching, actor=SYSTEM, now=system_clock())
    graph = catalogue_of(portal)
    places = {URIRef(f"https://data.example.vn/id/place/{match.place.code}") for match in matching.matches}
    boxes = {place: str(box) for place, box in graph.subject_objects(DCAT.bbox)}
    assert len(boxes) > 1 and set(boxes) - places == {URIRef("https://data.example.vn/id/place/48")}
    corners = re.fullmatch(r"POLYGON\(\((.+)\)\)", boxes[URIRef("https://data.example.vn/id/place/48")])
    assert corners is not None
    west, south = map(float, corners[1].split(", ")[0].split())
    assert (round(west, 2), round(south, 2)) == (107.21, 14.95)
    assert judge(graph) == ""


def test_records_with_everything_and_with_nothing_conform(portal: Portal, judge: Judge) -> None:
    make_small_catalogue(portal.database)
    assert judge(catalogue_of(portal)) == ""


def test_series_conform_with_and_without_texts_and_a_keeper(portal: Portal, judge: Judge) -> None:
    make_small_catalogue(portal.database)
    with portal.database.write() as session:
        told = make_series(
            session, "Niên giám", "Yearbook", description_vi="Hằng năm.", agency=agency(session, "so-y-te")
        )
        make_dataset(session, "Niên giám 2024", series=told, temporal_start=date(2024, 1, 1))
        make_dataset(session, "Khác 2024", series=make_series(session, "Khác"))
    graph = catalogue_of(portal)
    assert len(set(graph.objects(None, DCAT.inSeries))) == 2
    assert judge(graph) == ""


@pytest.mark.parametrize("extension", FORMS)
def test_records_that_nobody_should_write_conform_in_every_form(
    by_hand: Site, judge: Judge, extension: str
) -> None:
    """Markup, directions, control characters, endless texts, broken addresses: and none of them is left out."""
    client = by_hand.client
    assert writer_of(by_hand.portal).left_out() == {}
    whole = read_graph(client.get(f"/catalog.{extension}").data, extension)
    with by_hand.portal.database.read() as session:
        public = {f"{BASE}{links.dataset_id(each.uuid)}" for each in session.scalars(PUBLIC)}
    assert {str(each) for each in whole.objects(None, DCAT.dataset)} == public and len(public) > 8
    assert judge(whole) == ""
    assert judge(read_graph(client.get(f"/catalog.{extension}?page=1").data, extension)) == ""


@pytest.mark.parametrize("extension", FORMS)
def test_each_of_them_conforms_alone(by_hand: Site, judge: Judge, extension: str) -> None:
    for slug in (
        "la-markup",
        "la-direction",
        "la-controls",
        "la-long",
        "la-dia-chi",
        "chi-co-dau",
        "chi-co-cuoi",
    ):
        answer = by_hand.client.get(f"/dataset/{slug}.{extension}")
        assert answer.status_code == 200
        assert judge(read_graph(answer.data, extension)) == "", slug


def test_pages_with_withdrawn_records_conform(portal: Portal, judge: Judge) -> None:
    make_small_catalogue(portal.database)
    client = make_app(portal).test_client()
    for query in ("page=1", "modified_since=2020-01-01", "page=9"):
        graph = read_graph(client.get(f"/catalog.ttl?{query}").data, "ttl")
        assert judge(graph) == ""


def test_an_empty_catalogue_conforms(portal: Portal, judge: Judge) -> None:
    assert judge(catalogue_of(portal)) == ""


def test_the_judge_finds_what_is_wrong(portal: Portal, judge: Judge) -> None:
    make_many(portal.database, 1)
    graph = catalogue_of(portal)
    graph.remove((None, DCAT.accessURL, None))
    assert "accessURL" in judge(graph)


def test_no_property_is_misspelt(portal: Portal, shared: Path) -> None:
    """Shapes accept any name that they do not know."""
    make_small_catalogue(portal.database)
    known = {str(each) for each in Graph().parse(shared / "conformance/dcat/dcat3.ttl").subjects()}
    context = json.loads((shared / "conformance/dcat-ap/3.0.1/dcat-ap.context.jsonld").read_text())
    known |= {_address(each, context["@context"]) for each in context["@context"].values()}
    known |= _allowed()
    used = {str(each) for each in catalogue_of(portal).predicates()}
    assert used <= known


def _address(term: object, context: dict[str, object]) -> str:
    name = term["@id"] if isinstance(term, dict) and "@id" in term else term
    prefix, _, local = str(name).partition(":")
    start = context.get(prefix)
    return f"{start}{local}" if isinstance(start, str) else str(name)


def _allowed() -> set[str]:
    """Names of other vocabularies that the profile leaves free."""
    names = (
        "rdf:type rdfs:label rdfs:seeAlso skos:prefLabel skos:notation skos:inScheme skos:broadMatch skos:closeMatch "
        "foaf:page foaf:homepage foaf:name foaf:primaryTopic org:subOrganizationOf vcard:fn vcard:hasEmail "
        "vcard:hasTelephone spdx:checksum spdx:algorithm spdx:checksumValue adms:identifier "
        "dct:accessRights dct:accrualPeriodicity dct:conformsTo dct:creator dct:description dct:format dct:identifier "
        "dct:issued dct:language dct:license dct:modified dct:provenance dct:publisher dct:rights dct:spatial "
        "dct:temporal dct:title dct:type dcatap:applicableLegislation dcatap:availability"
    )
    return {PREFIXES[prefix] + local for prefix, local in (name.split(":") for name in names.split())}


def test_every_dataset_is_listed_with_its_record(portal: Portal) -> None:
    make_many(portal.database, 3)
    graph = catalogue_of(portal)
    for dataset in graph.objects(None, DCAT.dataset):
        record = URIRef(f"{dataset}#record")
        assert (None, DCAT.record, record) in graph
        assert graph.value(record, URIRef(f"{PREFIXES['foaf']}primaryTopic")) == dataset
