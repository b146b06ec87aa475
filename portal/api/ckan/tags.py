"""Actions that show tags: the keywords of public packages. There are no vocabularies of tags."""

from __future__ import annotations

from collections import Counter

from portal.api.ckan.calls import Call
from portal.api.ckan.common import MOST_PACKAGES, base_url, page_of, what_is_public
from portal.api.ckan.registry import reads
from portal.catalog import package_queries
from portal.errors import NotFound
from portal.exchange import ckan, ckan_parts
from portal.exchange.values import JsonObject, JsonValue
from portal.http import context
from portal.search import clause_fields
from portal.search.clauses import Match
from portal.text import LocalizedText, fold


class TagNotFound(NotFound):
    """No public package has this tag."""

    message = LocalizedText("Không có từ khóa này.", "There is no such tag.")


class TagVocabularyNotFound(NotFound):
    """Tags belong to no vocabulary."""

    message = LocalizedText("Không có danh mục từ khóa này.", "There is no such vocabulary of tags.")


@reads
def tag_list(call: Call) -> JsonValue:
    """All tags in alphabetical order, or those with the letters of `query`; `all_fields` for tags as objects."""
    names = [name for name in sorted(_counts(call)) if _has(name, call.text("query"))]
    shown = page_of(names, call, default=None)
    return [ckan_parts.tag(name) for name in shown] if call.flag("all_fields") else list(shown)


@reads
def tag_show(call: Call) -> JsonValue:
    """The tag with this `id` (name or id); `include_datasets` adds its packages, at most 1,000."""
    wanted = call.required("id", "name")
    found = next(
        (name for name in _counts(call) if wanted in (name, ckan_parts.tag_id(name))),
        None,
    )
    if found is None:
        raise TagNotFound
    shown: JsonObject = ckan_parts.tag(found)
    if call.flag("include_datasets"):
        has = clause_fields.condition(Match("tags", (found,)), context.portal().clock())
        packages = package_queries.changed_last(
            context.session(), [*what_is_public(), has], limit=MOST_PACKAGES, offset=0
        )
        shown["packages"] = [ckan.package(each, base_url()) for each in packages]
    return shown


@reads
def tag_search(call: Call) -> JsonValue:
    """Tags with the letters of `query` (one or a list): `limit` and `offset`."""
    queries = call.words("query") or call.words("q")
    names = [name for name in sorted(_counts(call)) if any(_has(name, each) for each in queries)]
    return {
        "count": len(names),
        "results": [ckan_parts.tag(name) for name in page_of(names, call, default=None)],
    }


@reads
def tag_autocomplete(call: Call) -> JsonValue:
    """Tags with the letters of `query` (or `q`), the commonest first: `limit` (10) and `offset`."""
    typed = call.text("query", "q")
    names = [name for name, _ in _counts(call).most_common() if _has(name, typed)]
    return list(page_of(names, call, default=10))


@reads
def vocabulary_list(call: Call) -> JsonValue:
    """No vocabularies of tags are kept: themes are groups."""
    return []


@reads
def vocabulary_show(call: Call) -> JsonValue:
    """No vocabularies of tags are kept."""
    call.required("id")
    raise TagVocabularyNotFound


def _counts(call: Call) -> Counter[str]:
    if call.text("vocabulary_id"):
        raise TagVocabularyNotFound
    return package_queries.keyword_counts(context.session(), what_is_public())


def _has(name: str, typed: str) -> bool:
    return fold(typed) in fold(name)
