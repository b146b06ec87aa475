"""Feeds in Atom (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.clock import city_time
from portal.exchange.feeds import Entry, Feed, last_updated
from portal.exchange.xml import XML_LANG, Element, child, document, root

MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"


def write(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """The feed as UTF-8 XML, entries in the order given."""
    made = root(_name("feed"), {None: _ATOM}, **{XML_LANG: feed.language})
    _add(made, "id", feed.url)
    _add(made, "title", feed.title)
    _add(made, "updated", _written(last_updated(entries)))
    _add(child(made, _name("author")), "name", feed.author)
    link(made, "self", feed.url, MEDIA_TYPE)
    link(made, "alternate", feed.page_url, "text/html")
    for each in entries:
        _entry(made, each)
    return document(made)


def link(parent: Element, relation: str, url: str, media_type: str) -> None:
    """A link as Atom has it; RSS borrows it to name itself."""
    child(parent, _name("link"), rel=relation, type=media_type, href=url)


def _entry(made: Element, told: Entry) -> None:
    entry = child(made, _name("entry"))
    _add(entry, "id", told.identity)
    _add(entry, "title", told.title)
    _add(entry, "updated", _written(told.updated))
    if told.published:
        _add(entry, "published", _written(told.published))
    if told.author:
        _add(child(entry, _name("author")), "name", told.author)
    link(entry, "alternate", told.page_url, "text/html")
    link(entry, "related", told.record_url, "application/json")
    for each in told.categories:
        child(entry, _name("category"), term=each.code, label=each.label)
    _add(entry, "summary", told.summary)
    if told.rights:
        _add(entry, "rights", told.rights)


def _name(tag: str) -> str:
    return f"{{{_ATOM}}}{tag}"


def _add(parent: Element, tag: str, text: str) -> None:
    child(parent, _name(tag), text)


def _written(instant: datetime) -> str:
    return city_time(instant).isoformat(timespec="seconds")
