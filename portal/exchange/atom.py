"""Atom feeds (RFC 4287) of datasets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from xml.etree import ElementTree

from portal import links
from portal.catalog.models import Dataset, When
from portal.clock import CITY_ZONE, city_time
from portal.text import Language, LocalizedText

MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# What XML 1.0 cannot hold at all.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SUMMARY_LETTERS = 500
_ILLUSTRATIVE = LocalizedText("Minh họa", "Illustrative")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

ElementTree.register_namespace("", _ATOM)


@dataclass(frozen=True, slots=True)
class Feed:
    """What is followed. `path` is the feed's own address and its identity, `page_path` the page for people.
    `author` answers for entries whose agency is not known."""

    title: str
    author: str
    path: str
    page_path: str
    language: Language
    base_url: str


@dataclass(frozen=True, slots=True)
class Summary:
    """An entry's text: plain words."""

    dataset: Dataset
    text: str


def updated(dataset: Dataset) -> datetime:
    """When a dataset last changed, by its own account, else by the portal's. A day begins at midnight in the
    city."""
    return _instant(dataset.modified) or dataset.published_at or _instant(dataset.issued) or _BEGINNING


def write(feed: Feed, entries: Sequence[Summary]) -> bytes:
    """The feed as UTF-8 XML, entries in the order given; datasets as `queries.with_card` loads them."""
    root = ElementTree.Element(_name("feed"), {_XML_LANG: feed.language})
    _add(root, "id", links.absolute(feed.base_url, feed.path))
    _add(root, "title", feed.title)
    _add(root, "updated", _written(max((updated(each.dataset) for each in entries), default=_BEGINNING)))
    _add(ElementTree.SubElement(root, _name("author")), "name", feed.author)
    _link(root, "self", links.absolute(feed.base_url, feed.path), MEDIA_TYPE)
    _link(root, "alternate", links.absolute(feed.base_url, feed.page_path), "text/html")
    for each in entries:
        _entry(root, each, feed)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _entry(root: ElementTree.Element, summary: Summary, feed: Feed) -> None:
    dataset, language = summary.dataset, feed.language
    entry = ElementTree.SubElement(root, _name("entry"))
    # The persistent address: the same whatever becomes of slug and title.
    _add(entry, "id", links.absolute(feed.base_url, links.dataset_id(dataset.uuid)))
    _add(entry, "title", dataset.title.in_language(language))
    _add(entry, "updated", _written(updated(dataset)))
    if dataset.published_at:
        _add(entry, "published", _written(dataset.published_at))
    agency = dataset.agency.name.in_language(language) if dataset.agency else dataset.agency_text
    if agency:
        _add(ElementTree.SubElement(entry, _name("author")), "name", agency)
    page = links.absolute(feed.base_url, links.dataset_page(dataset.slug, language))
    _link(entry, "alternate", page, "text/html")
    record = links.absolute(feed.base_url, links.api("datasets", dataset.slug))
    _link(entry, "related", record, "application/json")
    for theme in dataset.themes:
        _category(entry, theme.code, theme.label.in_language(language))
    if dataset.illustrative:
        _category(entry, "illustrative", _ILLUSTRATIVE.in_language(language))
    text = summary.text[:_SUMMARY_LETTERS]
    mark = f"[{_ILLUSTRATIVE.in_language(language)}] " if dataset.illustrative else ""
    # An entry without content needs a summary; the title is the least that can be said.
    _add(entry, "summary", f"{mark}{text or dataset.title.in_language(language)}")
    if dataset.licence:
        _add(entry, "rights", dataset.licence.label.in_language(language))


def _name(tag: str) -> str:
    return f"{{{_ATOM}}}{tag}"


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, _name(tag)).text = _UNWRITABLE.sub("", text)


def _link(parent: ElementTree.Element, relation: str, url: str, media_type: str) -> None:
    ElementTree.SubElement(parent, _name("link"), {"rel": relation, "type": media_type, "href": url})


def _category(parent: ElementTree.Element, term: str, label: str) -> None:
    ElementTree.SubElement(parent, _name("category"), {"term": term, "label": _UNWRITABLE.sub("", label)})


def _written(instant: datetime) -> str:
    return city_time(instant).isoformat(timespec="seconds")


def _instant(when: When | None) -> datetime | None:
    if when is None or isinstance(when, datetime):
        return when
    return datetime.combine(when, time(), CITY_ZONE)
