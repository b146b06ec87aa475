"""Feeds in RSS 2.0, for readers and sites that know no Atom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape

from portal.clock import city_time
from portal.exchange import atom
from portal.exchange.feeds import Entry, Feed, last_updated
from portal.exchange.xml import Element, child, document, root

MEDIA_TYPE = "application/rss+xml"
_DC = "http://purl.org/dc/elements/1.1/"
_NAMESPACES: dict[str | None, str] = {"atom": "http://www.w3.org/2005/Atom", "dc": _DC}


def write(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """The feed as UTF-8 XML, items in the order given."""
    made = root("rss", _NAMESPACES, version="2.0")
    channel = child(made, "channel")
    child(channel, "title", feed.title)
    child(channel, "link", feed.page_url)
    child(channel, "description", feed.title)
    child(channel, "language", feed.language)
    child(channel, "lastBuildDate", _written(last_updated(entries)))
    atom.link(channel, "self", feed.url, MEDIA_TYPE)
    for each in entries:
        _item(channel, each, feed)
    return document(made)


def _item(channel: Element, told: Entry, feed: Feed) -> None:
    item = child(channel, "item")
    child(item, "title", told.title)
    child(item, "link", told.page_url)
    # A version's name is not where it is read.
    child(item, "guid", told.identity, isPermaLink="false")
    child(item, "pubDate", _written(told.updated))
    # RSS wants a mail address in its own author; the name alone has its place in Dublin Core.
    child(item, f"{{{_DC}}}creator", told.author or feed.author)
    for each in told.categories:
        child(item, "category", each.label)
    # Read as HTML, where the words must stay words.
    child(item, "description", escape(told.summary, quote=False))


def _written(instant: datetime) -> str:
    return format_datetime(city_time(instant))
