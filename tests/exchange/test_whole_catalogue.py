"""The whole catalogue as documents: who is in it, who never is, and that only what changed is made anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from sqlalchemy import select

from portal.catalog.actors import SYSTEM
from portal.catalog.changes import catalogue_version, record_change
from portal.catalog.models import Agency, Concept, Dataset
from portal.catalog.services import datasets
from portal.catalog.services.series import find_series, update_series
from portal.database import Database
from portal.exchange import dcat_documents
from portal.exchange.snapshots import Snapshots
from portal.exchange.whole_catalogue import DOCUMENTS, Audience, CatalogueWriter
from tests.factories import (
    NOW,
    make_database,
    make_dataset,
    make_link,
    make_series,
    make_small_catalogue,
    uuid_of,
)
from tests.rdf import DCAT, DCTERMS, RDF, RDFS, read_graph

BASE = "https://data.example.vn"
FULL = URIRef(f"{BASE}/id/dataset/{uuid_of('dataset/chat-luong-khong-khi')}")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path)
    make_small_catalogue(made)
    yield made
    made.close()


def writer_of(
    database: Database, folder: Path, *, base_url: str = BASE, hide: bool = False
) -> CatalogueWriter:
    audience = Audience(base_url, hide)
    return CatalogueWriter(database, audience, folder / "forms.sqlite", Snapshots(folder / "snapshots"))


def read(writer: CatalogueWriter, document: str = "catalog.ttl") -> Graph:
    snapshot = writer.write()
    return read_graph(snapshot.path(document).read_bytes(), document.partition(".")[2])


def listed(graph: Graph) -> set[str]:
    return {
        str(title)
        for each in graph.objects(None, DCAT.dataset)
        for title in graph.objects(each, DCTERMS.title)
    }


def test_the_public_are_in_it_and_nobody_else_is_even_hinted_at(database: Database, tmp_path: Path) -> None:
    writer = writer_of(database, tmp_path)
    graph = read(writer)
    assert len(set(graph.objects(None, DCAT.dataset))) == 3
    assert len(set(graph.objects(None, DCAT.record))) == 3
    for document in DOCUMENTS:
        snapshot = writer.snapshots.current()
        assert snapshot is not None
        text = snapshot.path(document).read_text(encoding="utf-8")
        assert "Chất lượng không khí" in text
        assert "Bí mật" not in text and "da-rut" not in text
        for hidden in ("bi-mat-draft", "bi-mat-scheduled", "bi-mat-trashed", "da-rut"):
            assert str(uuid_of(f"dataset/{hidden}")) not in text
        # A place of no public dataset would tell that a hidden one speaks of it.
        assert "Hải Châu" in text and "20333" not in text and "Hoàng Sa" not in text


def test_all_forms_say_the_same_without_blank_nodes(database: Database, tmp_path: Path) -> None:
    writer = writer_of(database, tmp_path)
    turtle = read(writer)
    for other in ("catalog.jsonld", "catalog.rdf", "catalog.nt"):
        assert isomorphic(turtle, read(writer, other))
    assert all(isinstance(subject, URIRef) for subject in turtle.subjects())


def test_the_catalogue_offers_its_interface_as_a_service(database: Database, tmp_path: Path) -> None:
    graph = read(writer_of(database, tmp_path))
    services = {graph.value(each, DCAT.endpointURL) for each in graph.objects(None, DCAT.service)}
    assert URIRef(f"{BASE}/api/v1") in services
    assert (None, DCAT.endpointDescription, URIRef(f"{BASE}/api/v1/openapi.json")) in graph


def test_illustrative_records_are_told_apart_or_absent(database: Database, tmp_path: Path) -> None:
    graph = read(writer_of(database, tmp_path))
    (made_up,) = graph.subjects(DCTERMS.provenance, URIRef(f"{BASE}/id/catalogue#illustrative"))
    assert str(graph.value(made_up, DCTERMS.title)) == "Nhiệt độ minh họa"
    assert {
        label.language for label in graph.objects(URIRef(f"{BASE}/id/catalogue#illustrative"), RDFS.label)
    } == {
        "vi",
        "en",
    }
    hiding = writer_of(database, tmp_path, hide=True)
    assert "minh họa" not in hiding.write().path("catalog.ttl").read_text(encoding="utf-8")


def test_what_is_withdrawn_or_changed_follows_and_the_rest_is_not_made_anew(
    database: Database, tmp_path: Path
) -> None:
    writer = writer_of(database, tmp_path)
    writer.write()
    with database.write() as session:
        found = datasets.visible(session, SYSTEM, "chat-luong-khong-khi")
        datasets.withdraw(session, SYSTEM, found, "Sai số liệu.", NOW)
        make_dataset(session, "Mới công bố")
    # A mark inside a piece that did not change shows that it was not made again.
    _mark_pieces(tmp_path)
    text = writer.write().path("catalog.ttl").read_text(encoding="utf-8")
    assert "Mới công bố" in text and "Chất lượng không khí" not in text and str(FULL) not in text
    assert text.count("# kept") == 2


def test_a_renamed_agency_and_a_word_with_another_address_reach_every_dataset(
    database: Database, tmp_path: Path
) -> None:
    writer = writer_of(database, tmp_path)
    writer.write()
    with database.write() as session:
        agency = session.scalars(select(Agency).where(Agency.slug == "so-y-te")).one()
        agency.name_vi = "Sở Y tế thành phố"
        record_change(session, agency, action="update", is_public=True, actor="test", at=NOW)
        concept = session.scalars(select(Concept).where(Concept.code == "annual")).one()
        concept.exact_match = "http://publications.europa.eu/resource/authority/frequency/ANNUAL"
        record_change(session, concept, action="update", is_public=True, actor="test", at=NOW)
    graph = read(writer)
    publisher = graph.value(FULL, DCTERMS.publisher)
    assert "Sở Y tế thành phố" in {str(name) for name in graph.objects(publisher)}
    assert str(graph.value(FULL, DCTERMS.accrualPeriodicity)).endswith("/ANNUAL")


def test_another_base_url_or_a_damaged_store_makes_everything_anew(
    database: Database, tmp_path: Path
) -> None:
    writer_of(database, tmp_path).write()
    moved = writer_of(database, tmp_path, base_url="https://moved.example.vn")
    text = moved.write().path("catalog.ttl").read_text(encoding="utf-8")
    assert BASE not in text
    moved.forms_file.write_bytes(b"this is no database" * 1000)
    assert isomorphic(read(moved), read_graph(text.encode(), "ttl"))


def test_one_bad_record_is_left_out_and_reported_and_tried_again_when_it_changes(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = writer_of(database, tmp_path)
    with database.write() as session:
        bad = make_dataset(session, "Hỏng", keywords=[{"not": "a word"}])
    graph = read(writer)
    assert len(set(graph.objects(None, DCAT.dataset))) == 3 and "Hỏng" not in listed(graph)
    assert str(bad.uuid) in caplog.text
    assert list(writer.left_out()) == [str(bad.uuid)]
    caplog.clear()
    writer.write()
    assert caplog.text == "", "told once for every version"
    with database.write() as session:
        found = session.get_one(Dataset, bad.id)
        found.keywords, found.version = ["tốt"], found.version + 1
        record_change(session, found, action="update", is_public=True, actor="test", at=NOW)
    assert "Hỏng" in listed(read(writer))
    assert writer.left_out() == {}


def test_a_distribution_without_an_address_to_follow_is_left_out_of_its_dataset(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as session:
        dataset = make_dataset(
            session,
            "Hai liên kết",
            distributions=[make_link("http://[hỏng"), make_link("https://example.org/a b")],
        )
    graph = read(writer_of(database, tmp_path))
    (distribution,) = graph.objects(URIRef(f"{BASE}/id/dataset/{dataset.uuid}"), DCAT.distribution)
    assert str(graph.value(distribution, DCAT.accessURL)) == "https://example.org/a%20b"


def test_an_empty_catalogue_is_a_valid_document(tmp_path: Path) -> None:
    database = make_database(tmp_path)
    writer = writer_of(database, tmp_path)
    graph = read(writer)
    assert (URIRef(f"{BASE}/id/catalogue"), RDF.type, DCAT.Catalog) in graph
    assert isomorphic(graph, read(writer, "catalog.jsonld"))
    database.close()


def test_current_means_whole_of_this_version_and_for_these_settings(
    database: Database, tmp_path: Path
) -> None:
    writer = writer_of(database, tmp_path)
    with database.read() as session:
        version = catalogue_version(session)
    assert not writer.is_current(version)
    snapshot = writer.write()
    assert writer.is_current(version) and not writer.is_current("other-1")
    assert not writer_of(database, tmp_path, hide=True).is_current(version)
    upgraded = snapshot.folder.with_name(snapshot.name.replace(snapshot.code, "older"))
    snapshot.folder.rename(upgraded)
    pointer = upgraded.parent / "CURRENT"
    pointer.write_text(upgraded.name)
    assert not writer.is_current(version), "the portal was upgraded: documents are written anew"
    snapshot = writer.write()
    assert writer.is_current(version)
    snapshot.path("catalog.ttl", "br").unlink()
    assert not writer.is_current(version)


def _mark_pieces(folder: Path) -> None:
    with sqlite3.connect(folder / "forms.sqlite") as connection:
        connection.execute(
            "UPDATE part SET written = CAST(written || '# kept\n' AS BLOB) WHERE document = 'catalog.ttl'"
        )
    connection.close()


def test_a_long_list_of_members_is_written_in_parts(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = writer_of(database, tmp_path)
    whole = read(writer)
    monkeypatch.setattr(dcat_documents, "_MEMBERS_AT_ONCE", 1)
    assert isomorphic(read(writer), whole)
    assert isomorphic(read(writer, "catalog.jsonld"), whole)


def test_a_renamed_series_is_new_in_every_document_that_names_it(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        series = make_series(session, "Niên giám")
        make_dataset(session, "Niên giám 2024", series=series)
        make_series(session, "Không ai thấy")
    writer = writer_of(database, tmp_path)
    assert "Niên giám hằng năm" not in writer.write().path("catalog.ttl").read_text(encoding="utf-8")
    with database.write() as session:
        update_series(
            session, SYSTEM, find_series(session, "nien-giam"), {"title_vi": "Niên giám hằng năm"}, NOW
        )
    snapshot = writer.write()
    for document in ("catalog.ttl", "catalog.jsonld", "catalog.rdf", "catalog.nt", "catalog.jsonl"):
        text = snapshot.path(document).read_text(encoding="utf-8")
        assert "Niên giám hằng năm" in text or "h\\u1EB1ng" in text, document
        assert "Không ai thấy" not in text
    graph = read_graph(snapshot.path("catalog.ttl").read_bytes(), "ttl")
    (node,) = graph.subjects(RDF.type, DCAT.DatasetSeries)
    assert str(node) == f"{BASE}/id/series/{uuid_of('series/nien-giam')}"
    assert len(set(graph.subjects(DCAT.inSeries, node))) == 1
