"""One request as pages see it: its language, its read session, and what settings say."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from sqlalchemy.orm import Session

from portal.text import Language


def language() -> Language:
    """The language that the address names: English under /en, Vietnamese elsewhere."""
    return "en" if request.path == "/en" or request.path.startswith("/en/") else "vi"


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page is made from."""

    session: Session
    language: Language
    base_url: str
    hide_illustrative: bool


def visit() -> Visit:
    """The present request."""
    made: Visit = current_app.extensions["visit"]()
    return made
