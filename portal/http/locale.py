"""The language of one request: pages by their address, everything else by `lang=`."""

from __future__ import annotations

from flask import g, request

from portal.text import LANGUAGES, Language


def language_of(path: str, asked: str | None) -> Language:
    """Vietnamese unless the address begins with /en or `lang=en` is asked for."""
    if path == "/en" or path.startswith("/en/"):
        return "en"
    return next((each for each in LANGUAGES if each == asked), "vi")


def language() -> Language:
    """The language of this request's answer."""
    if "language" not in g:
        g.language = language_of(request.path, request.args.get("lang"))
    known: Language = g.language
    return known
