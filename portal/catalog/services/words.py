"""The words that searches are understood with: added, changed and silenced, by administrators alone."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from sqlalchemy.orm import Session

from portal.catalog import queries
from portal.catalog.actors import Actor
from portal.catalog.changes import record_change
from portal.catalog.models import Word, WordKind
from portal.catalog.policies import require_administrator
from portal.database import flush_unique
from portal.errors import Conflict, Invalid, NotFound
from portal.text import LocalizedText

_MOST_DIGITS = 9


class WordFields(TypedDict, total=False):
    """What is said of a word. What is absent stays as it is."""

    term: str
    kind: WordKind
    alternative: str
    weight: float | None
    both_ways: bool
    active: bool
    note: str


class WordNotFound(NotFound):
    """No word has this id."""

    message = LocalizedText("Không có từ này trong bảng từ.", "There is no such word.")


class WordTaken(Conflict):
    """The table has this pair already: creating never updates."""

    message = LocalizedText("Bảng từ đã có cặp từ này.", "The table has this pair of words already.")


class AlternativeMisplaced(Invalid):
    """A filler stands alone, every other word for another."""

    message = LocalizedText(
        "Từ đệm không có từ thay thế; các loại từ khác phải có.",
        "A filler has no alternative; every other kind needs one.",
    )


def find_word(session: Session, word_id: str) -> Word:
    """By its number, as it stands in an address. Raises WordNotFound."""
    is_number = word_id.isascii() and word_id.isdecimal() and len(word_id) <= _MOST_DIGITS
    word = session.get(Word, int(word_id)) if is_number else None
    if word is None:
        raise WordNotFound
    return word


def create_word(session: Session, actor: Actor, fields: WordFields, now: datetime) -> Word:
    """A new pair of words, or a filler. Raises AdministratorsOnly, AlternativeMisplaced, WordTaken."""
    require_administrator(actor)
    word = Word(alternative="", weight=None, both_ways=False, active=True, note="")
    _apply(word, fields)
    if queries.has_word(session, word.kind, word.term, word.alternative):
        raise WordTaken
    session.add(word)
    flush_unique(session, WordTaken())
    _keep(session, actor, word, "create", now)
    return word


def update_word(session: Session, actor: Actor, word: Word, fields: WordFields, now: datetime) -> Word:
    """Changes what is given. Raises AdministratorsOnly, AlternativeMisplaced, WordTaken."""
    require_administrator(actor)
    _apply(word, fields)
    if session.is_modified(word):
        flush_unique(session, WordTaken())
        _keep(session, actor, word, "update", now)
    return word


def _apply(word: Word, fields: WordFields) -> None:
    for name, value in fields.items():
        if getattr(word, name) != value:
            setattr(word, name, value)
    if (word.kind is WordKind.FILLER) == bool(word.alternative):
        raise AlternativeMisplaced(fields={"alternative": AlternativeMisplaced.message})


def _keep(session: Session, actor: Actor, word: Word, action: str, now: datetime) -> None:
    session.flush()
    record_change(session, word, action=action, is_public=True, actor=actor.name, at=now)
