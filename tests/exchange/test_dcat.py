"""What a dataset becomes in DCAT-AP, property by property."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from sqlalchemy.orm import Session

from portal.catalog import queries
from portal.catalog.models import Concept, Dataset, Series, Vocabulary
from portal.exchange.dcat_names import Names, names_of
from portal.exchange.dcat_shared import one_dataset
from portal.exchange.rdf import FORMS, PREFIXES
from tests.factories import (
    CSV_V2,
    make_concept,
    make_database,
    make_dataset,
    make_link,
    make_small_catalogue,
    uuid_of,
)
from tests.rdf import DCAT, DCTERMS, FOAF, RDF, RDFS, SPDX, VCARD, read_graph

BASE = "https://data.example.vn"
EU = "http://publications.europa.eu/resource/authority"
ADMS, XSD = Namespace(PREFIXES["adms"]), Namespace(PREFIXES["xsd"])


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = make_database(tmp_path)
    make_small_catalogue(database)
    with database.write() as opened:
        yield opened
    database.close()


def names(session: Session) -> Names:
    return names_of(BASE, queries.concepts(session, Vocabulary.LANGUAGE))


def graph_of(session: Session, slug: str) -> tuple[Graph, URIRef]:
    session.flush()
    session.expire_all()
    found = queries.dataset_by_reference(session, slug)
    assert found is not None
    return written(found, names(session)), URIRef(f"{BASE}/id/dataset/{found.uuid}")


def written(dataset: Dataset, named: Names) -> Graph:
    """The one graph that all forms parse to."""
    graph = one_dataset(dataset, named)
    first, *others = (read_graph(form.document(graph.triples()), form.extension) for form in FORMS.values())
    assert all(isomorphic(first, other) for other in others)
    return first


def test_texts_carry_their_language_and_dates_their_type(session: Session) -> None:
    graph, node = graph_of(session, "chat-luong-khong-khi")
    assert set(graph.objects(node, DCTERMS.title)) == {
        Literal("Chất lượng không khí tại Đà Nẵng", lang="vi"),
        Literal("Air quality in Da Nang", lang="en"),
    }
    assert set(graph.objects(node, DCAT.keyword)) == {
        Literal("không khí", lang="vi"),
        Literal("bụi mịn", lang="vi"),
    }
    assert graph.value(node, DCTERMS.issued) == Literal("2024-05-06", datatype=XSD.date)
    assert graph.value(node, DCTERMS.modified) == Literal("2026-03-01T02:30:00Z", datatype=XSD.dateTime)
    assert graph.value(node, DCTERMS.identifier) == Literal("chat-luong-khong-khi")
    other = graph.value(node, ADMS.identifier)
    assert str(graph.value(other, URIRef(f"{PREFIXES['skos']}notation"))) == "DN-01"


def test_two_agencies_a_contact_a_period_and_a_place(session: Session) -> None:
    graph, node = graph_of(session, "chat-luong-khong-khi")
    owner, supplier = graph.value(node, DCTERMS.publisher), graph.value(node, DCTERMS.creator)
    assert Literal("Sở Y tế", lang="vi") in set(graph.objects(owner, FOAF.name))
    assert Literal("City People's Committee", lang="en") in set(graph.objects(supplier, FOAF.name))
    contact = graph.value(node, DCAT.contactPoint)
    assert graph.value(contact, VCARD.hasEmail) == URIRef("mailto:dulieu@example.vn")
    period = graph.value(node, DCTERMS.temporal)
    assert (str(graph.value(period, DCAT.startDate)), str(graph.value(period, DCAT.endDate))) == (
        "2024-01-01",
        "2025-12-31",
    )
    place = graph.value(node, DCTERMS.spatial)
    assert place == URIRef(f"{BASE}/id/place/20194")
    assert (place, RDF.type, DCTERMS.Location) in graph


def test_a_file_has_its_checksum_size_type_and_two_addresses(session: Session) -> None:
    graph, node = graph_of(session, "chat-luong-khong-khi")
    uuid = uuid_of("distribution/chat-luong-khong-khi/0")
    file = URIRef(f"{node}#distribution-{uuid}")
    address = URIRef(f"{BASE}/tai-ve/{uuid}/Kh%C3%B4ng%20kh%C3%AD.csv")
    assert graph.value(file, DCAT.downloadURL) == graph.value(file, DCAT.accessURL) == address
    assert graph.value(file, DCAT.byteSize) == Literal(str(len(CSV_V2)), datatype=XSD.nonNegativeInteger)
    assert str(graph.value(file, DCAT.mediaType)) == "https://www.iana.org/assignments/media-types/text/csv"
    checksum = graph.value(file, SPDX.checksum)
    assert graph.value(checksum, SPDX.checksumValue).datatype == XSD.hexBinary
    assert graph.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
    link = URIRef(f"{node}#distribution-{uuid_of('distribution/chat-luong-khong-khi/1')}")
    assert str(graph.value(link, DCAT.accessURL)) == "https://example.org/khong-khi"
    assert graph.value(link, DCAT.downloadURL) is None


def test_shared_lists_are_used_where_they_know_the_word(session: Session) -> None:
    for concept in session.query(Concept):
        addresses = {
            "moi-truong": f"{EU}/data-theme/ENVI",
            "annual": f"{EU}/frequency/ANNUAL",
            "public": f"{EU}/access-right/PUBLIC",
            "csv": f"{EU}/file-type/CSV",
        }
        concept.exact_match = addresses.get(concept.code)
    vi = make_concept(session, Vocabulary.LANGUAGE, "vi", "Tiếng Việt")
    vi.exact_match = f"{EU}/language/VIE"
    graph, node = graph_of(session, "chat-luong-khong-khi")
    own = URIRef(f"{BASE}/id/concept/theme/moi-truong")
    assert set(graph.objects(node, DCAT.theme)) == {URIRef(f"{EU}/data-theme/ENVI"), own}
    assert graph.value(node, DCTERMS.accrualPeriodicity) == URIRef(f"{EU}/frequency/ANNUAL")
    assert graph.value(node, DCTERMS.accessRights) == URIRef(f"{EU}/access-right/PUBLIC")
    assert graph.value(node, DCTERMS.language) == URIRef(f"{EU}/language/VIE")
    assert set(graph.objects(None, DCTERMS["format"])) == {URIRef(f"{EU}/file-type/CSV")}
    # The licence is in no shared list here: our own word, described in the document.
    licence = URIRef(f"{BASE}/id/concept/licence/cc-by-4.0")
    assert (licence, RDF.type, DCTERMS.LicenseDocument) in graph
    assert set(graph.objects(None, DCTERMS.license)) == {licence}


def test_what_is_not_stated_is_not_said_but_for_the_description(session: Session) -> None:
    graph, node = graph_of(session, "du-toan-ngan-sach-2025")
    assert set(graph.objects(node, DCTERMS.description)) == {Literal("Dự toán ngân sách 2025", lang="vi")}
    for name in (
        "license",
        "accessRights",
        "issued",
        "modified",
        "language",
        "creator",
        "provenance",
        "spatial",
    ):
        assert graph.value(node, DCTERMS[name]) is None, name
    publisher = graph.value(node, DCTERMS.publisher)
    assert set(graph.objects(publisher, FOAF.name)) == {Literal("Phòng Tài chính quận", lang="vi")}


def test_words_that_nothing_matches_are_kept_as_words(session: Session) -> None:
    link = make_link("https://example.org/")
    link.format_raw = "Bảng tính lạ"
    make_dataset(session, "Nguyên văn", licence_raw="Dùng thoải mái", distributions=[link])
    graph, _ = graph_of(session, "nguyen-van")
    assert not set(graph.objects(None, DCTERMS.license))
    for name, words in (("rights", "Dùng thoải mái"), ("format", "Bảng tính lạ")):
        (node,) = graph.objects(None, DCTERMS[name])
        assert str(graph.value(node, RDFS.label)) == words


def test_a_series_and_a_place_of_other_words(session: Session) -> None:
    series = Series(slug="nien-giam", title_vi="Niên giám", title_en="Yearbook")
    make_dataset(session, "Niên giám 2024", series=series, places_raw=["Bán đảo Sơn Trà"])
    graph, node = graph_of(session, "nien-giam-2024")
    found = graph.value(node, DCAT.inSeries)
    assert (found, RDF.type, DCAT.DatasetSeries) in graph
    assert set(graph.objects(found, DCTERMS.title)) == {Literal("Niên giám", "vi"), Literal("Yearbook", "en")}
    place = graph.value(node, DCTERMS.spatial)
    assert (place, RDF.type, DCTERMS.Location) in graph
    label = URIRef(f"{PREFIXES['skos']}prefLabel")
    assert graph.value(place, label) == Literal("Bán đảo Sơn Trà", "vi")


def test_a_licence_that_nobody_stated_is_none(session: Session) -> None:
    unknown = make_concept(session, Vocabulary.LICENCE, "not-stated", "Chưa rõ")
    make_dataset(
        session, "Không giấy phép", licence=unknown, distributions=[make_link("https://example.org/")]
    )
    graph, _ = graph_of(session, "khong-giay-phep")
    assert not set(graph.objects(None, DCTERMS.license))


@pytest.mark.parametrize(
    ("email", "phone", "expected"),
    [
        ("a@b.vn", "0236 3822.123", {"mailto:a@b.vn", "tel:02363822123"}),
        ("người dùng@b.vn", "(+84) 236-1022", {"tel:+842361022"}),
        ("a@b.vn>, <x", "1022 (phím 2)", set()),
        ("", "٠١٢٣", set()),
    ],
)
def test_contacts_are_addresses_or_absent(
    session: Session, email: str, phone: str, expected: set[str]
) -> None:
    make_dataset(session, "Liên hệ", contact_name="Văn phòng", contact_email=email, contact_phone=phone)
    graph, node = graph_of(session, "lien-he")
    contact = graph.value(node, DCAT.contactPoint)
    found = {*graph.objects(contact, VCARD.hasEmail), *graph.objects(contact, VCARD.hasTelephone)}
    assert {str(each) for each in found} == expected


ODD = st.text(st.characters(exclude_characters="\r", exclude_categories=()), max_size=40)
LINES = ("title_vi", "title_en", "description_vi", "other_identifier", "agency_text", "supplier_text", "licence_raw",
         "contact_name", "contact_email", "contact_phone", "legal_basis", "landing_page", "conforms_to",
         "provenance")  # fmt: skip


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_field_can_break_a_document(loaded: tuple[Dataset, Names], data: st.DataObject) -> None:
    found, named = loaded
    for name in LINES:
        setattr(found, name, data.draw(ODD | st.just("<a href='x'>&amp;</a>]]>"), label=name))
    found.keywords = data.draw(st.lists(ODD, max_size=3))
    found.distributions[1].access_url = data.draw(ODD.map(lambda tail: f"https://example.org/{tail}"))
    found.distributions[0].file_versions[-1].media_type = data.draw(ODD)
    assert set(written(found, named).objects(None, DCAT.distribution))


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[tuple[Dataset, Names]]:
    """A whole dataset to be changed at will; nothing of it is ever stored."""
    database = make_database(tmp_path)
    make_small_catalogue(database)
    with database.read() as session:
        found = queries.dataset_by_reference(session, "chat-luong-khong-khi")
        assert found is not None
        yield found, names(session)
    database.close()
