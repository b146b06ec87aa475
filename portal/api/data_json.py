"""The whole catalogue as `/data.json`, from the snapshot that the worker made."""

from __future__ import annotations

from flask import Blueprint, Response

from portal import links
from portal.exchange.data_json import NAME
from portal.http.snapshots import send_document

blueprint = Blueprint("data_json", __name__)


@blueprint.route(links.data_json())
def catalogue() -> Response:
    """Every dataset, at most some seconds behind."""
    return send_document(NAME)
