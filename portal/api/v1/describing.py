"""Adds a route and its description in one step, typed where flask-smorest is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Literal, TypeVar

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema

from portal.api.v1.parameters import IF_MATCH, Parameter, require_single, single_valued

BYTES: dict[str, str] = {"type": "string", "format": "binary"}
"""The schema of what is no JSON."""

View = TypeVar("View", bound=Callable[..., Response])


def describes(
    blueprint: Blueprint, rule: str, *, answer: type[Schema] | None, parameters: Sequence[Parameter]
) -> Callable[[View], View]:
    """GET (and HEAD) of `rule`; the view's docstring is its summary and description."""
    return _add(blueprint, rule, "GET", 200, answer, {"parameters": list(parameters)})


def describes_files(
    blueprint: Blueprint, rule: str, *, media: Mapping[str, Any], parameters: Sequence[Parameter]
) -> Callable[[View], View]:
    """GET (and HEAD) of `rule`, which answers in several forms, or in one that is not ours. `media`: the schema of
    each media type."""
    content = {name.partition(";")[0]: {"schema": schema} for name, schema in media.items()}
    documentation = {
        "parameters": list(parameters),
        "responses": {"200": {"description": "OK", "content": content}},
    }
    return _add(blueprint, rule, "GET", 200, None, documentation)


def describes_write(
    blueprint: Blueprint,
    method: Literal["POST", "PUT", "PATCH", "DELETE"],
    rule: str,
    *,
    answer: type[Schema] | None,
    parameters: Sequence[Parameter] = (),
    body: type[Schema] | None = None,
    media: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Callable[[View], View]:
    """A change, which needs a token, and an If-Match unless it is a POST. `body`: the schema that the view
    loads JSON with; `media` instead describes bodies of other types, as OpenAPI's `content` does."""
    content = media or ({"application/json": {"schema": body}} if body else None)
    conditions = [] if method == "POST" else [IF_MATCH]
    documentation: dict[str, Any] = {"parameters": [*parameters, *conditions], "security": [{"token": []}]}
    if content is not None:
        documentation["requestBody"] = {"required": True, "content": content}
    return _add(blueprint, rule, method, status, answer, documentation)


def describes_private(
    blueprint: Blueprint, rule: str, *, answer: type[Schema], parameters: Sequence[Parameter] = ()
) -> Callable[[View], View]:
    """GET (and HEAD) of what nobody sees without a token."""
    documentation = {"parameters": list(parameters), "security": [{"token": []}]}
    return _add(blueprint, rule, "GET", 200, answer, documentation)


def _add(
    blueprint: Blueprint,
    rule: str,
    method: str,
    status: int,
    answer: type[Schema] | None,
    documentation: dict[str, Any],
) -> Callable[[View], View]:
    singles = single_valued(documentation["parameters"])

    def add(view: View) -> View:
        @wraps(view)
        def checked(**parts: Any) -> Response:
            require_single(singles)
            return view(**parts)

        described = blueprint.response(status, answer)(checked)
        documented: View = blueprint.doc(**documentation)(described)
        blueprint.add_url_rule(rule, view.__name__, documented, methods=[method])
        return view

    return add
