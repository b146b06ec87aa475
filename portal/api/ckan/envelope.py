"""CKAN's envelope: what every action answers in, and how it tells of failures."""

from __future__ import annotations

import re
from typing import Any

import orjson
from flask import Response, g, request

from portal import links
from portal.exchange.ckan_parts import help_address
from portal.exchange.values import JsonValue
from portal.http import context
from portal.http.problems import Problem
from portal.text import Language

_JSONP_NAME = re.compile(r"[A-Za-z_$][\w$.]{0,100}")
_DENIED = (403, "Authorization Error", "Access denied: ")
_MISSING = (404, "Not Found Error", "Not found: ")
_INVALID = (409, "Validation Error", "")
_BY_CODE = {
    "query-not-understood": (400, "Search Query Error", ""),
    "field-not-searchable": (409, "Search Error", ""),
    "structure-invalid": (400, "Integrity Error", ""),
}
_BY_STATUS = {
    401: _DENIED,
    403: _DENIED,
    404: _MISSING,
    410: _MISSING,
    409: _INVALID,
    412: _INVALID,
    422: _INVALID,
    500: (500, "Internal Server Error", ""),
}
# Our names of fields and CKAN's.
_FIELDS = {
    "agency": "owner_org",
    "description": "notes",
    "licence": "license_id",
    "themes": "groups",
    "keywords": "tags",
    "identifier": "name",
    "slug": "name",
    "label": "title",
    "code": "name",
    "order": "order",
}
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def success(action: str, result: JsonValue) -> Response:
    """The result of an action."""
    body = {"help": _help(action), "success": True, "result": result}
    return _json(orjson.dumps(body), 200)


def failure(problem: Problem) -> Response:
    """A failure; an unknown or wrong token counts as an attempt to guess one."""
    g.token_refused = problem.status == 401
    status, kind, before = _BY_CODE.get(
        problem.code, _BY_STATUS.get(problem.status, (problem.status, problem.title.en or "", ""))
    )
    language = _language()
    message = before + problem.detail.in_language(language)
    reason = problem.facts.get("withdrawn")
    if isinstance(reason, dict):
        message = f"{message} {reason['reason']}"
    error: dict[str, Any] = {"message": message, "__type": kind}
    if kind == _INVALID[1]:
        error |= nested({path: text.in_language(language) for path, text in problem.fields.items()})
    elif problem.fields:
        error["message"] = " ".join(text.in_language(language) for text in problem.fields.values())
    if "incident" in problem.facts:
        error["incident"] = problem.facts["incident"]
    body = {"help": _help(_action()), "success": False, "error": error}
    return _json(orjson.dumps(body), status)


def malformed(text: str) -> Response:
    """A request that is no call: CKAN tells it by a bare string."""
    return _json(orjson.dumps(f"Bad request: {text}"), 400)


def with_callback(response: Response, name: str) -> Response:
    """JSONP, for scripts of other sites; a name that is none leaves the answer as it is."""
    if not _JSONP_NAME.fullmatch(name):
        return response
    # The comment keeps the first bytes of the answer from being chosen by whoever names the function.
    script = b"/**/" + name.encode() + b"(" + response.get_data().replace(b"<", b"\\u003c") + b");"
    return Response(script, status=response.status_code, content_type="application/javascript; charset=utf-8")


def nested(fields: dict[str, str]) -> dict[str, Any]:
    """`resources[1].url` as CKAN nests it: `{"resources": [{}, {"url": [text]}]}`."""
    found: dict[str, Any] = {}
    for path, text in fields.items():
        steps = [name or int(number) for name, number in _STEP.findall(path)] or ["__extras"]
        steps[0] = _FIELDS.get(str(steps[0]), str(steps[0]))
        _put(found, steps, text)
    return found


def _put(found: dict[str, Any], steps: list[str | int], text: str) -> None:
    match steps:
        case [str(name), int(number), str(inner), *_]:
            rows = found.setdefault(name, [])
            if isinstance(rows, list):
                rows += [{} for _ in range(number + 1 - len(rows))]
                if isinstance(rows[number], dict):
                    rows[number].setdefault(inner, []).append(text)
        case [str(name), *_]:
            texts = found.setdefault(name, [])
            if isinstance(texts, list):
                texts.append(text)


def _language() -> Language:
    """Programs compare messages: English, unless Vietnamese is asked for."""
    return "vi" if request.args.get("lang") == "vi" else "en"


def _action() -> str:
    values = request.view_args or {}
    return str(values.get("name", ""))


def _help(action: str) -> str:
    return (
        help_address(action, context.portal().settings.public_url)
        if action
        else links.ckan_action("help_show")
    )


def _json(body: bytes, status: int) -> Response:
    return Response(body, status=status, content_type="application/json;charset=utf-8")
