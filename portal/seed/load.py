"""Stores what the portal is born with: vocabularies, agencies, places, words; what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.catalog import queries
from portal.catalog.actors import SYSTEM
from portal.catalog.changes import catalogue_info, record_change
from portal.catalog.models import Agency, Concept, Place, PlaceSuccession, Vocabulary, Word
from portal.seed.lexicon import LexiconRow, load_lexicon
from portal.seed.vocabularies import (
    AgencyRow,
    ConceptRow,
    PlaceRow,
    SuccessionRow,
    load_agencies,
    load_concepts,
    load_places,
    load_successions,
)


def load_base(session: Session, folder: Path, now: datetime) -> int:
    """Adds the rows of `folder` (`datasets/`) that the catalogue does not have; answers how many."""
    catalogue_info(session)
    places = load_places(folder)
    added: list[Concept | Place | Agency] = []
    added += _add_concepts(session, load_concepts(folder))
    added += _add_places(session, places, load_successions(folder, places))
    added += _add_agencies(session, load_agencies(folder), now)
    for each in added:
        record_change(session, each, action="create", is_public=True, actor=SYSTEM.name, at=now)
    return len(added) + _add_words(session, load_lexicon(folder), now)


def _add_words(session: Session, rows: Iterable[LexiconRow], now: datetime) -> int:
    """Words are many and read as one table: one change and no entries of the trail tell of all of them."""
    known = {(each.kind, each.term, each.alternative) for each in queries.words(session)}
    added = [
        {
            "kind": row.word.kind,
            "term": row.word.term,
            "alternative": row.word.alternative,
            "weight": row.word.weight,
            "both_ways": row.word.both_ways,
            "note": row.note,
            "active": True,
            "version": 1,
        }
        for row in rows
        if (row.word.kind, row.word.term, row.word.alternative) not in known
    ]
    if added:
        session.execute(insert(Word), added)
        last = queries.words(session)[-1]
        record_change(session, last, action="create", is_public=False, actor=SYSTEM.name, at=now)
    return len(added)


def _add_concepts(session: Session, rows: Iterable[ConceptRow]) -> list[Concept]:
    known = {(each.vocabulary, each.code) for name in Vocabulary for each in queries.concepts(session, name)}
    added = [
        Concept(
            vocabulary=row.vocabulary,
            code=row.code,
            label=row.label,
            description=row.description,
            exact_match=row.exact_match,
            also=list(row.also),
            facts=dict(row.facts),
            position=row.position,
        )
        for row in rows
        if (row.vocabulary, row.code) not in known
    ]
    session.add_all(added)
    return added


def _add_places(
    session: Session, rows: Iterable[PlaceRow], successions: Iterable[SuccessionRow]
) -> list[Place]:
    by_code = {place.code: place for place in queries.places(session)}
    added = [
        Place(
            code=row.code,
            official_code=row.official_code,
            slug=row.slug,
            name=row.name,
            kind=row.kind,
            parent_code=row.parent_code,
            latitude=row.latitude,
            longitude=row.longitude,
            area_km2=row.area_km2,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in rows
        if row.code not in by_code
    ]
    session.add_all(added)
    new = {place.code: place for place in added}
    session.add_all(
        PlaceSuccession(old=old, new=by_code.get(row.new_code) or new[row.new_code], how=row.how)
        for row in successions
        if (old := new.get(row.old_code))
    )
    return added


def _add_agencies(session: Session, rows: Iterable[AgencyRow], now: datetime) -> list[Agency]:
    by_slug = {agency.slug: agency for agency in queries.agencies(session)}
    session.flush()
    places = {place.code: place.id for place in queries.places(session)}
    added = []
    for row in rows:
        if row.slug in by_slug:
            continue
        agency = Agency(
            # The same body has the same id in every portal, so that records can move between them.
            uuid=uuid5(NAMESPACE_URL, f"agency/{row.slug}"),
            slug=row.slug,
            name=row.name,
            kind=row.kind,
            parent=by_slug.get(row.parent or ""),
            place_id=places.get(row.place_code or ""),
            acronyms=list(row.acronyms),
            former_names=list(row.former_names),
            source=row.source,
            created_at=now,
            updated_at=now,
        )
        by_slug[row.slug] = agency
        added.append(agency)
    session.add_all(added)
    return added
