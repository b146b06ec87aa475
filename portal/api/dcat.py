"""The catalogue in DCAT: as a whole, from the snapshot that the worker made, and dataset by dataset."""

from __future__ import annotations

from flask import Blueprint, Response, redirect

from portal import links
from portal.catalog import queries
from portal.catalog.models import Vocabulary
from portal.catalog.services.datasets import visible
from portal.errors import NotFound
from portal.exchange.dcat_names import names_of
from portal.exchange.dcat_shared import one_dataset
from portal.exchange.dcat_snapshot import SNAPSHOT_FORMS
from portal.exchange.rdf import FORMS
from portal.http import context
from portal.http.answers import public
from portal.http.negotiation import alternates
from portal.http.snapshots import send_document

blueprint = Blueprint("dcat", __name__)


@blueprint.route("/catalog.<extension>")
def catalogue(extension: str) -> Response:
    """Every dataset in one document, at most some seconds behind."""
    form = next((each for each in SNAPSHOT_FORMS if each.extension == extension), None)
    if form is None:
        raise NotFound
    return send_document(f"catalog.{extension}", form.media_type)


@blueprint.route("/dataset/<reference>.<extension>")
def dataset(reference: str, extension: str) -> Response:
    """One dataset, with the agencies, places and words that it names."""
    form = FORMS.get(extension)
    if form is None:
        raise NotFound
    settings, session = context.portal().settings, context.session()
    found = visible(session, context.actor(), reference, hide_illustrative=settings.hide_illustrative)
    if found.slug != reference:
        # Flask makes its own Response; werkzeug's types promise less.
        path = links.dataset_document(found.slug, extension)
        return redirect(links.absolute(settings.public_url, path), 301)  # type: ignore[return-value]
    names = names_of(settings.public_url, queries.concepts(session, Vocabulary.LANGUAGE))
    body = form.document(one_dataset(found, names).triples())
    response = Response(body, content_type=f"{form.media_type}; charset=utf-8")
    page = links.absolute(settings.public_url, links.dataset_page(found.slug, "vi"))
    response.headers["Link"] = alternates([(page, "text/html")])
    return public(response, version=found.version)
