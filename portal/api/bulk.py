"""The whole catalogue as JSON lines and as CSV, from the snapshots that the worker made."""

from __future__ import annotations

from flask import Blueprint, Response

from portal.exchange.bulk import CSV, JSON_LINES
from portal.http.snapshots import send_document

blueprint = Blueprint("bulk", __name__)


@blueprint.route(f"/{JSON_LINES}")
def json_lines() -> Response:
    """Every dataset as API v1 has it, one a line."""
    return send_document(JSON_LINES)


@blueprint.route(f"/{CSV}")
def table() -> Response:
    """Every dataset as one row."""
    return send_document(CSV)
