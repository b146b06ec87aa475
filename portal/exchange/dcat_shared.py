"""DCAT-AP 3.0.1: what datasets share (the catalogue, agencies, places, words, series), as triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pyoxigraph import NamedNode

from portal import links
from portal.catalog.models import Agency, Concept, Dataset, Place, Series, Vocabulary
from portal.catalog.outlines import Box
from portal.exchange.dcat import add_dataset, page_of, record_of
from portal.exchange.dcat_names import Names, part
from portal.exchange.dcat_services import add_services
from portal.exchange.rdf import Graph, address, both, moment, typed
from portal.text import LocalizedText

_EU = "http://publications.europa.eu/resource/authority/"
_EU_THEMES = NamedNode(f"{_EU}data-theme")
_CATALOGUE_LANGUAGES = (NamedNode(f"{_EU}language/VIE"), NamedNode(f"{_EU}language/ENG"))
_DA_NANG = NamedNode("https://sws.geonames.org/1905468/")
_CITY_CODE = "48"
_PUBLISHER_TYPES = "http://purl.org/adms/publishertype/"
_NATIONAL_KIND = "co-quan-trung-uong"
_CITY_COMMITTEE_KIND = "uy-ban-nhan-dan"
_CITY = LocalizedText("Thành phố Đà Nẵng", "City of Da Nang")
_TITLE = LocalizedText("Cổng dữ liệu mở thành phố Đà Nẵng", "Da Nang Open Data Portal")
_DESCRIPTION = LocalizedText(
    "Danh mục dữ liệu mở của các cơ quan thành phố Đà Nẵng: tìm, đọc và tải miễn phí, không cần tài khoản.",
    "The open data of the agencies of Da Nang: free to find, read and download, without an account.",
)
_THEMES = LocalizedText("Lĩnh vực dữ liệu mở của thành phố Đà Nẵng", "Themes of Da Nang's open data")
ILLUSTRATIVE = LocalizedText(
    "Bản ghi minh họa: nội dung và số liệu được tạo ra để giới thiệu cổng dữ liệu, không phản ánh thực tế và "
    "không được trích dẫn như số liệu thật.",
    "Illustrative record: its content and figures were made up to show how the portal works. They do not "
    "describe anything real and must not be quoted as such.",
)
# What a word is where no shared list says it.
_CLASSES = {
    Vocabulary.LICENCE: "dct:LicenseDocument",
    Vocabulary.FREQUENCY: "dct:Frequency",
    Vocabulary.FORMAT: "dct:MediaTypeOrExtent",
    Vocabulary.LANGUAGE: "dct:LinguisticSystem",
    Vocabulary.ACCESS_LEVEL: "dct:RightsStatement",
}


@dataclass(frozen=True, slots=True)
class Shared:
    """What the documents of one catalogue version share. Agencies with their parents."""

    agencies: Sequence[Agency]
    places: Sequence[Place]
    concepts: Sequence[Concept]
    series: Sequence[Series]
    modified: datetime | None
    has_illustrative: bool


def add_catalogue(graph: Graph, shared: Shared, names: Names) -> None:
    """The catalogue without its lists, and everything that datasets refer to."""
    add_about_catalogue(graph, shared.agencies, names, modified=shared.modified)
    if shared.has_illustrative:
        _add_illustrative(graph, names)
    for agency in shared.agencies:
        above = names.agency(agency.parent) if agency.parent else None
        graph.add(_agency(graph, agency, names), "org:subOrganizationOf", above)
    _others(graph, shared.places, shared.concepts, shared.series, names)


def add_members(graph: Graph, uuids: Iterable[UUID], names: Names) -> None:
    """That these datasets and their records are the catalogue's."""
    datasets = [names.dataset(each) for each in uuids]
    graph.add(names.catalogue, "dcat:dataset", *datasets)
    graph.add(names.catalogue, "dcat:record", *map(record_of, datasets))


def one_dataset(dataset: Dataset, names: Names) -> Graph:
    """A dataset with all that it refers to: a document that stands alone."""
    graph = Graph()
    add_dataset(graph, dataset, names)
    add_referred(graph, [dataset], names)
    return graph


def add_referred(graph: Graph, datasets: Sequence[Dataset], names: Names) -> None:
    """The agencies, places, words and series that these datasets name."""
    if any(each.illustrative for each in datasets):
        _add_illustrative(graph, names)
    for agency in {each.id: each for one in datasets for each in _agencies(one) if each}.values():
        _agency(graph, agency, names)
    places = {place.id: place for each in datasets for place in each.places}
    series = {each.series.id: each.series for each in datasets if each.series}
    concepts = {word.id: word for each in datasets for word in _words(each) if word}
    _others(graph, places.values(), concepts.values(), series.values(), names)


def _agencies(dataset: Dataset) -> Iterator[Agency | None]:
    yield from (dataset.agency, dataset.supplier)
    if dataset.series:
        yield dataset.series.agency


def _words(dataset: Dataset) -> Iterator[Concept | None]:
    yield from dataset.themes
    yield from (dataset.licence, dataset.frequency, dataset.access_level)
    yield from (each.format for each in dataset.distributions)


def add_about_catalogue(
    graph: Graph, agencies: Sequence[Agency], names: Names, *, modified: datetime | None
) -> None:
    """The catalogue itself and its services."""
    node = graph.is_a(names.catalogue, "dcat:Catalog")
    graph.add(node, "dct:title", *both(_TITLE))
    graph.add(node, "dct:description", *both(_DESCRIPTION))
    publisher = _publisher(graph, agencies, names)
    graph.add(node, "dct:publisher", publisher)
    graph.add(node, "foaf:homepage", page_of(graph, names.link(links.page("home", "vi"))))
    graph.add(node, "dct:language", *_CATALOGUE_LANGUAGES)
    graph.add(node, "dct:modified", moment(modified))
    graph.add(node, "dcat:themeTaxonomy", _EU_THEMES, names.theme_scheme)
    graph.add(node, "dct:spatial", graph.is_a(_DA_NANG, "dct:Location"))
    scheme = graph.is_a(names.theme_scheme, "skos:ConceptScheme")
    graph.add(scheme, "dct:title", *both(_THEMES))
    add_services(graph, names, publisher)


def _add_illustrative(graph: Graph, names: Names) -> None:
    statement = graph.is_a(names.illustrative, "dct:ProvenanceStatement")
    graph.add(statement, "rdfs:label", *both(ILLUSTRATIVE))


def _publisher(graph: Graph, agencies: Sequence[Agency], names: Names) -> NamedNode:
    """The city's own committee; the city by name where the catalogue has no such agency."""
    own = (each for each in agencies if each.kind == _CITY_COMMITTEE_KIND and each.parent_id is None)
    committee = next(own, None)
    if committee is not None:
        return _agency(graph, committee, names)
    city = graph.is_a(part(names.catalogue, "publisher"), "foaf:Agent", "foaf:Organization")
    graph.add(city, "foaf:name", *both(_CITY))
    return city


def _agency(graph: Graph, agency: Agency, names: Names) -> NamedNode:
    node = graph.is_a(names.agency(agency), "foaf:Agent", "foaf:Organization")
    level = "NationalAuthority" if agency.kind == _NATIONAL_KIND else "LocalAuthority"
    graph.add(node, "foaf:name", *both(agency.name))
    graph.add(node, "dct:type", NamedNode(_PUBLISHER_TYPES + level))
    graph.add(node, "foaf:homepage", page_of(graph, address(agency.homepage)))
    return node


def _others(
    graph: Graph,
    places: Iterable[Place],
    concepts: Iterable[Concept],
    series: Iterable[Series],
    names: Names,
) -> None:
    for place in places:
        _place(graph, place, names)
    for concept in concepts:
        _concept(graph, concept, names)
    for each in series:
        node = graph.is_a(names.series(each), "dcat:DatasetSeries")
        graph.add(node, "dct:title", *both(each.title))
        graph.add(node, "dct:description", *both(each.description or each.title))
        graph.add(node, "dct:publisher", names.agency(each.agency) if each.agency else None)
        page = names.link(links.series_page(each.slug, "vi"))
        graph.add(node, "dcat:landingPage", page_of(graph, page))


def _place(graph: Graph, place: Place, names: Names) -> None:
    node = graph.is_a(names.place(place), "dct:Location")
    graph.add(node, "skos:prefLabel", *both(place.name))
    if place.latitude is not None and place.longitude is not None:
        point = f"POINT({place.longitude} {place.latitude})"
        graph.add(node, "dcat:centroid", typed(point, "geo:wktLiteral"))
    if place.box is not None:
        graph.add(node, "dcat:bbox", typed(_wkt(place.box), "geo:wktLiteral"))
    if place.code == _CITY_CODE:
        # Close, not exact: the shared list has the city as it was before it grew in July 2025.
        graph.add(node, "skos:closeMatch", _DA_NANG)


def _wkt(box: Box) -> str:
    west, south, east, north = box
    return f"POLYGON(({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))"


def _concept(graph: Graph, concept: Concept, names: Names) -> None:
    """Words of shared lists are left to those lists, but for themes and licences, which people read here."""
    if concept.vocabulary is Vocabulary.THEME:
        node = graph.is_a(names.own_concept(concept), "skos:Concept")
        graph.add(node, "skos:prefLabel", *both(concept.label))
        graph.add(node, "skos:inScheme", names.theme_scheme)
        # Several of our themes lie within one shared theme.
        graph.add(node, "skos:broadMatch", address(concept.exact_match))
        return
    known = names.concept(concept)
    if known is None or (concept.exact_match and concept.vocabulary is not Vocabulary.LICENCE):
        return
    graph.is_a(known, _CLASSES[concept.vocabulary])
    if concept.vocabulary is Vocabulary.LICENCE:
        graph.add(known, "dct:title", *both(concept.label))
        graph.add(known, "rdfs:seeAlso", address(_text(concept.facts.get("url"))))
    else:
        graph.add(known, "rdfs:label", *both(concept.label))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
