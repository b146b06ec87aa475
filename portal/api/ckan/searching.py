"""`package_search`: what CKAN's clients ask for, parsed into our conditions, found, and told with facets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from portal.api.ckan.calls import Call, CallInvalid
from portal.api.ckan.common import MOST_PACKAGES, base_url, what_is_found
from portal.api.ckan.registry import reads
from portal.catalog import package_queries
from portal.catalog.models import Dataset
from portal.exchange import ckan
from portal.exchange.values import JsonObject, JsonValue
from portal.http import answers, context
from portal.search import selecting, tallies
from portal.search.clause_fields import is_field
from portal.search.clauses import EVERYTHING, AllOf, Clause, Words
from portal.search.lucene import QueryNotUnderstood, parse
from portal.search.selecting import COLUMNS, SCORE, Order
from portal.text import LocalizedText

DEFAULT_ROWS = 10
DEFAULT_FACET_VALUES = 50
DEFAULT_SORT = "score desc, metadata_modified desc"
MOST_FACETS = 20
_KEYS = frozenset(
    "q fq fq_list sort rows start facet facet.field facet.limit facet.mincount fl include_private include_drafts "
    "include_deleted use_default_schema qf mm tie bf boost defType df wt extras search_query lang callback "
    "facet_field facet_limit facet_mincount q.op debug facet.sort facet.range facet.query hl".split()
)
_SORT_KEY = re.compile(r"\s*([\w.]+)(?:\s+(asc|desc))?\s*", re.IGNORECASE)


@reads
def package_search(call: Call) -> JsonValue:
    """Packages that are about `q` and pass `fq`.

    Without a colon `q` is understood as on the portal's pages; with one it is in Lucene's language, like `fq` and
    `fq_list`. `rows` (10, at most 1,000), `start`, `sort`, `facet.field`, `facet.limit` (50, negative: all),
    `facet.mincount` (1), `fl`, `include_drafts` and `include_private` for your own drafts.
    """
    _refuse_unknown(call)
    try:
        rows, start = call.number("rows", DEFAULT_ROWS, most=MOST_PACKAGES), call.number("start", 0)
        limit, least = _facet_limit(call), call.number("facet.mincount", 1)
    except CallInvalid as error:
        raise QueryNotUnderstood(next(iter(error.fields.values()))) from error
    order, sort = _order(call)
    session = context.session()
    found = selecting.find(
        _clause(call),
        order,
        session=session,
        engine=context.portal().search,
        visible=what_is_found(call),
        now=context.portal().clock(),
        start=start,
        rows=rows,
    )
    if found.degraded:
        answers.degraded()
    shown = package_queries.packages(session, found.shown)
    facets = {name: tallies.count(session, name, found, limit=limit, least=least) for name in _facets(call)}
    return {
        "count": found.total,
        "sort": sort,
        "facets": {name: {each.value: each.count for each in counted} for name, counted in facets.items()},
        "results": _results(shown, call.words("fl")),
        "search_facets": {name: _facet(name, counted) for name, counted in facets.items()},
    }


def _refuse_unknown(call: Call) -> None:
    unknown = sorted(name for name in call.data if name not in _KEYS and not name.startswith("ext_"))
    if unknown:
        names = ", ".join(unknown)[:300]
        raise QueryNotUnderstood(
            LocalizedText(f"Tham số tìm kiếm không hợp lệ: {names}", f"Invalid search parameters: {names}")
        )


def _clause(call: Call) -> Clause:
    return AllOf((_question(call), *(parse(each, is_field) for each in _filters(call))))


def _question(call: Call) -> Clause:
    text = _raw(call, "q").strip()
    if text in ("", "*:*", "*"):
        return EVERYTHING
    if "{!" in text or (":" in text and call.text("defType") not in ("dismax", "edismax")):
        if "NOW" in text:
            answers.degraded()
        return parse(text, is_field, lenient=True)
    return Words(text)


def _filters(call: Call) -> list[str]:
    texts = [_raw(call, "fq"), *call.words("fq_list")]
    value = call.data.get("fq")
    if isinstance(value, list):
        texts = [*call.words("fq"), *call.words("fq_list")]
    if any("NOW" in text for text in texts):
        # True for this moment alone.
        answers.degraded()
    return [text for text in texts if text.strip()]


def _raw(call: Call, name: str) -> str:
    """The text as it stands: line breaks and quotation marks mean something to the parser."""
    value = call.data.get(name)
    return value if isinstance(value, str) else call.text(name)


def _order(call: Call) -> tuple[Sequence[Order], str]:
    sort = call.text("sort")
    if not sort or sort in ("rank", "none", "relevance"):
        sort = DEFAULT_SORT
    return [_order_key(part) for part in sort.split(",") if part.strip()], sort


def _order_key(text: str) -> Order:
    found = _SORT_KEY.fullmatch(text)
    name = found[1] if found else ""
    if name in ("rank", "relevance"):
        name = SCORE
    if found is None or (name != SCORE and name not in COLUMNS and not name.startswith("views_")):
        raise QueryNotUnderstood(
            LocalizedText(f"Không sắp xếp được theo “{text[:100]}”.", f"Cannot sort by {text[:100]}")
        )
    # Nobody counts views yet: an order by them is that of changes.
    name = "metadata_modified" if name.startswith("views_") else name
    return Order(name, descending=(found[2] or "asc").lower() == "desc")


def _facets(call: Call) -> list[str]:
    if not call.flag("facet", default=True):
        return []
    names = call.words("facet.field") or call.words("facet_field")
    return list(dict.fromkeys(name for name in names if name))[:MOST_FACETS]


def _facet_limit(call: Call) -> int:
    text = call.text("facet.limit")
    return -1 if text.startswith("-") else call.number("facet.limit", DEFAULT_FACET_VALUES)


def _facet(name: str, counted: Sequence[tallies.Count]) -> JsonObject:
    ordered = sorted(counted, key=lambda each: each.label, reverse=True)
    return {
        "title": name,
        "items": [{"name": each.value, "display_name": each.label, "count": each.count} for each in ordered],
    }


def _results(datasets: Sequence[Dataset], names: Sequence[str]) -> list[JsonValue]:
    packages = [ckan.package(each, base_url()) for each in datasets]
    wanted = [name for entry in names for name in re.split(r"[\s,]+", entry) if name]
    if not wanted or "*" in wanted:
        return list(packages)
    return [{name: each[name] for name in wanted if name in each} for each in packages]
