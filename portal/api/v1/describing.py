"""Adds a route and its description in one step, typed where flask-smorest is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema

from portal.api.v1.parameters import Parameter

View = TypeVar("View", bound=Callable[..., Response])


def describes(
    blueprint: Blueprint, rule: str, *, answer: type[Schema] | None, parameters: Sequence[Parameter]
) -> Callable[[View], View]:
    """GET (and HEAD) of `rule`; the view's docstring is its summary and description."""

    def add(view: View) -> View:
        described = blueprint.response(200, answer)(view)
        documented: View = blueprint.doc(parameters=list(parameters))(described)
        blueprint.add_url_rule(rule, view.__name__, documented)
        return view

    return add
