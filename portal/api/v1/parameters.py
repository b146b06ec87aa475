"""Query parameters of API v1: what each means, for the description and for reading them alike.

Unknown parameters are ignored, so that addresses which mail programs or social networks have added to go
on working; a known parameter with a bad value is a 422 that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request

from portal.catalog.models import State
from portal.errors import Invalid
from portal.http import locale
from portal.search.engines.base import SORTS
from portal.search.facets import FACET_NAMES
from portal.search.request import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, MAX_VALUES
from portal.search.suggest import MAX_SHOWN, SHOWN
from portal.text import LANGUAGES, Language, LocalizedText

DEFAULT_CHANGES = 100
MAX_CHANGES = 1000
MAX_OWN_PAGE = 10_000
_MAX_NUMBER = 2**63 - 1

Parameter = Mapping[str, Any]
"""One parameter as OpenAPI describes it."""


_ONCE = LocalizedText("Chỉ được nêu một lần.", "Must be given once only.")


class ParameterInvalid(Invalid):
    """A query parameter cannot be read."""

    message = LocalizedText("Tham số trên địa chỉ chưa hợp lệ.", "A query parameter is not valid.")


def language() -> Language:
    """`lang`. Raises ParameterInvalid."""
    if request.args.get("lang", "vi") not in LANGUAGES:
        raise ParameterInvalid(fields={"lang": LocalizedText("Chỉ nhận vi hoặc en.", "Must be vi or en.")})
    return locale.language()


def require_single(names: Iterable[str]) -> None:
    """Refuses a request that gives one of `names` twice: no rule about which one counts is known to everybody
    who reads an address on its way here. Raises ParameterInvalid."""
    twice = {name: _ONCE for name in names if len(request.args.getlist(name)) > 1}
    if twice:
        raise ParameterInvalid(fields=twice)


def single_valued(described: Iterable[Parameter]) -> tuple[str, ...]:
    """Names of those query parameters that take one value; an object's members are parameters of any name."""
    return tuple(
        each["name"]
        for each in described
        if each["in"] == "query" and each["schema"]["type"] not in ("array", "object")
    )


def number(name: str, *, default: int, minimum: int, maximum: int = _MAX_NUMBER) -> int:
    """A whole number within bounds. Raises ParameterInvalid."""
    text = request.args.get(name, "").strip()
    if not text:
        return default
    value = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1
    if not minimum <= value <= maximum:
        ends = (f" đến {maximum}", f" to {maximum}") if maximum != _MAX_NUMBER else (" trở lên", " on")
        rule = LocalizedText(
            f"Phải là số nguyên từ {minimum}{ends[0]}.", f"Must be a whole number from {minimum}{ends[1]}."
        )
        raise ParameterInvalid(fields={name: rule})
    return value


def states() -> list[State]:
    """Every `state`. Raises ParameterInvalid."""
    try:
        return [State(each) for each in request.args.getlist("state") if each]
    except ValueError:
        known = ", ".join(State)
        rule = LocalizedText(f"Phải là một trong: {known}.", f"Must be one of: {known}.")
        raise ParameterInvalid(fields={"state": rule}) from None


def _query(name: str, description: str, **schema: Any) -> Parameter:
    return {"in": "query", "name": name, "description": description, "schema": schema}


def _whole(default: int, minimum: int, maximum: int | None = None) -> dict[str, Any]:
    ends = {} if maximum is None else {"maximum": maximum}
    return {"type": "integer", "default": default, "minimum": minimum, **ends}


LANG = _query("lang", "Language of plain texts and messages.", type="string", enum=["vi", "en"], default="vi")

_FILTERS = [
    {
        "in": "query",
        "name": name,
        "description": f"Only datasets with this {name} (a `code` of the facet); repeat it for any of several, "
        f"{MAX_VALUES} at most: what goes beyond is not read.",
        "schema": {"type": "array", "items": {"type": "string"}},
        "style": "form",
        "explode": True,
    }
    for name in FACET_NAMES
]

DATASETS: list[Parameter] = [
    _query("q", "Words to search for, with or without diacritics.", type="string"),
    *_FILTERS,
    _query("sort", "Order of the results.", type="string", enum=list(SORTS), default="relevance"),
    _query("page", "Page, from 1; the first 10,000 results can be paged through.", **_whole(1, 1)),
    _query("page_size", "Results on a page.", **_whole(DEFAULT_PAGE_SIZE, 1, MAX_PAGE_SIZE)),
    _query(
        "cursor",
        "Walks everything that the filters leave, by id: `*` first, then each answer's `next_cursor`. "
        "Not together with `q`, `sort` or `page`.",
        type="string",
        minLength=1,
    ),
    _query(
        "identifier",
        "Only the datasets with this identifier, their own or their source's; the rest is checked, then ignored.",
        type="string",
    ),
    LANG,
]

OWN_DATASETS: list[Parameter] = [
    {
        "in": "query",
        "name": "state",
        "description": "Only datasets in this state; repeat it for any of several.",
        "schema": {"type": "array", "items": {"type": "string", "enum": [each.value for each in State]}},
        "style": "form",
        "explode": True,
    },
    _query("page", "Page, from 1.", **_whole(1, 1, MAX_OWN_PAGE)),
    _query("page_size", "Datasets on a page.", **_whole(DEFAULT_PAGE_SIZE, 1, MAX_PAGE_SIZE)),
    LANG,
]

CHANGES: list[Parameter] = [
    _query("since", "Id of the last change that you know; 0 starts from the beginning.", **_whole(0, 0)),
    _query("limit", "Changes in one answer.", **_whole(DEFAULT_CHANGES, 1, MAX_CHANGES)),
    LANG,
]


SUGGEST: list[Parameter] = [
    _query("q", "What is typed so far, from two letters; what is over 100 is ignored.", type="string"),
    _query("limit", "Entries in the list.", **_whole(SHOWN, 1, MAX_SHOWN)),
    LANG,
]


def listing(what: str, default: int, maximum: int) -> list[Parameter]:
    """The parameters of lists that are walked by cursor alone."""
    return [
        _query(
            "cursor",
            "The last answer's `next_cursor`; without it, or with `*`, the list begins. An empty one is refused: "
            "whoever passes on the null of the last answer would begin again for ever.",
            type="string",
            minLength=1,
        ),
        _query("limit", f"{what} in one answer.", **_whole(default, 1, maximum)),
    ]


def filter_by(name: str, description: str) -> Parameter:
    """One exact value."""
    return _query(name, description, type="string")


IF_MATCH: Parameter = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag under which you read the record; `*` changes whichever version there is.",
    "schema": {"type": "string"},
}

IF_MATCH_OPTIONAL: Parameter = {
    **IF_MATCH,
    "required": False,
    "description": "Only if the record still has this ETag.",
}

IDEMPOTENCY_KEY: Parameter = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A text of your own (a UUID): for 24 hours, repeating the request with it does nothing "
    "twice and gets the same answer.",
    "schema": {"type": "string", "maxLength": 200},
}


def in_path(name: str, description: str, **schema: Any) -> Parameter:
    """A part of the address."""
    return {
        "in": "path",
        "name": name,
        "required": True,
        "description": description,
        "schema": {"type": "string", **schema},
    }
