"""DCAT-AP 3.0.1: one dataset with its distributions and its catalogue record, as triples.

Agencies, places and words of vocabularies are named here by address only; `dcat_shared` describes them, so
that a dataset's own triples stay true when an agency is renamed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from pyoxigraph import NamedNode

from portal import links
from portal.catalog.models import Agency, Concept, Dataset, Distribution, FileVersion
from portal.exchange.dcat_names import Names, part
from portal.exchange.rdf import Graph, address, both, day, literal, moment, term, typed, writable

PROFILE = "http://data.europa.eu/r5r/"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
# Files that the portal keeps stay under their addresses.
_STABLE = NamedNode("http://publications.europa.eu/resource/authority/planned-availability/STABLE")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9!#$&^_.+-]*", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_PHONE = re.compile(r"\+?[0-9]{3,15}")
_PHONE_MARKS = re.compile(r"[\s.()-]")


@dataclass(frozen=True, slots=True)
class _Writing:
    """One dataset being written: what it is called, the names of everything else, and the triples so far."""

    graph: Graph
    names: Names
    node: NamedNode

    def part(self, name: str) -> NamedNode:
        return part(self.node, name)


def add_dataset(graph: Graph, dataset: Dataset, names: Names) -> None:
    """All that is said of a published dataset itself; everything of it must be loaded."""
    writing = _Writing(graph, names, names.dataset(dataset.uuid))
    _identity(writing, dataset)
    _subject(writing, dataset)
    _responsible(writing, dataset)
    _terms(writing, dataset)
    rights = _rights(writing, dataset)
    for each in dataset.distributions:
        _distribution(writing, each, dataset.licence, rights)
    _record(writing, dataset)


def record_of(dataset: NamedNode) -> NamedNode:
    """The catalogue's record about a dataset."""
    return part(dataset, "record")


def page_of(graph: Graph, page: NamedNode | None) -> NamedNode | None:
    """A page of the web, told to be one."""
    return graph.is_a(page, "foaf:Document") if page else None


def _identity(writing: _Writing, dataset: Dataset) -> None:
    graph = writing.graph
    node = graph.is_a(writing.node, "dcat:Dataset")
    graph.add(node, "dct:title", *both(dataset.title))
    # The standard demands a description; only here the title stands in for one.
    graph.add(node, "dct:description", *both(dataset.description or dataset.title))
    graph.add(node, "dct:identifier", literal(dataset.identifier))
    if dataset.other_identifier:
        other = graph.is_a(writing.part("other-identifier"), "adms:Identifier")
        graph.add(node, "adms:identifier", other)
        graph.add(other, "skos:notation", literal(dataset.other_identifier))
    graph.add(node, "dct:issued", moment(dataset.issued))
    graph.add(node, "dct:modified", moment(dataset.modified))
    page = writing.names.link(links.dataset_page(dataset.slug, "vi"))
    graph.add(node, "dcat:landingPage", page_of(graph, page))
    graph.add(node, "foaf:page", page_of(graph, address(dataset.landing_page)))


def _subject(writing: _Writing, dataset: Dataset) -> None:
    """Words, themes, places, time, languages, series."""
    graph, names, node = writing.graph, writing.names, writing.node
    graph.add(node, "dcat:keyword", *(literal(each, "vi") for each in dict.fromkeys(dataset.keywords)))
    shared = {address(each.exact_match): None for each in dataset.themes}
    graph.add(node, "dcat:theme", *shared, *map(names.own_concept, dataset.themes))
    graph.add(node, "dct:spatial", *map(names.place, dataset.places))
    for number, words in enumerate(dict.fromkeys(dataset.places_raw), start=1):
        place = graph.is_a(writing.part(f"place-{number}"), "dct:Location")
        graph.add(node, "dct:spatial", place)
        graph.add(place, "skos:prefLabel", literal(words, "vi"))
    if dataset.temporal_start or dataset.temporal_end:
        period = graph.is_a(writing.part("period"), "dct:PeriodOfTime")
        graph.add(node, "dct:temporal", period)
        graph.add(period, "dcat:startDate", day(dataset.temporal_start))
        graph.add(period, "dcat:endDate", day(dataset.temporal_end))
    languages = dict.fromkeys(names.languages.get(code) for code in dataset.languages)
    graph.add(node, "dct:language", *map(address, languages))
    if dataset.series:
        graph.add(node, "dcat:inSeries", names.series(dataset.series))


def _responsible(writing: _Writing, dataset: Dataset) -> None:
    """The agency that answers for the data publishes it; the one that supplies the data made it."""
    owner = _agent(writing, dataset.agency, dataset.agency_text, "owner")
    supplier = _agent(writing, dataset.supplier, dataset.supplier_text, "supplier")
    writing.graph.add(writing.node, "dct:publisher", owner or supplier)
    writing.graph.add(writing.node, "dct:creator", supplier)
    _contact(writing, dataset)


def _agent(writing: _Writing, agency: Agency | None, text: str | None, role: str) -> NamedNode | None:
    if agency is not None:
        return writing.names.agency(agency)
    if not text:
        return None
    agent = writing.graph.is_a(writing.part(role), "foaf:Agent", "foaf:Organization")
    writing.graph.add(agent, "foaf:name", literal(text, "vi"))
    return agent


def _contact(writing: _Writing, dataset: Dataset) -> None:
    email, phone = _mailbox(dataset.contact_email), _telephone(dataset.contact_phone)
    if not (dataset.contact_name or email or phone):
        return
    graph = writing.graph
    contact = graph.is_a(writing.part("contact"), "vcard:Kind", "vcard:Organization")
    graph.add(writing.node, "dcat:contactPoint", contact)
    if dataset.contact_name:
        graph.add(contact, "vcard:fn", literal(dataset.contact_name, "vi"))
    graph.add(contact, "vcard:hasEmail", email)
    graph.add(contact, "vcard:hasTelephone", phone)


def _mailbox(text: str | None) -> NamedNode | None:
    found = _EMAIL.fullmatch(writable(text or "").strip())
    return NamedNode(f"mailto:{quote(found[0], safe='@')}") if found else None


def _telephone(text: str | None) -> NamedNode | None:
    number = _PHONE_MARKS.sub("", text or "")
    return NamedNode(f"tel:{number}") if _PHONE.fullmatch(number) else None


def _terms(writing: _Writing, dataset: Dataset) -> None:
    """How often, for whom, by which rule, from where."""
    graph, names, node = writing.graph, writing.names, writing.node
    graph.add(node, "dct:accrualPeriodicity", names.concept(dataset.frequency))
    graph.add(node, "dct:accessRights", names.concept(dataset.access_level))
    if dataset.legal_basis:
        basis = graph.is_a(writing.part("legal-basis"), "eli:LegalResource")
        graph.add(node, "dcatap:applicableLegislation", basis)
        graph.add(basis, "dct:title", literal(dataset.legal_basis, "vi"))
    if dataset.conforms_to:
        known = address(dataset.conforms_to)
        standard = graph.is_a(known or writing.part("standard"), "dct:Standard")
        graph.add(node, "dct:conformsTo", standard)
        graph.add(standard, "dct:title", None if known else literal(dataset.conforms_to, "vi"))
    graph.add(node, "dct:provenance", names.illustrative if dataset.illustrative else None)
    if dataset.provenance:
        statement = graph.is_a(writing.part("provenance"), "dct:ProvenanceStatement")
        graph.add(node, "dct:provenance", statement)
        graph.add(statement, "rdfs:label", literal(dataset.provenance, "vi"))


def _rights(writing: _Writing, dataset: Dataset) -> NamedNode | None:
    """The source's own words about use, where they match no licence that the catalogue knows."""
    if dataset.licence is not None or not dataset.licence_raw:
        return None
    rights = writing.graph.is_a(writing.part("rights"), "dct:RightsStatement")
    writing.graph.add(rights, "rdfs:label", literal(dataset.licence_raw, "vi"))
    return rights


def _distribution(
    writing: _Writing, distribution: Distribution, licence: Concept | None, rights: NamedNode | None
) -> None:
    """A file or a link; one whose address cannot be followed is not a distribution."""
    graph, names = writing.graph, writing.names
    file = distribution.current_file
    own = names.link(links.download(distribution.uuid, file.name)) if file else None
    access = own or address(distribution.access_url)
    if access is None:
        return
    node = graph.is_a(writing.part(f"distribution-{distribution.uuid}"), "dcat:Distribution")
    graph.add(writing.node, "dcat:distribution", node)
    graph.add(node, "dct:title", *both(distribution.title))
    graph.add(node, "dct:description", *both(distribution.description))
    graph.add(node, "dcat:accessURL", access)
    graph.add(node, "dct:license", names.concept(licence))
    graph.add(node, "dct:rights", rights)
    _format(writing, node, distribution)
    if file:
        _file(writing, node, file, access)


def _format(writing: _Writing, node: NamedNode, distribution: Distribution) -> None:
    graph = writing.graph
    if distribution.format is not None:
        graph.add(node, "dct:format", writing.names.concept(distribution.format))
    elif distribution.format_raw:
        format = graph.is_a(part(writing.node, f"format-{distribution.uuid}"), "dct:MediaTypeOrExtent")
        graph.add(node, "dct:format", format)
        graph.add(format, "rdfs:label", literal(distribution.format_raw))
    file = distribution.current_file
    stated = (file.media_type if file else distribution.media_type) or ""
    media_type = _MEDIA_TYPE.fullmatch(stated.partition(";")[0].strip())
    if media_type:
        iana = graph.is_a(NamedNode(_MEDIA_TYPES + quote(media_type[0].lower())), "dct:MediaType")
        graph.add(node, "dcat:mediaType", iana)


def _file(writing: _Writing, node: NamedNode, file: FileVersion, location: NamedNode) -> None:
    graph = writing.graph
    graph.add(node, "dcat:downloadURL", location)
    graph.add(node, "dcatap:availability", _STABLE)
    graph.add(node, "dcat:byteSize", typed(str(file.byte_size), "xsd:nonNegativeInteger"))
    graph.add(node, "dct:modified", moment(file.created_at))
    checksum = graph.is_a(NamedNode(f"{node.value}-checksum"), "spdx:Checksum")
    graph.add(node, "spdx:checksum", checksum)
    graph.add(checksum, "spdx:algorithm", term("spdx:checksumAlgorithm_sha256"))
    graph.add(checksum, "spdx:checksumValue", typed(file.sha256, "xsd:hexBinary"))


def _record(writing: _Writing, dataset: Dataset) -> None:
    """When the record came and changed; what the data say of themselves is the dataset's."""
    graph = writing.graph
    record = graph.is_a(record_of(writing.node), "dcat:CatalogRecord")
    graph.add(record, "foaf:primaryTopic", writing.node)
    graph.add(record, "dct:issued", moment(dataset.published_at))
    graph.add(record, "dct:modified", moment(dataset.updated_at))
    graph.add(record, "dct:conformsTo", graph.is_a(NamedNode(PROFILE), "dct:Standard"))
