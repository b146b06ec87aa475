"""Sitemaps (sitemaps.org 0.9): every page with its twin in the other language and when it last changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from portal import links
from portal.exchange.xml import child, document, root
from portal.text import LANGUAGES, Language

MEDIA_TYPE = "application/xml"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: its path in every language, and when what it shows last changed, if that is known."""

    paths: Mapping[Language, str]
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One sitemap of the index."""

    path: str
    changed: datetime | None


def index(parts: Iterable[Part], base_url: str) -> bytes:
    """The list of sitemaps."""
    made = root(_name("sitemapindex"), {None: _SITEMAP})
    for each in parts:
        part = child(made, _name("sitemap"))
        child(part, _name("loc"), links.absolute(base_url, each.path))
        if each.changed:
            child(part, _name("lastmod"), _written(each.changed))
    return document(made)


def pages(listed: Iterable[Listed], base_url: str) -> bytes:
    """One sitemap; every page names all its languages, itself too."""
    made = root(_name("urlset"), {None: _SITEMAP, "xhtml": _XHTML})
    for each in listed:
        urls = {language: links.absolute(base_url, each.paths[language]) for language in LANGUAGES}
        for url in urls.values():
            page = child(made, _name("url"))
            child(page, _name("loc"), url)
            if each.changed:
                child(page, _name("lastmod"), _written(each.changed))
            for language, twin in (*urls.items(), ("x-default", urls["vi"])):
                child(page, f"{{{_XHTML}}}link", rel="alternate", hreflang=language, href=twin)
    return document(made)


def _name(tag: str) -> str:
    return f"{{{_SITEMAP}}}{tag}"


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
