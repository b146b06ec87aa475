"""Parameters of rows and exports: what every table takes, beside the columns of each."""

from __future__ import annotations

from typing import Any

from portal.api.v1.parameters import LANG, Parameter
from portal.tables.query import DEFAULT_LIMIT, MAX_LIMIT, OPERATORS


def _text(name: str, description: str) -> Parameter:
    return {"in": "query", "name": name, "description": description, "schema": {"type": "string"}}


def _filters() -> Parameter:
    schema: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}
    operators = ", ".join(f"`{each}`" for each in OPERATORS)
    return {
        "in": "query",
        "name": "filters",
        "description": "Not a parameter of this name: every column is one, `<key>=value` or `<key>__<operator>=value` "
        f"with {operators}. The values of `in` and the two of `between` stand between commas, `null` takes `true` or "
        "`false`. All must hold. A name that the table does not have is a 422.",
        "schema": schema,
        "style": "form",
        "explode": True,
    }


QUESTION: list[Parameter] = [
    _filters(),
    _text(
        "where",
        'Nested conditions as JSON: `["key", "operator", value]`, `{"and": [...]}`, `{"or": [...]}`.',
    ),
    _text("q", "Words that a row must have, with or without diacritics."),
    _text("select", "Keys of the columns wanted, between commas; all without it."),
    _text(
        "sort", "Keys to sort by, between commas; `-` before one turns it around. Missing values come last."
    ),
    _text("group", "Keys to group by, between commas: the answer then has groups instead of rows."),
    _text(
        "measure",
        "Figures of each group, or of all rows: `count`, `sum:key`, `avg:key`, `min:key`, `max:key`, "
        "`distinct:key`, between commas. Total rows are left out.",
    ),
]
"""What is asked of a table."""

PAGE: list[Parameter] = [
    {
        "in": "query",
        "name": "limit",
        "description": "Rows in one answer.",
        "schema": {"type": "integer", "default": DEFAULT_LIMIT, "minimum": 1, "maximum": MAX_LIMIT},
    },
    _text("after", "The token that the page before gave; `next` has it already."),
]
"""Which part of the answer."""

ROWS = [*QUESTION, *PAGE, LANG]
EXPORT = [*QUESTION, LANG]
