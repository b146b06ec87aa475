"""The glossary of a catalogue: its tables of words, and its places under the names that they had and have."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalog import queries
from portal.catalog.models import ObjectKind, Place, PlaceSuccession
from portal.search.gazetteer import Unit, names_and_words
from portal.search.words import Glossary, WordRow

KINDS = frozenset({ObjectKind.WORD, ObjectKind.PLACE})
"""Changes of these may change the glossary."""


def load_glossary(session: Session) -> Glossary:
    """Three statements, however many words there are."""
    places, of_places = names_and_words(_units(session))
    words = tuple(
        WordRow(word.term, word.kind, word.alternative, word.weight, word.both_ways)
        for word in queries.words(session)
        if word.active
    )
    return Glossary(words + of_places, places)


def _units(session: Session) -> list[Unit]:
    rows = session.execute(
        select(Place.id, Place.code, Place.name_vi, Place.parent_code, Place.valid_until).order_by(Place.id)
    ).all()
    codes = {row.id: row.code for row in rows}
    successors: dict[int, list[str]] = defaultdict(list)
    steps = select(PlaceSuccession.old_id, PlaceSuccession.new_id)
    for old, new in session.execute(steps.order_by(PlaceSuccession.old_id, PlaceSuccession.new_id)):
        successors[old].append(codes[new])
    return [
        Unit(row.code, row.name_vi, row.parent_code, row.valid_until is None, tuple(successors[row.id]))
        for row in rows
    ]
