"""Addresses where CKAN has its pages and files: they lead to ours, and files are sent at once."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request

from portal import links
from portal.api.ckan.common import base_url, seen, seen_resource
from portal.api.files import FileNotFound, send_newest
from portal.catalog.models import Vocabulary
from portal.catalog.services.agencies import find_agency
from portal.catalog.services.concepts import find_concept
from portal.http import context
from portal.http.negotiation import page_language

blueprint = Blueprint("ckan_addresses", __name__)


@blueprint.route("/dataset/")
@blueprint.route("/dataset")
def datasets() -> Response:
    """The list of datasets, with the words that were searched for."""
    words = request.args.get("q", "")
    language = page_language()
    return _to(links.search(language, q=words) if words else links.page("datasets", language))


@blueprint.route("/dataset/<reference>")
def dataset(reference: str) -> Response:
    """The page of a dataset, by name or id."""
    return _to(links.dataset_page(seen(context.session(), reference).slug, page_language()))


@blueprint.route("/dataset/<reference>/resource/<uuid>")
def resource(reference: str, uuid: str) -> Response:
    """The page of the dataset that a resource belongs to."""
    found, _ = seen_resource(context.session(), uuid)
    return _to(links.dataset_page(found.slug, page_language()))


@blueprint.route("/dataset/<reference>/resource/<uuid>/download")
@blueprint.route("/dataset/<reference>/resource/<uuid>/download/<name>")
def download(reference: str, uuid: str, name: str = "") -> Response:
    """The newest file of a resource, whatever name it is asked for by; a link leads to where it points."""
    found, distribution = seen_resource(context.session(), uuid)
    if reference not in (found.slug, str(found.uuid)):
        raise FileNotFound
    return send_newest(found, distribution)


@blueprint.route("/organization/")
@blueprint.route("/organization")
def organizations() -> Response:
    """The list of agencies."""
    return _to(links.page("agencies", page_language()))


@blueprint.route("/organization/<reference>")
def organization(reference: str) -> Response:
    """The page of an agency, by name or id."""
    return _to(links.agency_page(find_agency(context.session(), reference).slug, page_language()))


@blueprint.route("/group/")
@blueprint.route("/group")
def groups() -> Response:
    """The list of themes."""
    return _to(links.page("themes", page_language()))


@blueprint.route("/group/<reference>")
def group(reference: str) -> Response:
    """The page of a theme."""
    return _to(
        links.theme_page(find_concept(context.session(), Vocabulary.THEME, reference).code, page_language())
    )


def _to(path: str) -> Response:
    # Flask makes its own Response; werkzeug's types promise less.
    response = redirect(links.absolute(base_url(), path), 302)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Language"
    return response  # type: ignore[return-value]
