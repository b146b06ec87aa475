"""The language of one request: pages by their address, everything else by `lang=`."""

from __future__ import annotations

from flask import g, request

from portal.text import Language

_ASKED_PATHS = ("/api/", "/dataset/", "/health/", "/feeds/", "/id/", "/opensearch.xml", "/tai-ve/")


def language_of(path: str, asked: str | None) -> Language:
    """Vietnamese, but English for pages under /en, and for machines' addresses with `lang=en`."""
    if path.startswith(_ASKED_PATHS):
        return "en" if asked == "en" else "vi"
    return "en" if path == "/en" or path.startswith("/en/") else "vi"


def language() -> Language:
    """The language of this request's answer."""
    if "language" not in g:
        g.language = language_of(request.path, request.args.get("lang"))
    known: Language = g.language
    return known
