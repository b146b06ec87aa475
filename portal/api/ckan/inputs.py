"""From a request to a call: JSON, forms with files, forms as curl sends them, and addresses."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

import orjson
from flask import request
from werkzeug.datastructures import MultiDict

from portal.api.ckan.calls import Call
from portal.api.ckan.registry import Action
from portal.catalog.actors import Scope
from portal.catalog.policies import ScopeMissing
from portal.errors import Forbidden
from portal.exchange.json_values import is_deeper
from portal.http import actor, context
from portal.http.forms import receive_form

MAX_BODY_BYTES = 4 * 1024**2
MAX_DEPTH = 40
_FORM = "application/x-www-form-urlencoded"
_FILES = "multipart/form-data"


class Malformed(Exception):
    """The request is no call; the text tells why."""


def read_call(action: Action) -> Call:
    """The call that this request is. Raises Malformed, TokenMissing, and what receiving files raises."""
    if request.method in ("GET", "HEAD"):
        if action.writes:
            raise Malformed("This action changes data: use POST")
        return Call(action.name, merged(request.args))
    if request.mimetype == _FILES and not action.writes:
        return Call(action.name, merged(request.form))
    if request.mimetype == _FILES:
        _require_writer()
        form = receive_form(context.portal().storage, max_bytes=context.portal().settings.file_limit)
        return Call(action.name, merged(MultiDict(form.texts)), form.files)
    request.max_content_length = MAX_BODY_BYTES
    body = request.get_data(cache=False, parse_form_data=False)
    if not body.strip():
        return Call(action.name, {} if action.writes else merged(request.args))
    return Call(action.name, _of_form(body) if request.mimetype == _FORM else _json(body))


def _require_writer() -> None:
    """Nobody fills the disk who could not use the file anywhere. Raises TokenMissing, ScopeMissing, Forbidden."""
    author = actor.required()
    if not (author.holds(Scope.WRITE) or author.holds(Scope.PUBLISH)):
        raise ScopeMissing(Scope.WRITE)
    if not (author.is_administrator or author.memberships):
        raise Forbidden


def _of_form(body: bytes) -> dict[str, Any]:
    """curl calls everything a form: what looks like JSON is JSON."""
    if body.lstrip().startswith(b"{"):
        return _json(body)
    text = body.decode("utf-8", "replace")
    if text.lstrip().lower().startswith("%7b"):
        return _json(unquote_plus(text).removesuffix("=").encode())
    pairs = [pair.partition("=") for pair in text.split("&") if pair]
    return merged(MultiDict([(unquote_plus(name), unquote_plus(value)) for name, _, value in pairs]))


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except ValueError as error:
        raise Malformed(f"JSON Error: Error decoding JSON data. Error: {error}") from error
    if not isinstance(value, dict):
        raise Malformed("JSON Error: Request data JSON needs to be a dictionary")
    if is_deeper(value, MAX_DEPTH):
        raise Malformed(f"JSON Error: nested more than {MAX_DEPTH} deep")
    return value


def merged(values: MultiDict[str, str]) -> dict[str, Any]:
    """A key that comes once is a text, one that comes often a list."""
    return {name: found[0] if len(found) == 1 else found for name, found in values.lists()}
