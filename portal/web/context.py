"""One request as pages see it: its language, its read session, and what settings say."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.http import context
from portal.http.locale import language
from portal.search.engines.base import Reader
from portal.text import Language

__all__ = ["Visit", "language", "visit"]


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page is made from."""

    session: Session
    engine: Reader
    language: Language
    base_url: str
    hide_illustrative: bool


def visit() -> Visit:
    """The present request."""
    portal = context.portal()
    return Visit(
        session=context.session(),
        engine=portal.search,
        language=language(),
        base_url=portal.settings.public_url,
        hide_illustrative=portal.settings.hide_illustrative,
    )
