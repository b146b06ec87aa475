"""FAIR Signposting, level 2: all links of a dataset as link sets."""

from __future__ import annotations

from flask import Blueprint, Response

from portal.catalog.models import Dataset
from portal.catalog.services.datasets import visible
from portal.exchange import signposting
from portal.exchange.values import json_bytes
from portal.http import context
from portal.http.answers import public

blueprint = Blueprint("linksets", __name__)


@blueprint.route("/dataset/<reference>/linkset.json")
def as_json(reference: str) -> Response:
    """As JSON."""
    found = _dataset(reference)
    body = json_bytes(signposting.linkset_json(_links(found)))
    return _send(found, body, signposting.LINKSET_JSON)


@blueprint.route("/dataset/<reference>/linkset")
def as_text(reference: str) -> Response:
    """As a Link header would say it."""
    found = _dataset(reference)
    return _send(found, signposting.linkset_text(_links(found)).encode(), signposting.LINKSET)


def _dataset(reference: str) -> Dataset:
    return visible(
        context.session(),
        context.actor(),
        reference,
        hide_illustrative=context.portal().settings.hide_illustrative,
    )


def _links(found: Dataset) -> dict[str, tuple[signposting.TypedLink, ...]]:
    return dict(signposting.link_set(found, context.portal().settings.public_url))


def _send(found: Dataset, body: bytes, media_type: str) -> Response:
    response = Response(body, content_type=media_type)
    page = signposting.back_to_page(found, context.portal().settings.public_url, "describes")
    response.headers["Link"] = signposting.header([page])
    return public(response, version=found.version)
