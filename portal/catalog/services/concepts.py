"""Concepts: made, changed and, while nothing refers to them, deleted; by administrators alone."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.catalog import queries
from portal.catalog.actors import Actor
from portal.catalog.changes import record_change
from portal.catalog.datestamps import move_datestamps
from portal.catalog.models import Concept, Vocabulary
from portal.catalog.policies import require_administrator
from portal.database import flush_unique
from portal.errors import Conflict, Invalid, NotFound
from portal.text import LocalizedText

_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,98}[A-Za-z0-9+])?")


class ConceptFields(TypedDict, total=False):
    """What is said of a concept. What is absent stays as it is; None or empty clears it."""

    label_vi: str
    label_en: str | None
    description_vi: str
    description_en: str | None
    exact_match: str | None
    also: list[str]
    facts: dict[str, Any]
    position: int


class ConceptNotFound(NotFound):
    """No such word, or no such vocabulary."""

    message = LocalizedText("Không có mục từ này trong danh mục.", "There is no such concept.")


class LabelMissing(Invalid):
    """A concept needs a label in Vietnamese."""

    message = LocalizedText("Mục từ cần có nhãn.", "A concept needs a label.")


class CodeInvalid(Invalid):
    """It stands in addresses and in records."""

    message = LocalizedText(
        "Chỉ gồm chữ cái không dấu, chữ số và . _ + - ở giữa, nhiều nhất 100 ký tự.",
        "Only plain letters, digits and . _ + - inside, at most 100 characters.",
    )


class CodeTaken(Conflict):
    """The vocabulary has it already: creating never updates."""

    message = LocalizedText("Danh mục đã có mã này.", "The vocabulary has this code already.")


class ConceptInUse(Conflict):
    """Datasets or files refer to it."""

    message = LocalizedText(
        "Mục từ này còn được bộ dữ liệu hoặc tệp sử dụng nên chưa xóa được.",
        "Datasets or files still use this concept, so it cannot be deleted.",
    )


def vocabulary_named(name: str) -> Vocabulary:
    """Raises ConceptNotFound."""
    try:
        return Vocabulary(name)
    except ValueError:
        raise ConceptNotFound from None


def find_concept(session: Session, vocabulary: Vocabulary, code: str) -> Concept:
    """Raises ConceptNotFound."""
    concept = queries.concept(session, vocabulary, code)
    if concept is None:
        raise ConceptNotFound
    return concept


def create_concept(
    session: Session, actor: Actor, vocabulary: Vocabulary, code: str, fields: ConceptFields, now: datetime
) -> Concept:
    """A new word. Raises AdministratorsOnly, CodeInvalid, CodeTaken, LabelMissing."""
    require_administrator(actor)
    if not _CODE.fullmatch(code):
        raise CodeInvalid(fields={"code": CodeInvalid.message})
    if queries.concept(session, vocabulary, code) is not None:
        raise CodeTaken(fields={"code": CodeTaken.message})
    concept = Concept(
        vocabulary=vocabulary, code=code, label_vi="", description_vi="", also=[], facts={}, position=0
    )
    _apply(concept, fields)
    session.add(concept)
    flush_unique(session, CodeTaken())
    _keep(session, actor, concept, "create", now)
    return concept


def update_concept(
    session: Session, actor: Actor, concept: Concept, fields: ConceptFields, now: datetime
) -> Concept:
    """Changes what is given. Raises AdministratorsOnly, LabelMissing."""
    require_administrator(actor)
    before = _told(concept)
    _apply(concept, fields)
    if session.is_modified(concept):
        _keep(session, actor, concept, "update", now)
        if _told(concept) != before:
            move_datestamps(session, concept, now)
    return concept


def delete_concept(session: Session, actor: Actor, concept: Concept, now: datetime) -> None:
    """Raises AdministratorsOnly, ConceptInUse."""
    require_administrator(actor)
    # Languages are kept in datasets as codes, without a reference that the database could see.
    if concept.vocabulary is Vocabulary.LANGUAGE and queries.language_is_used(session, concept.code):
        raise ConceptInUse
    record_change(session, concept, action="delete", is_public=True, actor=actor.name, at=now)
    try:
        with session.begin_nested():
            session.delete(concept)
            session.flush()
    except IntegrityError as error:
        raise ConceptInUse from error


def _apply(concept: Concept, fields: ConceptFields) -> None:
    if not fields.get("label_vi", concept.label_vi):
        raise LabelMissing(fields={"label": LabelMissing.message})
    for name, value in fields.items():
        if getattr(concept, name) != value:
            setattr(concept, name, value)


def _told(concept: Concept) -> tuple[object, ...]:
    """What of it stands in records, as harvesters are told them."""
    return concept.label_vi, concept.label_en, concept.exact_match, concept.facts


def _keep(session: Session, actor: Actor, concept: Concept, action: str, now: datetime) -> None:
    session.flush()
    record_change(session, concept, action=action, is_public=True, actor=actor.name, at=now)
