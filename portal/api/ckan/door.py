"""The routes of actions: one address for each, with and without a version, and the helpers of forms."""

from __future__ import annotations

from dataclasses import replace

import orjson
from flask import Blueprint, Response, g, request

from portal.api.ckan import (
    datastore,
    datastore_writing,
    organization_writing,
    organizations,
    package_writing,
    packages,
    people,
    resource_writing,
    revising,
    searching,
    site,
    tags,
)
from portal.api.ckan.calls import Call
from portal.api.ckan.envelope import malformed, success, with_callback
from portal.api.ckan.inputs import Malformed, read_call
from portal.api.ckan.registry import ACTIONS
from portal.catalog.actors import ANONYMOUS
from portal.exchange.values import JsonValue
from portal.http import actor
from portal.http.answers import public

# Importing them fills ACTIONS.
PARTS = (
    datastore,
    datastore_writing,
    organization_writing,
    organizations,
    package_writing,
    packages,
    people,
    resource_writing,
    revising,
    searching,
    site,
    tags,
)

blueprint = Blueprint("ckan", __name__)


@blueprint.route("/api", defaults={"version": 1})
@blueprint.route("/api/3", defaults={"version": 3})
def version(version: int) -> Response:
    """The version of the API."""
    return public(_json({"version": version}))


@blueprint.route("/api/3/action/<name>", methods=["GET", "POST"])
@blueprint.route("/api/action/<name>", methods=["GET", "POST"])
def action(name: str) -> Response:
    """Calls the action `name`."""
    found = ACTIONS.get(name)
    if found is None:
        return malformed(f"Action name not known: {name[:100]}")
    if found.writes and request.method == "POST":
        # Before the body is read: who may not write learns nothing of how it should look.
        actor.required()
    callback = request.args.get("callback") if request.method == "GET" else None
    if callback:
        g.actor = ANONYMOUS
    try:
        call = read_call(found)
    except Malformed as error:
        return malformed(str(error))
    answer = success(name, found.run(_without_callback(call)))
    if request.method == "POST":
        return answer
    return public(with_callback(answer, callback) if callback else answer)


@blueprint.route("/api/util/dataset/autocomplete")
@blueprint.route("/api/2/util/dataset/autocomplete")
def complete_dataset() -> Response:
    """Packages for a search box."""
    return _completed("package_autocomplete", "incomplete", "")


@blueprint.route("/api/util/tag/autocomplete")
@blueprint.route("/api/2/util/tag/autocomplete")
def complete_tag() -> Response:
    """Tags for a form."""
    return _completed("tag_autocomplete", "incomplete", "Name")


@blueprint.route("/api/util/resource/format_autocomplete")
@blueprint.route("/api/2/util/resource/format_autocomplete")
def complete_format() -> Response:
    """Formats for a form."""
    return _completed("format_autocomplete", "incomplete", "Format")


def _completed(name: str, parameter: str, key: str) -> Response:
    typed = request.args.get(parameter, "")
    found = (
        ACTIONS[name].run(Call(name, {"q": typed, "limit": request.args.get("limit", "10")})) if typed else []
    )
    items = found if isinstance(found, list) else []
    shown: list[JsonValue] = [{key: each} for each in items] if key else items
    return public(_json({"ResultSet": {"Result": shown}}))


def _without_callback(call: Call) -> Call:
    return replace(call, data={name: value for name, value in call.data.items() if name != "callback"})


def _json(value: JsonValue) -> Response:
    return Response(orjson.dumps(value), content_type="application/json;charset=utf-8")
