"""Reads DCAT in any form of RDF: each dcat:Dataset as a record, ours and other portals' alike."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat, parse

from portal.catalog.records import Record, Unreadable
from portal.exchange import dcat_terms as terms
from portal.exchange.dcat_series_reader import series_of
from portal.exchange.dcat_terms import Node, Statements
from portal.exchange.json_lines import not_readable, open_source, read_row
from portal.exchange.own_addresses import as_read, own_distribution, own_place, own_slug, own_theme
from portal.exchange.series_facts import with_series

_TURTLE = re.compile(
    rb"\s*(#[^\n]*\n\s*)*(@prefix\b|@base\b|prefix\s|base\s|<[a-z][a-z0-9+.-]*:|_:)", re.IGNORECASE
)
_XML = re.compile(rb"\s*<(\?xml|!|[a-z]+:RDF)", re.IGNORECASE)
_JSON = re.compile(rb"\s*[\[{]")
_RDF_NAMES = b"http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_BOM = b"\xef\xbb\xbf"


def is_rdf(head: bytes) -> bool:
    """Whether a file that begins so is RDF in one of its forms."""
    return _format(head) is not None


def _format(head: bytes) -> RdfFormat | None:
    start = head.removeprefix(_BOM)
    if _JSON.match(start):
        known = b'"@graph"' in start or (b'"@context"' in start and b'"@type"' in start)
        return RdfFormat.JSON_LD if known else None
    if _XML.match(start) and _RDF_NAMES in start:
        return RdfFormat.RDF_XML
    # N-Triples are Turtle as well.
    return RdfFormat.TURTLE if _TURTLE.match(start) else None


def read_dcat(path: Path, _files: Path | None = None) -> Iterator[Record | Unreadable]:
    """Every dataset in the order in which the document first types it. Raises SourceNotReadable."""
    try:
        with open_source(path) as stream:
            body = stream.read().removeprefix(_BOM)
        format = _format(body[: 64 * 1024]) or RdfFormat.TURTLE
        statements = Statements(parse(body, format=format))
    except (OSError, EOFError, zlib.error, ValueError, SyntaxError) as error:
        raise not_readable(path, error) from error
    # Some type a series as a dataset as well; it comes in with its datasets.
    series = set(statements.of_class(terms.SERIES))
    datasets = [each for each in statements.of_class(terms.DATASET) if each not in series]
    for number, node in enumerate(datasets, start=1):
        yield _read(statements, node, number)


def _read(said: Statements, node: Node, number: int) -> Record | Unreadable:
    files = {each.value: _resource(said, each) for each in said.nodes(node, "dcat:distribution")}
    row = {
        "id": said.text(node, "dct:identifier") or node.value,
        **_texts(said, node),
        **_subject(said, node),
        **_responsible(said, node),
        **_terms(said, node),
        "resources": [*files.values()],
    }
    known = {name: value for name, value in row.items() if value not in (None, "", [])}
    pages = [each.value for each in said.nodes(node, "dcat:landingPage")]
    slug = next(filter(None, (own_slug(each, node.value) for each in pages)), None)
    ids = {each["url"]: found for name, each in files.items() if (found := own_distribution(name))}
    read = with_series(read_row({**known, "title_vi": row["title_vi"]}, number), series_of(said, node))
    return as_read(read, node.value, slug, ids)


def _texts(said: Statements, node: Node) -> dict[str, Any]:
    title, description = said.localized(node, "dct:title"), said.localized(node, "dct:description")
    # Where nothing is said, ours repeat the title.
    told = description if description != title else {}
    return {
        "title_vi": title.get("vi", ""),
        "title_en": title.get("en"),
        "description_vi": told.get("vi"),
        "description_en": told.get("en"),
        "keywords": [*dict.fromkeys(said.texts(node, "dcat:keyword"))],
        "identifier": next(
            filter(None, (said.text(each, "skos:notation") for each in said.nodes(node, "adms:identifier"))),
            None,
        ),
        "issued": said.text(node, "dct:issued"),
        "modified": said.text(node, "dct:modified"),
    }


def _subject(said: Statements, node: Node) -> dict[str, Any]:
    themes = said.nodes(node, "dcat:theme")
    # A theme of ours stands beside the shared one that it lies within.
    wider = {each for theme in themes for each in said.nodes(theme, "skos:broadMatch")}
    periods = said.nodes(node, "dct:temporal")
    period = [said.text(periods[0], name) for name in ("dcat:startDate", "dcat:endDate")] if periods else []
    return {
        "theme": [own_theme(each.value) or said.label(each) for each in themes if each not in wider],
        "spatial": [own_place(each.value) or said.label(each) for each in said.nodes(node, "dct:spatial")],
        "temporal": [(each or "")[:10] or None for each in period] if any(period) else None,
        "language": [terms.language_of(each.value) for each in said.nodes(node, "dct:language")],
    }


def _responsible(said: Statements, node: Node) -> dict[str, Any]:
    contact = next(iter(said.nodes(node, "dcat:contactPoint")), None)
    pages = [each.value for each in said.nodes(node, "foaf:page")] + [
        each.value
        for each in said.nodes(node, "dcat:landingPage")
        if own_slug(each.value, node.value) is None
    ]
    # Where nobody is known to own the data, ours name the supplier as publisher.
    stands_in = any(each.value == f"{node.value}#supplier" for each in said.nodes(node, "dct:publisher"))
    found: dict[str, Any] = {
        "publisher": None if stands_in else said.agent(node, "dct:publisher"),
        "supplier": said.agent(node, "dct:creator"),
        "landing_page": next(iter(pages), None),
    }
    if contact is not None:
        found["contact_name"] = said.text(contact, "vcard:fn")
        found["contact_email"] = said.reach(contact, "vcard:hasEmail", "mailto:")
        found["contact_phone"] = said.reach(contact, "vcard:hasTelephone", "tel:")
    return found


def _terms(said: Statements, node: Node) -> dict[str, Any]:
    statements = said.nodes(node, "dct:provenance")
    made_up = [each for each in statements if each.value.endswith("/id/catalogue#illustrative")]
    told = (said.text(each, "rdfs:label") for each in statements if each not in made_up)
    standard = next(iter(said.nodes(node, "dct:conformsTo")), None)
    basis = next(iter(said.nodes(node, "dcatap:applicableLegislation")), None)
    return {
        "illustrative": True if made_up else None,
        "provenance": next(filter(None, told), None),
        "frequency": said.word(node, "dct:accrualPeriodicity"),
        "access_level": said.word(node, "dct:accessRights"),
        "license": _licence(said, node),
        "conforms_to": said.label(standard) if standard else None,
        "legal_basis": said.label(basis) if basis else None,
    }


def _licence(said: Statements, node: Node) -> str | None:
    """The licence of the files, which must be one in ours; else words about rights."""
    whole = (node, *said.nodes(node, "dcat:distribution"))
    licences = (said.word(each, "dct:license") for each in whole)
    rights = (said.label(right) for each in whole for right in said.nodes(each, "dct:rights"))
    return next(filter(None, (*licences, *rights)), None)


def _resource(said: Statements, node: Node) -> dict[str, Any]:
    title, description = said.localized(node, "dct:title"), said.localized(node, "dct:description")
    addresses = (*said.nodes(node, "dcat:downloadURL"), *said.nodes(node, "dcat:accessURL"))
    return {
        "title_vi": title.get("vi"),
        "title_en": title.get("en"),
        "description_vi": description.get("vi"),
        "description_en": description.get("en"),
        "url": addresses[0].value if addresses else None,
        "format": said.word(node, "dct:format") or terms.media_type_of(said.word(node, "dcat:mediaType")),
    }
