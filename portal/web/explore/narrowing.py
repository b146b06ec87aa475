"""The filters that are on, in words, each with the way to lift it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from portal.tables.query import OPERATORS, parse
from portal.tables.schema import Field, Schema
from portal.text import Language
from portal.web.explore.addresses import Addresses
from portal.web.explore.cells import shown
from portal.web.explore.state import Pair, State

_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is on: `Dân số từ 100.000`, and the page without it."""

    name: str
    label: str
    path: str


def chosen(schema: Schema, state: State, addresses: Addresses) -> tuple[Chosen, ...]:
    """Every filter of the address, in its order."""
    found = [
        Chosen(*_words(pair, schema, addresses.language), addresses.page(state.without(pair)))
        for pair in state.conditions
    ]
    if words := state.value("q"):
        found.insert(0, Chosen(gettext("Search"), f"“{words}”", addresses.page(state.without(("q", words)))))
    return tuple(found)


def _words(pair: Pair, schema: Schema, language: Language) -> tuple[str, str]:
    name, value = pair
    if name == "where":
        return gettext("Conditions"), _cut(_nested(json.loads(value), schema, language))
    key, separator, operator = name.rpartition("__")
    if not separator:
        key, operator = name, "eq"
    condition = parse([pair], schema).where.members[0]
    values = getattr(condition, "values", ())
    return schema.by_key[key].name, _cut(_said(schema.by_key[key], operator, list(values), language))


def _said(field: Field, operator: str, values: list[Any], language: Language) -> str:
    texts = [
        str(each) if operator in ("contains", "starts") else shown(field.type, each, language)
        for each in values
    ]
    if operator == "null":
        return str(gettext("is empty") if values[0] in (True, "true") else gettext("is not empty"))
    first, last = (texts[0], texts[-1]) if texts else ("", "")
    sentences: dict[str, str] = {
        "eq": first,
        "ne": gettext("is not %(value)s", value=first),
        "lt": gettext("below %(value)s", value=first),
        "le": gettext("up to %(value)s", value=first),
        "gt": gettext("above %(value)s", value=first),
        "ge": gettext("from %(value)s", value=first),
        "in": ", ".join(texts),
        "contains": gettext("contains “%(value)s”", value=first),
        "starts": gettext("begins with “%(value)s”", value=first),
        "between": gettext("from %(low)s to %(high)s", low=first, high=last),
    }
    assert sentences.keys() | {"null"} == set(OPERATORS)
    return sentences[operator]


def _nested(node: Any, schema: Schema, language: Language) -> str:
    """A nested condition, which the row grammar has found right."""
    if isinstance(node, dict):
        ((kind, members),) = node.items()
        word = gettext("and") if kind == "and" else gettext("or")
        return "(" + f" {word} ".join(_nested(each, schema, language) for each in members) + ")"
    key, operator, value = node
    values = value if isinstance(value, list) else [value]
    return f"{schema.by_key[key].name} {_said(schema.by_key[key], operator, values, language)}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
