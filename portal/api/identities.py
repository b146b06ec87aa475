"""Persistent addresses: each names a thing for ever and leads to the documents about it, by Accept."""

from __future__ import annotations

from flask import Blueprint, Response

from portal import links
from portal.catalog import public_queries, queries, series_queries
from portal.catalog.models import Vocabulary
from portal.catalog.policies import DatasetNotFound
from portal.catalog.services.datasets import visible
from portal.errors import NotFound
from portal.exchange.dataset_documents import BY_NAME
from portal.exchange.rdf import FORMS
from portal.http import context
from portal.http.negotiation import Document, page_language, see_document

blueprint = Blueprint("identities", __name__, url_prefix="/id")


@blueprint.route("/dataset/<uuid>")
def dataset(uuid: str) -> Response:
    """A dataset: its page, API v1, DCAT."""
    key = queries.as_uuid(uuid)
    if key is None:
        raise DatasetNotFound
    hidden = context.portal().settings.hide_illustrative
    found = visible(context.session(), context.actor(), str(key), hide_illustrative=hidden)
    return see_document(
        [
            _page(links.dataset_page(found.slug, page_language())),
            _json("datasets", found.slug),
            *(
                Document(form.media_type, links.dataset_document(found.slug, form.extension))
                for form in FORMS.values()
            ),
            *(
                Document(form.accept, links.dataset_form(found.slug, form.name, page_language()))
                for form in BY_NAME.values()
                if form.accept and form.has(found)
            ),
        ]
    )


@blueprint.route("/catalogue")
def catalogue() -> Response:
    """The catalogue: home, DCAT."""
    forms = (Document(form.media_type, links.catalogue_document(form.extension)) for form in FORMS.values())
    return see_document([_page(links.page("home", page_language())), *forms])


@blueprint.route("/agency/<uuid>")
def agency(uuid: str) -> Response:
    """An agency: its page, API v1."""
    found = queries.agency(context.session(), uuid) if queries.as_uuid(uuid) else None
    if found is None:
        raise NotFound
    return see_document(
        [_page(links.agency_page(found.slug, page_language())), _json("agencies", found.slug)]
    )


@blueprint.route("/series/<uuid>")
def series(uuid: str) -> Response:
    """A series: its page, API v1."""
    found = series_queries.series_by_uuid(context.session(), uuid)
    if found is None:
        raise NotFound
    return see_document([_page(links.series_page(found.slug, page_language())), _json("series", found.slug)])


@blueprint.route("/place/<code>")
def place(code: str) -> Response:
    """A place: its page, API v1."""
    found = public_queries.place_by_code(context.session(), code)
    if found is None:
        raise NotFound
    return see_document([_page(links.place_page(found.slug, page_language())), _json("places", found.slug)])


@blueprint.route("/concept/<vocabulary>/<code>")
def concept(vocabulary: str, code: str) -> Response:
    """A word of a vocabulary: API v1, and its page when it is a theme."""
    known = next((each for each in Vocabulary if each.value == vocabulary), None)
    found = queries.concept(context.session(), known, code) if known else None
    if found is None:
        raise NotFound
    pages = [_page(links.theme_page(code, page_language()))] if known is Vocabulary.THEME else []
    return see_document([*pages, _json("concepts", vocabulary, code)])


def _page(path: str) -> Document:
    return Document("text/html", path)


def _json(*parts: str) -> Document:
    return Document("application/json", links.api(*parts))
