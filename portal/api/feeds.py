"""Feeds: a search that can be followed with any feed reader."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request

from portal import links
from portal.catalog import queries
from portal.exchange import atom
from portal.exchange.atom import Feed, Summary
from portal.http import context, locale
from portal.http.answers import degraded, public
from portal.search import highlight, service
from portal.search.request import SearchRequest
from portal.text import LocalizedText

blueprint = Blueprint("feeds", __name__)

ENTRIES = 50
_PORTAL = LocalizedText("Dữ liệu mở Đà Nẵng", "Da Nang Open Data")
_EVERYTHING = LocalizedText("Bộ dữ liệu mới nhất", "Newest datasets")


@blueprint.route("/feeds/search.atom")
def search() -> Response:
    """The datasets of a search, last modified first; parameters as on the page of the search."""
    language, settings = locale.language(), context.portal().settings
    asked = replace(SearchRequest.from_args(request.args, language=language), page=1, sort="relevance")
    found = service.search(
        replace(asked, sort="modified", page_size=ENTRIES),
        engine=context.portal().search,
        session=context.session(),
        hide_illustrative=settings.hide_illustrative,
        facets=(),
    )
    if found.degraded:
        degraded()
    cards = queries.cards(context.session(), [hit.dataset_id for hit in found.items])
    shown = [cards[hit.dataset_id] for hit in found.items if hit.dataset_id in cards]
    parameters = replace(asked, page_size=SearchRequest().page_size).to_query_string()
    feed = Feed(
        title=f"{asked.text or _EVERYTHING.in_language(language)} – {_PORTAL.in_language(language)}",
        author=_PORTAL.in_language(language),
        path=links.search_feed(parameters, language),
        page_path=f"{links.page('datasets', language)}?{parameters}".rstrip("?"),
        language=language,
        base_url=settings.public_url,
    )
    entries = [Summary(each, highlight.plain(each.description.in_language(language))) for each in shown]
    entries.sort(key=lambda each: atom.updated(each.dataset), reverse=True)
    body = atom.write(feed, entries)
    return public(Response(body, content_type=f"{atom.MEDIA_TYPE}; charset=utf-8"))
