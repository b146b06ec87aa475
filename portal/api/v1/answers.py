"""How API v1 answers: JSON for everyone, links to further pages, cursors that cannot be made up."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from urllib.parse import urlencode

import orjson
from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from portal import links
from portal.api.v1 import parameters
from portal.api.v1.parameters import ParameterInvalid
from portal.exchange.v1_parts import Form
from portal.exchange.values import JsonValue
from portal.http import answers, context
from portal.text import LocalizedText

CURSOR_START = "*"
_CURSOR_BAD = LocalizedText(
    "Con trỏ không đúng; hãy bắt đầu lại bằng cursor=*.",
    "This cursor is not one of ours; start again with cursor=*.",
)


def form() -> Form:
    """The language asked for and the public address. Raises ParameterInvalid."""
    return Form(parameters.language(), context.portal().settings.public_url)


def respond(
    value: JsonValue,
    *,
    version: int | None = None,
    pages: Mapping[str, str] | None = None,
    seconds: int = 0,
) -> Response:
    """`value` as JSON, kept by caches; `pages` by relation (`next`) become the Link header. `seconds`: how
    long nobody need ask again."""
    response = Response(orjson.dumps(value), mimetype="application/json")
    if pages:
        response.headers["Link"] = ", ".join(f'<{url}>; rel="{relation}"' for relation, url in pages.items())
    return answers.public(response, version=version, seconds=seconds)


def same_list(*keep: str, **changed: str | int) -> str:
    """The present list's address with other parameters. Only known ones (`keep`) are written back."""
    pairs = [
        (name, value) for name in keep if name not in changed for value in request.args.getlist(name) if value
    ]
    query = urlencode([*pairs, *((name, str(value)) for name, value in changed.items())])
    return links.absolute(context.portal().settings.public_url, f"{request.path}?{query}")


def write_cursor(after_id: int, filters: Mapping[str, tuple[str, ...]]) -> str:
    """A cursor for what comes behind `after_id` under the same filters."""
    return str(_signer().dumps([after_id, _canonical(filters)]))


def read_cursor(text: str, filters: Mapping[str, tuple[str, ...]]) -> int:
    """The id behind which to go on. Raises ParameterInvalid for a cursor of other filters or of nobody."""
    if text == CURSOR_START:
        return 0
    try:
        after_id, made_for = _signer().loads(text)
    except BadSignature:
        raise ParameterInvalid(fields={"cursor": _CURSOR_BAD}) from None
    if made_for != _canonical(filters):
        raise ParameterInvalid(fields={"cursor": _CURSOR_BAD})
    return int(after_id)


def _canonical(filters: Mapping[str, tuple[str, ...]]) -> str:
    pairs = [[name, *sorted(filters[name])] for name in sorted(filters)]
    return blake2b(orjson.dumps(pairs), digest_size=6).hexdigest()


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="api-v1-cursor")
