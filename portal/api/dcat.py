"""The catalogue in DCAT: as a whole, from the snapshot that the worker made, and dataset by dataset."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, request

from portal import links
from portal.api.v1 import parameters
from portal.catalog import harvest_queries, public_queries, queries
from portal.catalog.models import Vocabulary
from portal.catalog.services.datasets import visible
from portal.errors import NotFound
from portal.exchange.dcat_documents import document_name
from portal.exchange.dcat_names import names_of
from portal.exchange.dcat_pages import PAGE_SIZE, Position, write_page
from portal.exchange.dcat_shared import one_dataset
from portal.exchange.rdf import FORMS, Form
from portal.exchange.signposting import back_to_page, header
from portal.http import context
from portal.http.answers import public
from portal.http.negotiation import alternates
from portal.http.snapshots import send_document
from portal.text import LocalizedText

blueprint = Blueprint("dcat", __name__)

_MAX_PAGE = 100_000
# A plus that was not escaped arrives as a space.
_LOST_PLUS = re.compile(r"(?<=T.{5}) (?=\d\d:?\d\d$)|(?<=T.{8}) (?=\d\d:?\d\d$)")


@blueprint.route("/catalog.<extension>")
def catalogue(extension: str) -> Response:
    """Every dataset in one document, at most some seconds behind; or by pages, as it is now."""
    form = FORMS.get(extension)
    if form is None:
        raise NotFound
    if {"page", "modified_since"} & request.args.keys():
        return _page(form)
    return send_document(document_name(form))


def _page(form: Form) -> Response:
    settings, session = context.portal().settings, context.session()
    number = parameters.number("page", default=1, minimum=1, maximum=_MAX_PAGE)
    asked = request.args.get("modified_since", "").strip()
    since = _moment(asked) if asked else None
    reach = {"offset": (number - 1) * PAGE_SIZE, "limit": PAGE_SIZE}
    hides = settings.hide_illustrative
    page = (
        harvest_queries.changed_since(session, since, **reach, hide_illustrative=hides)
        if since
        else harvest_queries.harvest_page(session, **reach, hide_illustrative=hides)
    )
    position = Position(number, page.total, asked)
    body = write_page(
        form,
        page,
        position,
        names_of(settings.public_url, queries.concepts(session, Vocabulary.LANGUAGE)),
        agencies=queries.agencies(session),
        modified=public_queries.last_public_change_at(session),
    )
    response = Response(body, content_type=f"{form.media_type}; charset=utf-8")
    response.headers["Link"] = ", ".join(
        f'<{links.absolute(settings.public_url, position.path(form, to))}>; rel="{relation}"'
        for relation, to in position.around.items()
    )
    return public(response)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(_LOST_PLUS.sub("+", text))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        rule = LocalizedText(
            "Phải là ngày hoặc thời điểm theo ISO 8601.", "Must be a day or an instant in ISO 8601."
        )
        raise parameters.ParameterInvalid(fields={"modified_since": rule}) from None


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
    about = header([back_to_page(found, settings.public_url, "describes")])
    response.headers["Link"] = f"{alternates([(page, 'text/html')])}, {about}"
    return public(response, version=found.version)
