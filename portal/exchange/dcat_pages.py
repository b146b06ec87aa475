"""The catalogue in DCAT-AP page by page, with the links of both designs of Hydra, and its withdrawn records."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from portal import links
from portal.catalog.harvest_queries import HarvestPage
from portal.catalog.models import Agency, Dataset, State
from portal.exchange.dcat import add_dataset, record_of
from portal.exchange.dcat_names import Names
from portal.exchange.dcat_shared import add_about_catalogue, add_referred
from portal.exchange.rdf import Form, Graph, both, literal, moment, term, typed
from portal.text import LocalizedText

PAGE_SIZE = 100

_WITHDRAWN = NamedNode("http://publications.europa.eu/resource/authority/distribution-status/WITHDRAWN")
_WITHDRAWN_TITLE = LocalizedText("Bộ dữ liệu đã rút", "Withdrawn dataset")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    """Where in its walk a page stands, and how the walk is asked for: `since` as it was asked."""

    number: int
    total: int
    since: str = ""

    @property
    def last(self) -> int:
        """The number of the last page; an empty walk has one."""
        return max(1, ceil(self.total / PAGE_SIZE))

    @property
    def around(self) -> dict[str, int]:
        """The pages to go to from here, by the names that links in HTTP have."""
        found = {"first": 1, "last": self.last}
        if self.number > 1:
            found["prev"] = min(self.number - 1, self.last)
        if self.number < self.last:
            found["next"] = self.number + 1
        return found

    def path(self, form: Form, number: int) -> str:
        """The address of a page of this walk."""
        parameters = {"page": str(number)} | ({"modified_since": self.since} if self.since else {})
        return f"{links.catalogue_document(form.extension)}?{urlencode(parameters)}"


def write_page(
    form: Form,
    page: HarvestPage,
    position: Position,
    names: Names,
    *,
    agencies: Sequence[Agency],
    modified: datetime | None,
) -> bytes:
    """One page as a document. A record that cannot be written is left out and reported."""
    pieces = dict(_pieces(form, page.published, names))
    shown = [each for each in page.published if each in pieces]
    graph = Graph()
    add_about_catalogue(graph, agencies, names, modified=modified)
    add_referred(graph, shown, names)
    records = [*(record_of(names.dataset(each.uuid)) for each in (*shown, *page.withdrawn))]
    graph.add(names.catalogue, "dcat:dataset", *(names.dataset(each.uuid) for each in shown))
    graph.add(names.catalogue, "dcat:record", *records)
    for each in page.withdrawn:
        _add_withdrawn(graph, each, names)
    _add_links(graph, form, position, names)
    body = form.between.join((form.fragment(graph.triples()), *pieces.values()))
    return b"".join((form.start, body, form.end))


def _pieces(form: Form, datasets: Sequence[Dataset], names: Names) -> Iterator[tuple[Dataset, bytes]]:
    for each in datasets:
        try:
            graph = Graph()
            add_dataset(graph, each, names)
            yield each, form.fragment(graph.triples())
        except Exception:
            _log.exception("dataset %s is left out of a page of the catalogue", each.uuid)


def _add_withdrawn(graph: Graph, dataset: Dataset, names: Names) -> None:
    """Its public remains: that it was there, when and why it went, and what to use instead."""
    thing = graph.is_a(names.dataset(dataset.uuid), "dcat:Resource")
    record = graph.is_a(record_of(thing), "dcat:CatalogRecord")
    graph.add(record, "foaf:primaryTopic", thing)
    graph.add(record, "dct:title", *both(_WITHDRAWN_TITLE))
    graph.add(record, "dct:description", literal(dataset.withdrawal_reason, "vi"))
    graph.add(record, "adms:status", _WITHDRAWN)
    graph.add(record, "dct:issued", moment(dataset.published_at))
    graph.add(record, "dct:modified", moment(dataset.updated_at))
    graph.add(thing, "dct:identifier", literal(dataset.identifier))
    other = dataset.replacement
    if other is not None and other.state is State.PUBLISHED:
        graph.add(thing, "dct:isReplacedBy", names.dataset(other.uuid))


# Hydra's first design is what most harvesters know, its present one what they should.
_NAMES = {
    "first": ("hydra:first", "hydra:firstPage"),
    "prev": ("hydra:previous", "hydra:previousPage"),
    "next": ("hydra:next", "hydra:nextPage"),
    "last": ("hydra:last", "hydra:lastPage"),
}


def _add_links(graph: Graph, form: Form, position: Position, names: Names) -> None:
    total = typed(str(position.total), "xsd:integer")
    here = graph.is_a(
        names.link(position.path(form, position.number)),
        "hydra:PartialCollectionView",
        "hydra:PagedCollection",
    )
    for relation, number in position.around.items():
        for name in _NAMES[relation]:
            graph.add(here, name, names.link(position.path(form, number)))
    graph.add(here, "hydra:totalItems", total)
    graph.add(here, "hydra:itemsPerPage", typed(str(PAGE_SIZE), "xsd:integer"))
    graph.add(names.catalogue, "rdf:type", term("hydra:Collection"))
    graph.add(names.catalogue, "hydra:totalItems", total)
    graph.add(names.catalogue, "hydra:view", here)
