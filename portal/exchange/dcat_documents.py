"""The whole catalogue in DCAT-AP, in each form of RDF: what joins the datasets' own triples to one document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from portal import links
from portal.catalog.models import Dataset
from portal.exchange.dcat import add_dataset
from portal.exchange.dcat_names import Names
from portal.exchange.dcat_shared import add_catalogue, add_members
from portal.exchange.documents import Document, Family, Overview
from portal.exchange.rdf import FORMS, Form, Graph

# In one list of the catalogue's; a longer one would be held in memory many times over.
_MEMBERS_AT_ONCE = 5_000


def document_name(form: Form) -> str:
    """The name of the whole catalogue in one form."""
    return links.catalogue_document(form.extension).strip("/")


def _pieces(dataset: Dataset, names: Names) -> dict[str, bytes]:
    graph = Graph()
    add_dataset(graph, dataset, names)
    return {document_name(form): form.fragment(graph.triples()) for form in FORMS.values()}


def _opening(form: Form, overview: Overview) -> Iterator[bytes]:
    """The catalogue and what its datasets refer to, then its members."""
    names, uuids = overview.names, overview.uuids
    graph = Graph()
    add_catalogue(graph, overview.shared, names)
    add_members(graph, uuids[:_MEMBERS_AT_ONCE], names)
    yield form.fragment(graph.triples())
    for start in range(_MEMBERS_AT_ONCE, len(uuids), _MEMBERS_AT_ONCE):
        more = Graph()
        add_members(more, uuids[start : start + _MEMBERS_AT_ONCE], names)
        yield form.fragment(more.triples())


def _head(form: Form) -> Callable[[Overview], bytes]:
    return lambda _overview: form.start


FAMILY = Family(
    name="dcat",
    documents=tuple(
        Document(
            document_name(form),
            form.media_type,
            head=_head(form),
            between=form.between,
            tail=form.end,
            opening=partial(_opening, form),
        )
        for form in FORMS.values()
    ),
    pieces=_pieces,
    code=("dcat.py", "dcat_names.py", "dcat_shared.py", "dcat_services.py", "dcat_documents.py", "rdf.py"),
)
