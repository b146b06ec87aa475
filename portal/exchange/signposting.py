"""FAIR Signposting: typed links from a dataset's page to its identity, metadata, files, licence and author.

Level 1 is a Link header of the page; level 2 the same for everything around it, as link sets (RFC 9264).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal import links
from portal.catalog.models import Dataset
from portal.exchange import facts
from portal.exchange.dataset_documents import DOCUMENTS
from portal.exchange.rdf import FORMS
from portal.exchange.values import JsonObject, JsonValue
from portal.text import LANGUAGES

LINKSET_JSON = "application/linkset+json"
LINKSET = "application/linkset"
# A header has a limit in every server and proxy; what goes beyond stands in the link set alone.
ITEMS_IN_HEADER = 20
_TYPES = ("https://schema.org/AboutPage", "https://schema.org/Dataset")
_HTML = "text/html"


@dataclass(frozen=True, slots=True)
class TypedLink:
    """Where something is, and what it is to that which links; `media_type` where it is known."""

    relation: str
    target: str
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """One document about a dataset."""

    url: str
    media_type: str


def documents(dataset: Dataset, base_url: str) -> tuple[Described, ...]:
    """Every document that describes a dataset."""
    dcat = (
        (links.dataset_document(dataset.slug, each.extension), each.media_type) for each in FORMS.values()
    )
    forms = (
        (links.dataset_form(dataset.slug, each.name, "vi"), each.plain_type)
        for each in DOCUMENTS
        if each.has(dataset)
    )
    record = (links.api("datasets", dataset.slug), "application/json")
    return tuple(Described(links.absolute(base_url, path), kind) for path, kind in (*dcat, record, *forms))


def page_links(dataset: Dataset, base_url: str) -> tuple[TypedLink, ...]:
    """The links of a dataset's page; everything of the dataset must be loaded."""
    author = dataset.supplier or dataset.agency
    licence = facts.licence_address(dataset.licence)
    return (
        TypedLink("cite-as", facts.persistent(dataset, base_url)),
        *(TypedLink("type", each) for each in _TYPES),
        *([TypedLink("author", links.absolute(base_url, links.agency_id(author.uuid)))] if author else []),
        *([TypedLink("license", licence)] if licence else []),
        *(TypedLink("describedby", each.url, each.media_type) for each in documents(dataset, base_url)),
        *_items(dataset, base_url),
    )


def linkset_links(dataset: Dataset, base_url: str) -> tuple[TypedLink, ...]:
    """Where the link sets of a dataset are."""
    return tuple(
        TypedLink("linkset", links.absolute(base_url, links.linkset(dataset.slug, name)), media_type)
        for name, media_type in (("linkset.json", LINKSET_JSON), ("linkset", LINKSET))
    )


def header(found: Iterable[TypedLink]) -> str:
    """The value of a Link header; of many files the first alone."""
    kept: list[TypedLink] = []
    for each in found:
        if each.relation != "item" or sum(other.relation == "item" for other in kept) < ITEMS_IN_HEADER:
            kept.append(each)
    return ", ".join(map(_written, kept))


def back_to_page(dataset: Dataset, base_url: str, relation: str) -> TypedLink:
    """From a file (`collection`) or a document (`describes`) to the page of its dataset."""
    return TypedLink(relation, facts.page(dataset, base_url, "vi"), _HTML)


def link_set(dataset: Dataset, base_url: str) -> Mapping[str, tuple[TypedLink, ...]]:
    """All links by the address that they lead from: the pages, the documents, the files."""
    own = page_links(dataset, base_url)
    pages = {facts.page(dataset, base_url, language): own for language in LANGUAGES}
    about = (back_to_page(dataset, base_url, "describes"),)
    within = (back_to_page(dataset, base_url, "collection"),)
    described = {each.url: about for each in documents(dataset, base_url)}
    items = {each.target: within for each in _items(dataset, base_url)}
    return {**items, **described, **pages}


def linkset_json(found: Mapping[str, Sequence[TypedLink]]) -> JsonObject:
    """`application/linkset+json`."""
    contexts: list[JsonValue] = []
    for anchor, those in found.items():
        by_relation: dict[str, list[JsonValue]] = {}
        for each in those:
            target: JsonObject = {"href": each.target}
            if each.media_type:
                target["type"] = each.media_type
            by_relation.setdefault(each.relation, []).append(target)
        contexts.append({"anchor": anchor, **by_relation})
    return {"linkset": contexts}


def linkset_text(found: Mapping[str, Sequence[TypedLink]]) -> str:
    """`application/linkset`: what a Link header would hold, with anchors, one link a line."""
    lines = (f'{_written(each)}; anchor="{anchor}"' for anchor, those in found.items() for each in those)
    return ",\n".join(lines) + "\n"


def _items(dataset: Dataset, base_url: str) -> list[TypedLink]:
    found = ((facts.location(each, base_url), facts.media_type(each)) for each in dataset.distributions)
    return [TypedLink("item", url, media_type or "") for url, media_type in found if url]


def _written(link: TypedLink) -> str:
    kind = f'; type="{link.media_type}"' if link.media_type else ""
    return f'<{link.target}>; rel="{link.relation}"{kind}'
