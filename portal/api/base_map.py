"""The base map: land and units of the city, kept for good by those who ask for the version that is."""

from __future__ import annotations

from flask import Blueprint, Response, request

from portal.catalog import map_queries
from portal.exchange.base_map import MEDIA_TYPE, base_map, version_of
from portal.http import context
from portal.http.answers import FOREVER_SECONDS, public

blueprint = Blueprint("base_map", __name__)


@blueprint.route("/ban-do/nen.geojson")
def whole() -> Response:
    """Everything in one document; without the present version in the address it is asked for again each time."""
    units = map_queries.units(context.session(), "boundary")
    response = Response(base_map(units), content_type=MEDIA_TYPE)
    is_named = request.args.get("v") == version_of(units)
    return public(response, seconds=FOREVER_SECONDS if is_named else 0)
