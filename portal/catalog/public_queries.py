"""Reads that only public listings need: walks by id, labels of facets, the public change log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.catalog.models import (
    Agency,
    Change,
    Concept,
    Dataset,
    Distribution,
    ObjectKind,
    Place,
    Revision,
    Vocabulary,
    dataset_place,
)
from portal.catalog.queries import Scope, are_visible, is_visible, with_card, with_everything, within_scope
from portal.text import LocalizedText


def _of_year(values: Sequence[str]) -> ColumnElement[bool]:
    # The columns keep ISO 8601 texts; comparing with their own type would want dates.
    return func.substr(func.coalesce(Dataset.modified, Dataset.issued, ""), 1, 4).in_(values)


_CONDITIONS: dict[str, Callable[[Sequence[str]], ColumnElement[bool]]] = {
    "theme": lambda values: Dataset.themes.any(Concept.code.in_(values)),
    "agency": lambda values: Dataset.agency.has(Agency.slug.in_(values)),
    "place": lambda values: Dataset.places.any(or_(Place.code.in_(values), Place.slug.in_(values))),
    "format": lambda values: Dataset.distributions.any(Distribution.format.has(Concept.code.in_(values))),
    "licence": lambda values: Dataset.licence.has(Concept.code.in_(values)),
    "frequency": lambda values: Dataset.frequency.has(Concept.code.in_(values)),
    "year": _of_year,
}


def within_filters(filters: Mapping[str, Sequence[str]]) -> list[ColumnElement[bool]]:
    """The conditions of chosen facet values: any value within a facet, every facet."""
    return [_CONDITIONS[name](values) for name, values in filters.items()]


def _listed(filters: Mapping[str, Sequence[str]], *, hide_illustrative: bool) -> Select[Dataset]:
    conditions = (*is_visible(hide_illustrative=hide_illustrative), *within_filters(filters))
    return select(Dataset).where(*conditions)


def walk(
    session: Session,
    after_id: int,
    *,
    limit: int,
    filters: Mapping[str, Sequence[str]],
    hide_illustrative: bool,
) -> Sequence[Dataset]:
    """Public datasets behind `after_id` by id, as cards: any number of steps costs the same."""
    query = _listed(filters, hide_illustrative=hide_illustrative).where(Dataset.id > after_id)
    return session.scalars(with_card(query).order_by(Dataset.id).limit(limit)).all()


def changed_last(
    session: Session, *, limit: int, hide_illustrative: bool, within: Scope | None = None
) -> Sequence[Dataset]:
    """The public datasets whose records changed last, newest first; cards."""
    query = within_scope(select(Dataset).where(*is_visible(hide_illustrative=hide_illustrative)), within)
    newest = query.order_by(Dataset.updated_at.desc(), Dataset.id.desc()).limit(limit)
    return session.scalars(with_card(newest)).all()


def newest_revisions(session: Session, dataset_id: int, *, limit: int) -> Sequence[Revision]:
    """The last public versions of a dataset, newest first."""
    query = select(Revision).where(Revision.dataset_id == dataset_id, Revision.is_public)
    return session.scalars(query.order_by(Revision.version.desc()).limit(limit)).all()


def listed_count(session: Session, *, filters: Mapping[str, Sequence[str]], hide_illustrative: bool) -> int:
    """How many datasets a whole walk meets."""
    listed = _listed(filters, hide_illustrative=hide_illustrative)
    return session.scalar(listed.with_only_columns(func.count(Dataset.id))) or 0


def facet_labels(
    session: Session, values: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], LocalizedText]:
    """Labels of facet values by facet and value; three statements. Values without a label are absent."""
    vocabularies = [each for each in Vocabulary if each.value in values]
    codes = {code for each in vocabularies for code in values[each.value]}
    concepts = select(Concept).where(Concept.vocabulary.in_(vocabularies), Concept.code.in_(codes))
    labels = {(each.vocabulary.value, each.code): each.label for each in session.scalars(concepts)}
    agencies = select(Agency).where(Agency.slug.in_(values.get("agency", ())))
    labels |= {("agency", each.slug): each.name for each in session.scalars(agencies)}
    places = select(Place).where(Place.code.in_(values.get("place", ())))
    return labels | {("place", each.code): each.name for each in session.scalars(places)}


def public_changes(
    session: Session, after_id: int, *, limit: int, hide_illustrative: bool
) -> Sequence[Change]:
    """Changes that anonymous readers can see, in commit order."""
    query = select(Change).where(Change.id > after_id, Change.is_public)
    if hide_illustrative:
        hidden = select(Dataset.id).where(Dataset.illustrative)
        query = query.where(or_(Change.object_kind != ObjectKind.DATASET, Change.object_id.not_in(hidden)))
    return session.scalars(query.order_by(Change.id).limit(limit)).all()


def dataset_of_distribution(session: Session, uuid: UUID) -> str | None:
    """The uuid of the dataset that a distribution belongs to, whatever its state."""
    query = select(Dataset.uuid).join(Distribution, Distribution.dataset_id == Dataset.id)
    found = session.scalar(query.where(Distribution.uuid == uuid))
    return str(found) if found else None


class PublicVersion(NamedTuple):
    """What a reader's view of a dataset is made of: its version, that of its tables, and those of its agencies,
    0 for none."""

    dataset: int
    tables: int
    agency: int
    supplier: int


def public_versions(session: Session, *, hide_illustrative: bool) -> dict[int, PublicVersion]:
    """The versions of every public dataset, by id; one statement, no objects."""
    owner, supplier = aliased(Agency), aliased(Agency)
    query = (
        select(
            Dataset.id,
            Dataset.version,
            Dataset.tables_version,
            func.coalesce(owner.version, 0),
            func.coalesce(supplier.version, 0),
        )
        .outerjoin(owner, Dataset.agency_id == owner.id)
        .outerjoin(supplier, Dataset.supplier_id == supplier.id)
        .where(*is_visible(hide_illustrative=hide_illustrative))
    )
    return {row[0]: PublicVersion(*row[1:]) for row in session.execute(query)}


def blocks(session: Session, size: int, *, hide_illustrative: bool) -> list[tuple[int, datetime]]:
    """Blocks of `size` ids that have public datasets: their numbers, and when any record in them last changed."""
    number = Dataset.id // size
    query = select(number, func.max(Dataset.updated_at)).where(
        *is_visible(hide_illustrative=hide_illustrative)
    )
    return [(row[0], row[1]) for row in session.execute(query.group_by(number).order_by(number))]


def slugs_in_block(
    session: Session, size: int, number: int, *, hide_illustrative: bool
) -> list[tuple[str, datetime]]:
    """Slugs of the public datasets in one block, and when each record last changed; one statement, no objects."""
    within = Dataset.id.between(number * size, (number + 1) * size - 1)
    query = select(Dataset.slug, Dataset.updated_at).where(
        within, *is_visible(hide_illustrative=hide_illustrative)
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(Dataset.id))]


def public_datasets(session: Session, ids: Sequence[int], *, hide_illustrative: bool) -> Sequence[Dataset]:
    """Those of `ids` that are public, with everything, by id."""
    query = select(Dataset).where(*are_visible(ids, hide_illustrative=hide_illustrative))
    return session.scalars(with_everything(query).order_by(Dataset.id)).all()


def places_in_use(session: Session, *, hide_illustrative: bool) -> Sequence[Place]:
    """The places of public datasets, by code."""
    used = select(dataset_place.c.place_id).join(Dataset, Dataset.id == dataset_place.c.dataset_id)
    visible = used.where(*is_visible(hide_illustrative=hide_illustrative))
    return session.scalars(select(Place).where(Place.id.in_(visible)).order_by(Place.code)).all()


def all_concepts(session: Session) -> Sequence[Concept]:
    """Every vocabulary, each in its own order."""
    query = select(Concept).order_by(Concept.vocabulary, Concept.position, Concept.code)
    return session.scalars(query).all()


def last_public_change_at(session: Session) -> datetime | None:
    """When the catalogue last changed for anonymous readers."""
    newest = select(Change.at).where(Change.is_public).order_by(Change.id.desc())
    return session.scalar(newest.limit(1))


def place_by_code(session: Session, code: str) -> Place | None:
    """One place by its code alone."""
    return session.scalar(select(Place).where(Place.code == code))
