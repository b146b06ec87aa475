"""`Dataset.datestamp` when what a record names was changed; the record's own changes move it in the model."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Text, cast, or_, select, update
from sqlalchemy.orm import Session

from portal.catalog.models import (
    Agency,
    Concept,
    Dataset,
    Distribution,
    Place,
    Series,
    State,
    Vocabulary,
    dataset_place,
    dataset_theme,
)

_NAMED_IN = {
    Vocabulary.LICENCE: Dataset.licence_id,
    Vocabulary.FREQUENCY: Dataset.frequency_id,
    Vocabulary.ACCESS_LEVEL: Dataset.access_level_id,
}


def move_datestamps(session: Session, named: Agency | Concept | Place | Series, now: datetime) -> None:
    """Every public record that tells of `named` is another one now. A tombstone names nothing, and a draft gets its
    datestamp when it is published."""
    statement = (
        update(Dataset)
        .where(Dataset.state == State.PUBLISHED, Dataset.datestamp < now, _that_name(named))
        .values(datestamp=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(statement)


def _that_name(named: Agency | Concept | Place | Series) -> ColumnElement[bool]:
    match named:
        case Agency():
            return _of_agency(named)
        case Place():
            placed = select(dataset_place.c.dataset_id).where(dataset_place.c.place_id == named.id)
            return Dataset.id.in_(placed)
        case Series():
            return Dataset.series_id == named.id
        case Concept():
            return _of_concept(named)


def _of_agency(agency: Agency) -> ColumnElement[bool]:
    # A series is told with the agency that keeps it.
    kept = select(Series.id).where(Series.agency_id == agency.id)
    own = (Dataset.agency_id == agency.id, Dataset.supplier_id == agency.id)
    return or_(*own, Dataset.series_id.in_(kept))


def _of_concept(concept: Concept) -> ColumnElement[bool]:
    match concept.vocabulary:
        case Vocabulary.THEME:
            themed = select(dataset_theme.c.dataset_id).where(dataset_theme.c.concept_id == concept.id)
            return Dataset.id.in_(themed)
        case Vocabulary.FORMAT:
            return Dataset.id.in_(select(Distribution.dataset_id).where(Distribution.format_id == concept.id))
        case Vocabulary.LANGUAGE:
            # Kept in datasets as codes, without a reference.
            return cast(Dataset.languages, Text).contains(f'"{concept.code}"', autoescape=True)
        case _:
            return _NAMED_IN[concept.vocabulary] == concept.id
