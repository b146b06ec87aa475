"""Feeds: the catalogue, an agency, a theme, a place, a search or one dataset, followed with any feed reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, Response, request

from portal import links
from portal.catalog import public_queries, queries
from portal.catalog.models import Dataset, Vocabulary
from portal.catalog.services.datasets import visible
from portal.errors import NotFound
from portal.exchange import atom, feeds, rss
from portal.exchange.feeds import Entry, Feed
from portal.http import context, locale
from portal.http.answers import degraded, public
from portal.search import highlight, service
from portal.search.request import SearchRequest
from portal.text import Language, LocalizedText

blueprint = Blueprint("feeds", __name__)

ENTRIES = 50
_PORTAL = LocalizedText("Dữ liệu mở Đà Nẵng", "Da Nang Open Data")
_EVERYTHING = LocalizedText("Bộ dữ liệu mới nhất", "Newest datasets")
_VERSIONS = LocalizedText("Thay đổi của: ", "Changes of: ")
Writer = Callable[[Feed, Sequence[Entry]], bytes]
_WRITERS: dict[str, tuple[str, Writer]] = {
    "atom": (atom.MEDIA_TYPE, atom.write),
    "rss": (rss.MEDIA_TYPE, rss.write),
}
_FORM = "<any(atom,rss):form>"


@blueprint.route(f"/feeds/datasets.{_FORM}")
def everything(form: str) -> Response:
    """All datasets, the record that changed last first."""
    feed = _feed(
        _EVERYTHING.in_language(locale.language()), "datasets", form, links.page("home", _language())
    )
    return _changed_last(feed, form, None)


@blueprint.route(f"/feeds/agency/<reference>.{_FORM}")
def agency(reference: str, form: str) -> Response:
    """The datasets of one agency."""
    found = queries.agency(context.session(), reference)
    if found is None:
        raise NotFound
    page = links.agency_page(found.slug, _language())
    feed = _feed(found.name.in_language(_language()), f"agency/{found.slug}", form, page)
    return _changed_last(feed, form, found)


@blueprint.route(f"/feeds/theme/<code>.{_FORM}")
def theme(code: str, form: str) -> Response:
    """The datasets of one theme."""
    found = queries.concept(context.session(), Vocabulary.THEME, code)
    if found is None:
        raise NotFound
    page = links.theme_page(found.code, _language())
    return _changed_last(
        _feed(found.label.in_language(_language()), f"theme/{code}", form, page), form, found
    )


@blueprint.route(f"/feeds/place/<reference>.{_FORM}")
def place(reference: str, form: str) -> Response:
    """The datasets about one place."""
    found = queries.place(context.session(), reference)
    if found is None:
        raise NotFound
    page = links.place_page(found.slug, _language())
    feed = _feed(found.name.in_language(_language()), f"place/{found.slug}", form, page)
    return _changed_last(feed, form, found)


@blueprint.route(f"/feeds/dataset/<reference>.{_FORM}")
def dataset(reference: str, form: str) -> Response:
    """What changed in one dataset: its public versions."""
    session, hide = context.session(), context.portal().settings.hide_illustrative
    found = visible(session, context.actor(), reference, hide_illustrative=hide)
    title = f"{_VERSIONS.in_language(_language())}{found.title.in_language(_language())}"
    page = links.dataset_page(found.slug, _language())
    feed = _feed(title, f"dataset/{found.slug}", form, page)
    # One more than is told, to know what the oldest told one changed.
    revisions = public_queries.newest_revisions(session, found.id, limit=ENTRIES + 1)
    return _send(feed, form, feeds.version_entries(found, revisions, feed)[:ENTRIES])


@blueprint.route(f"/feeds/search.{_FORM}")
def search(form: str) -> Response:
    """The datasets of a search, last modified first; parameters as on the page of the search."""
    language = locale.language()
    asked = replace(SearchRequest.from_args(request.args, language=language), page=1, sort="relevance")
    parameters = replace(asked, page_size=SearchRequest().page_size).to_query_string()
    page = f"{links.page('datasets', language)}?{parameters}".rstrip("?")
    title = asked.text or _EVERYTHING.in_language(language)
    feed = replace(_feed(title, "search", form, page), path=links.search_feed(parameters, language, form))
    entries = [_entry(each, feed, feeds.said_updated(each)) for each in _found(asked)]
    return _send(feed, form, sorted(entries, key=lambda each: each.updated, reverse=True))


def _entry(dataset: Dataset, feed: Feed, updated: datetime) -> Entry:
    text = highlight.plain(dataset.description.in_language(feed.language))
    return feeds.dataset_entry(dataset, feed, text=text, updated=updated)


def _found(asked: SearchRequest) -> list[Dataset]:
    session = context.session()
    found = service.search(
        replace(asked, sort="modified", page_size=ENTRIES),
        engine=context.portal().search,
        session=session,
        hide_illustrative=context.portal().settings.hide_illustrative,
        facets=(),
    )
    if found.degraded:
        degraded()
    cards = queries.cards(session, [hit.dataset_id for hit in found.items])
    return [cards[hit.dataset_id] for hit in found.items if hit.dataset_id in cards]


def _feed(title: str, name: str, form: str, page_path: str) -> Feed:
    portal_name = _PORTAL.in_language(_language())
    return Feed(
        title=f"{title} – {portal_name}",
        author=portal_name,
        path=links.feed(name, form, _language()),
        page_path=page_path,
        language=_language(),
        base_url=context.portal().settings.public_url,
    )


def _changed_last(feed: Feed, form: str, within: queries.Scope | None) -> Response:
    """By when the record changed here: what is published today is new, however old its data say they are."""
    shown = public_queries.changed_last(
        context.session(),
        limit=ENTRIES,
        hide_illustrative=context.portal().settings.hide_illustrative,
        within=within,
    )
    return _send(feed, form, [_entry(each, feed, each.updated_at) for each in shown])


def _send(feed: Feed, form: str, entries: Sequence[Entry]) -> Response:
    media_type, write = _WRITERS[form]
    return public(Response(write(feed, entries), content_type=f"{media_type}; charset=utf-8"))


def _language() -> Language:
    return locale.language()
