"""Actions that show packages and resources."""

from __future__ import annotations

from portal.api.ckan.calls import Call, CallInvalid
from portal.api.ckan.common import (
    MOST_PACKAGES,
    base_url,
    organization,
    seen,
    seen_resource,
    what_is_found,
    what_is_public,
)
from portal.api.ckan.registry import reads
from portal.catalog import package_queries
from portal.exchange import ckan
from portal.exchange.values import JsonValue
from portal.http import context
from portal.text import LocalizedText, fold

_NO_SUCH_FIELD = LocalizedText("Không có trường này.", "Field not recognised")
_NOT_A_TERM = LocalizedText("Phải có dạng trường:từ.", "Must be of the form field:term")


@reads
def package_show(call: Call) -> JsonValue:
    """The package with this `id`, which is an id or a name."""
    return ckan.package(seen(context.session(), call.required("id", "name_or_id")), base_url())


@reads
def package_list(call: Call) -> JsonValue:
    """The names of all packages in alphabetical order; `limit` and `offset`, `include_drafts` for your own."""
    limit = call.number("limit", 0) if call.text("limit") else None
    return list(
        package_queries.package_names(
            context.session(), what_is_found(call), limit=limit, offset=call.number("offset", 0)
        )
    )


@reads
def current_package_list_with_resources(call: Call) -> JsonValue:
    """Whole packages, the last changed first: `limit` (at most 1,000) and `offset` or `page`."""
    limit = call.number("limit", MOST_PACKAGES, most=MOST_PACKAGES)
    offset = call.number("offset", 0)
    if call.text("page"):
        offset = (max(1, call.number("page", 1)) - 1) * limit
    found = package_queries.changed_last(context.session(), what_is_public(), limit=limit, offset=offset)
    return [ckan.package(each, base_url()) for each in found]


@reads
def package_autocomplete(call: Call) -> JsonValue:
    """Packages with these letters (`q`) in name or title, at most `limit` (10)."""
    typed = call.text("q")
    found = package_queries.completions(
        context.session(), what_is_public(), fold(typed), call.number("limit", 10, most=100)
    )
    return [_completion(name, title, typed) for name, title in found]


def _completion(name: str, title: str, typed: str) -> JsonValue:
    is_title = fold(typed) in fold(title)
    return {
        "name": name,
        "title": title,
        "match_field": "title" if is_title else "name",
        "match_displayed": f"{title} ({name})" if is_title else name,
    }


@reads
def resource_show(call: Call) -> JsonValue:
    """The resource with this `id`."""
    dataset, found = seen_resource(context.session(), call.required("id"))
    return ckan.resource(found, dataset, dataset.distributions.index(found), base_url())


@reads
def resource_search(call: Call) -> JsonValue:
    """Resources that have every `query` (`field:term`, one or a list): a part of the text, `hash` its beginning.

    Fields: id, name, description, url, format, mimetype, hash. `order_by`, `limit` (at most 1,000), `offset`.
    """
    terms = [_term(each) for each in call.words("query")]
    if not terms:
        raise CallInvalid(fields={"query": _NOT_A_TERM})
    order = call.text("order_by") or "created"
    if order not in package_queries.FILE_ORDERS:
        raise CallInvalid(fields={"order_by": _NO_SUCH_FIELD})
    total, found = package_queries.found_files(
        context.session(),
        what_is_public(),
        terms,
        order=order,
        limit=call.number("limit", MOST_PACKAGES, most=MOST_PACKAGES),
        offset=call.number("offset", 0),
    )
    shown = [
        ckan.resource(each, each.dataset, each.dataset.distributions.index(each), base_url())
        for each in found
    ]
    return {"count": total, "results": shown}


def _term(text: str) -> tuple[str, str]:
    name, colon, term = text.partition(":")
    if not colon:
        raise CallInvalid(fields={"query": _NOT_A_TERM})
    if name.strip() not in package_queries.FILE_FIELDS:
        raise CallInvalid(fields={"query": _NO_SUCH_FIELD})
    return name.strip(), term.strip()


@reads
def resource_view_list(call: Call) -> JsonValue:
    """No views are kept: the portal shows files on its own pages."""
    seen_resource(context.session(), call.required("id"))
    return []


@reads
def package_relationships_list(call: Call) -> JsonValue:
    """No relationships are kept."""
    seen(context.session(), call.required("id"))
    return []


@reads
def format_autocomplete(call: Call) -> JsonValue:
    """Formats in use with these letters (`q`), the commonest first, at most `limit` (5)."""
    counts = package_queries.formats_in_use(context.session(), what_is_public())
    typed = call.text("q").lower()
    found = [name for name, _ in counts.most_common() if typed in name.lower()]
    return found[: call.number("limit", 5, most=100)]


@reads
def dataset_follower_count(call: Call) -> JsonValue:
    """Nobody follows anything by this API: 0."""
    seen(context.session(), call.required("id"))
    return 0


@reads
def organization_follower_count(call: Call) -> JsonValue:
    """Nobody follows anything by this API: 0."""
    organization(call, context.session())
    return 0
