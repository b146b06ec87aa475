"""Reads of the catalogue: every `select` that doors and followers use, each a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Row, Select, Text, cast, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from portal.catalog.models import (
    Agency,
    Concept,
    Dataset,
    Distribution,
    FileVersion,
    Place,
    PlaceSuccession,
    Revision,
    Series,
    State,
    Vocabulary,
    Word,
    WordKind,
    dataset_place,
    dataset_theme,
)
from portal.text import LocalizedText

PUBLIC_STATES = (State.PUBLISHED,)


def with_everything(query: Select[Dataset]) -> Select[Dataset]:
    """Loads all that a dataset's full form needs, one statement per relationship."""
    return query.options(
        selectinload(Dataset.agency),
        selectinload(Dataset.supplier),
        selectinload(Dataset.themes),
        selectinload(Dataset.places),
        selectinload(Dataset.frequency),
        selectinload(Dataset.licence),
        selectinload(Dataset.access_level),
        selectinload(Dataset.series).options(joinedload(Series.agency)),
        selectinload(Dataset.replacement),
        selectinload(Dataset.distributions).options(
            selectinload(Distribution.format), selectinload(Distribution.file_versions)
        ),
    )


def with_card(query: Select[Dataset]) -> Select[Dataset]:
    """Loads what a card in a list shows."""
    return query.options(
        # The largest values of a record, and no card shows them.
        defer(Dataset.extras, raiseload=True),
        selectinload(Dataset.agency),
        selectinload(Dataset.themes),
        selectinload(Dataset.places),
        selectinload(Dataset.frequency),
        selectinload(Dataset.licence),
        selectinload(Dataset.distributions).options(
            defer(Distribution.columns, raiseload=True), selectinload(Distribution.format)
        ),
    )


def is_visible(*, hide_illustrative: bool) -> list[ColumnElement[bool]]:
    """Conditions that hold for datasets that anonymous readers may see."""
    return _visible(Dataset.state.expression, hide_illustrative=hide_illustrative)


def are_visible(
    ids: Sequence[int] | BindParameter[Sequence[int]], *, hide_illustrative: bool
) -> list[ColumnElement[bool]]:
    """Conditions that hold for those of `ids` that anonymous readers may see."""
    # SQLite does not know how many datasets are published, and would rather go through all of them (20 ms at
    # 100,000) than look up a few ids; an expression has no index that it could go through.
    state = func.coalesce(Dataset.state, State.DRAFT)
    return [Dataset.id.in_(ids), *_visible(state, hide_illustrative=hide_illustrative)]


def _visible(state: ColumnElement[State], *, hide_illustrative: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [state.in_(PUBLIC_STATES)]
    if hide_illustrative:
        conditions.append(Dataset.illustrative.is_(False))
    return conditions


def dataset_by_reference(session: Session, reference: str) -> Dataset | None:
    """The dataset with this slug or uuid, in whatever state, with everything; policies decide who sees it."""
    dataset = bare_dataset(session, reference)
    return load_everything(session, dataset) if dataset else None


def bare_dataset(session: Session, reference: str) -> Dataset | None:
    """The row with this slug or uuid, in whatever state, and the one that replaces it; nothing else of it."""
    uuid = as_uuid(reference)
    condition = (
        Dataset.slug == reference if uuid is None else or_(Dataset.uuid == uuid, Dataset.slug == reference)
    )
    return session.scalars(
        select(Dataset).where(condition).options(selectinload(Dataset.replacement))
    ).first()


def load_everything(session: Session, dataset: Dataset) -> Dataset:
    """The same dataset with all that its full form needs."""
    query = with_everything(select(Dataset).where(Dataset.id == dataset.id))
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def dataset_again(session: Session, uuid: UUID) -> Dataset | None:
    """The dataset as the database has it now: what the session holds of it is read anew."""
    query = with_everything(select(Dataset).where(Dataset.uuid == uuid))
    return session.scalars(query.execution_options(populate_existing=True)).first()


def datasets_by_identifier(session: Session, identifier: str) -> Sequence[Dataset]:
    """Public datasets with this identifier, their own or that of their source; cards."""
    query = select(Dataset).where(
        or_(Dataset.identifier == identifier, Dataset.other_identifier == identifier),
        Dataset.state.in_(PUBLIC_STATES),
    )
    return session.scalars(with_card(query).order_by(Dataset.id)).all()


def cards(session: Session, ids: Sequence[int]) -> dict[int, Dataset]:
    """Public datasets by id with what a card shows; ids that are not public are absent."""
    query = with_card(select(Dataset).where(*are_visible(ids, hide_illustrative=False)))
    return {dataset.id: dataset for dataset in session.scalars(query)}


Scope = Agency | Concept | Place
"""What a list of datasets may be about: an agency's, a theme's, a place's."""


def within_scope(query: Select[Any], scope: Scope | None) -> Select[Any]:
    """The datasets of `query` that belong to `scope`."""
    match scope:
        case Agency():
            return query.where(Dataset.agency_id == scope.id)
        case Concept():
            return query.join(dataset_theme).where(dataset_theme.c.concept_id == scope.id)
        case Place():
            return query.join(dataset_place).where(dataset_place.c.place_id == scope.id)
        case None:
            return query


def newest(
    session: Session, *, limit: int, hide_illustrative: bool, within: Scope | None = None
) -> Sequence[Dataset]:
    """The public datasets that changed last, real ones before illustrative ones, then those that do not say
    when; cards."""
    query = select(Dataset).where(*is_visible(hide_illustrative=hide_illustrative))
    order = (
        Dataset.modified.is_(None),
        Dataset.illustrative,
        Dataset.modified.desc(),
        Dataset.id,
    )
    return session.scalars(with_card(within_scope(query, within).order_by(*order).limit(limit))).all()


def public_revision_count(session: Session, dataset_id: int) -> int:
    """How many versions of a dataset anonymous readers could see."""
    query = select(func.count()).where(Revision.dataset_id == dataset_id, Revision.is_public)
    return session.scalar(query) or 0


def datasets_for_import(
    session: Session, identifiers: Sequence[str], uuids: Sequence[UUID] = ()
) -> dict[str, Dataset]:
    """Stored datasets with one of these identifiers or ids, by identifier, with everything."""
    wanted = or_(Dataset.identifier.in_(identifiers), Dataset.uuid.in_(uuids))
    query = with_everything(select(Dataset).where(wanted))
    return {dataset.identifier: dataset for dataset in session.scalars(query)}


def due_datasets(session: Session, now: datetime) -> Sequence[Dataset]:
    """Scheduled datasets whose time has come, with everything."""
    query = select(Dataset).where(Dataset.state == State.SCHEDULED, Dataset.scheduled_at <= now)
    return session.scalars(with_everything(query).order_by(Dataset.scheduled_at)).all()


def identifier_is_taken(session: Session, identifier: str) -> bool:
    """Whether any dataset, in whatever state, has it."""
    return session.scalar(select(Dataset.id).where(Dataset.identifier == identifier)) is not None


def slug_is_taken(session: Session, slug: str) -> bool:
    """Whether any dataset, in whatever state, has it."""
    return session.scalar(select(Dataset.id).where(Dataset.slug == slug)) is not None


def taken_slugs(session: Session, slugs: Sequence[str]) -> set[str]:
    """Those of `slugs` that some dataset has."""
    return set(session.scalars(select(Dataset.slug).where(Dataset.slug.in_(slugs))))


def distribution_by_uuid(session: Session, uuid: UUID) -> Distribution | None:
    """A distribution with its dataset, format and file versions."""
    query = (
        select(Distribution)
        .where(Distribution.uuid == uuid)
        .options(
            selectinload(Distribution.dataset),
            selectinload(Distribution.format),
            selectinload(Distribution.file_versions),
        )
    )
    return session.scalars(query).first()


def revisions(session: Session, dataset_id: int, *, public_only: bool) -> Sequence[Revision]:
    """A dataset's revisions, newest first."""
    query = select(Revision).where(Revision.dataset_id == dataset_id).order_by(Revision.version.desc())
    if public_only:
        query = query.where(Revision.is_public)
    return session.scalars(query).all()


def concepts(session: Session, vocabulary: Vocabulary) -> Sequence[Concept]:
    """A vocabulary in its own order."""
    query = select(Concept).where(Concept.vocabulary == vocabulary).order_by(Concept.position, Concept.code)
    return session.scalars(query).all()


@dataclass(frozen=True, slots=True)
class Labels:
    """Names by the values that stand in URLs: concepts by vocabulary and code, agencies by slug, places by code."""

    concepts: dict[tuple[Vocabulary, str], LocalizedText]
    agencies: dict[str, LocalizedText]
    places: dict[str, LocalizedText]


def labels(session: Session) -> Labels:
    """Every name that a filter may show; three statements, no objects."""
    concepts = session.execute(select(Concept.vocabulary, Concept.code, Concept.label_vi, Concept.label_en))
    agencies = session.execute(select(Agency.slug, Agency.name_vi, Agency.name_en))
    places = session.execute(select(Place.code, Place.name_vi, Place.name_en))
    return Labels(
        concepts={(row[0], row[1]): LocalizedText(row[2], row[3]) for row in concepts},
        agencies={row[0]: LocalizedText(row[1], row[2]) for row in agencies},
        places={row[0]: LocalizedText(row[1], row[2]) for row in places},
    )


def licences_in_use(session: Session, *, hide_illustrative: bool) -> Sequence[Concept]:
    """The licences of public datasets, in the vocabulary's own order."""
    used = select(Dataset.licence_id).where(*is_visible(hide_illustrative=hide_illustrative))
    query = select(Concept).where(Concept.id.in_(used))
    return session.scalars(query.order_by(Concept.position, Concept.code)).all()


def concept(session: Session, vocabulary: Vocabulary, code: str) -> Concept | None:
    """One concept."""
    return session.scalars(
        select(Concept).where(Concept.vocabulary == vocabulary, Concept.code == code)
    ).one_or_none()


def agencies(session: Session) -> Sequence[Agency]:
    """All agencies with their parents, by name."""
    return session.scalars(select(Agency).options(selectinload(Agency.parent)).order_by(Agency.name_vi)).all()


def agency(session: Session, reference: str) -> Agency | None:
    """One agency by slug or uuid, with parent and children."""
    uuid = as_uuid(reference)
    condition = Agency.slug == reference if uuid is None else Agency.uuid == uuid
    query = select(Agency).where(condition)
    return session.scalars(query.options(selectinload(Agency.parent), selectinload(Agency.children))).first()


def agency_parents(session: Session) -> dict[int, int | None]:
    """Ids of all agencies and of the bodies directly above them."""
    return {row[0]: row[1] for row in session.execute(select(Agency.id, Agency.parent_id))}


def has_agencies_below(session: Session, agency_id: int) -> bool:
    """Whether any agency stands under this one."""
    return session.scalar(select(Agency.id).where(Agency.parent_id == agency_id).limit(1)) is not None


def language_is_used(session: Session, code: str) -> bool:
    """Whether any dataset is in this language."""
    holds = cast(Dataset.languages, Text).contains(f'"{code}"', autoescape=True)
    return session.scalar(select(Dataset.id).where(holds).limit(1)) is not None


def words(session: Session) -> Sequence[Word]:
    """The words that searches are understood with, in the order in which they came."""
    return session.scalars(select(Word).order_by(Word.id)).all()


def has_word(session: Session, kind: WordKind, term: str, alternative: str) -> bool:
    """Whether the tables have this pair of words."""
    query = select(Word.id).where(Word.kind == kind, Word.term == term, Word.alternative == alternative)
    return session.scalar(query) is not None


def places(session: Session, *, current_only: bool = False) -> Sequence[Place]:
    """Places by code."""
    query = select(Place).order_by(Place.code)
    return session.scalars(query.where(Place.valid_until.is_(None)) if current_only else query).all()


def place(session: Session, reference: str) -> Place | None:
    """One place by slug or code, with the units it replaced and the ones that replaced it."""
    query = select(Place).where(or_(Place.slug == reference, Place.code == reference))
    return session.scalars(
        query.options(
            selectinload(Place.predecessors).selectinload(PlaceSuccession.old),
            selectinload(Place.successors).selectinload(PlaceSuccession.new),
        )
    ).first()


def published_count(session: Session, *, hide_illustrative: bool, within: Scope | None = None) -> int:
    """How many datasets an anonymous reader can find."""
    query = select(func.count(Dataset.id)).where(*is_visible(hide_illustrative=hide_illustrative))
    return session.scalar(within_scope(query, within)) or 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Public datasets by theme code, agency slug and place code."""

    themes: dict[str, int]
    agencies: dict[str, int]
    places: dict[str, int]


def counts(session: Session, *, hide_illustrative: bool) -> Counts:
    """Counts for lists of themes, agencies and places; three statements."""
    visible = is_visible(hide_illustrative=hide_illustrative)
    themes = (
        select(Concept.code, func.count())
        .join(dataset_theme, dataset_theme.c.concept_id == Concept.id)
        .join(Dataset, Dataset.id == dataset_theme.c.dataset_id)
        .where(*visible)
        .group_by(Concept.code)
    )
    by_agency = (
        select(Agency.slug, func.count())
        .join(Dataset, Dataset.agency_id == Agency.id)
        .where(*visible)
        .group_by(Agency.slug)
    )
    by_place = (
        select(Place.code, func.count())
        .join(dataset_place, dataset_place.c.place_id == Place.id)
        .join(Dataset, Dataset.id == dataset_place.c.dataset_id)
        .where(*visible)
        .group_by(Place.code)
    )
    return Counts(
        themes=_pairs(session.execute(themes)),
        agencies=_pairs(session.execute(by_agency)),
        places=_pairs(session.execute(by_place)),
    )


def _pairs(rows: Iterable[Row[str, int]]) -> dict[str, int]:
    return {row[0]: row[1] for row in rows}


def referenced_hashes(session: Session) -> set[str]:
    """SHA-256 of every file that some version refers to."""
    return set(session.scalars(select(FileVersion.sha256).distinct()))


def as_uuid(text: str) -> UUID | None:
    """The UUID that `text` spells in its usual form; None for anything else."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
