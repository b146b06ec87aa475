"""Reads for harvesters: every record that was ever public, withdrawn ones too, by when it last changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session, selectinload

from portal.catalog.models import Agency, Concept, Dataset, State, Vocabulary, dataset_theme
from portal.catalog.queries import is_visible, with_everything

_TOLD = frozenset((State.PUBLISHED, State.WITHDRAWN))
_ORDER = (Dataset.datestamp, Dataset.id)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a harvest asks for: changed at `since` or later and before `before`; within a set.

    `agency` and `theme` are a slug and a code; empty means any agency, any theme.
    """

    hide_illustrative: bool
    since: datetime | None = None
    before: datetime | None = None
    agency: str | None = None
    theme: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One record's place in the order of harvests: when it last changed as readers see it, then its id."""

    at: datetime
    dataset_id: int


@dataclass(frozen=True, slots=True)
class HarvestPage:
    """Some of `total` records: published ones with everything, and withdrawn ones with what replaces them."""

    total: int
    published: Sequence[Dataset]
    withdrawn: Sequence[Dataset] = ()


def harvest_page(session: Session, *, offset: int, limit: int, hide_illustrative: bool) -> HarvestPage:
    """Public datasets by id."""
    public = is_visible(hide_illustrative=hide_illustrative)
    page = with_everything(select(Dataset).where(*public)).order_by(Dataset.id).offset(offset).limit(limit)
    total = session.scalar(select(func.count(Dataset.id)).where(*public)) or 0
    return HarvestPage(total, session.scalars(page).all())


def changed_since(
    session: Session, since: datetime, *, offset: int, limit: int, hide_illustrative: bool
) -> HarvestPage:
    """Records changed or withdrawn at or after `since`, those that changed first before the others."""
    chosen = Selection(hide_illustrative=hide_illustrative, since=since)
    page = _listed(chosen).with_only_columns(Dataset.id, Dataset.state).order_by(*_ORDER)
    ids: dict[State, list[int]] = {State.PUBLISHED: [], State.WITHDRAWN: []}
    for row in session.execute(page.offset(offset).limit(limit)):
        ids[row.state].append(row.id)
    return HarvestPage(
        harvest_size(session, chosen),
        in_order(session, ids[State.PUBLISHED], with_everything),
        in_order(session, ids[State.WITHDRAWN], _with_replacement),
    )


def places(session: Session, chosen: Selection, *, after: Place | None, limit: int) -> list[Place]:
    """The next places of a walk.

    A record that changes meanwhile moves to the end: it may be met twice, and is never passed over.
    """
    query = _listed(chosen).with_only_columns(*_ORDER).order_by(*_ORDER).limit(limit)
    if after is not None:
        # Compared as one value, which an index of both finds at once however many records share a moment.
        query = query.where(tuple_(*_ORDER) > tuple_(after.at, after.dataset_id))
    return [Place(row[0], row[1]) for row in session.execute(query)]


def place_of(session: Session, dataset_id: int) -> Place | None:
    """Where one record stands now; None for one that was never public."""
    query = _told(Selection(hide_illustrative=False)).where(Dataset.id == dataset_id)
    row = session.execute(query.with_only_columns(*_ORDER)).one_or_none()
    return Place(row[0], row[1]) if row else None


def harvest_size(session: Session, chosen: Selection) -> int:
    """How many records a whole walk meets."""
    return session.scalar(_listed(chosen).with_only_columns(func.count(Dataset.id))) or 0


def earliest(session: Session) -> datetime | None:
    """No record changed before this; None in an empty catalogue."""
    return session.scalar(select(func.min(Dataset.datestamp)).where(_is_one_of(_TOLD)))


Loading = Callable[[Select[Dataset]], Select[Dataset]]
"""What is loaded of each dataset: `with_sets`, or `queries.with_everything`."""


def with_sets(query: Select[Dataset]) -> Select[Dataset]:
    """Loads what tells the sets of a record."""
    return query.options(selectinload(Dataset.agency), selectinload(Dataset.themes))


def _with_replacement(query: Select[Dataset]) -> Select[Dataset]:
    return query.options(selectinload(Dataset.replacement))


def in_order(session: Session, ids: Sequence[int], loading: Loading) -> list[Dataset]:
    """Datasets in the order of `ids`."""
    query = loading(select(Dataset).where(Dataset.id.in_(ids)))
    found = {each.id: each for each in session.scalars(query)}
    return [found[each] for each in ids]


def agency_exists(session: Session, slug: str) -> bool:
    """Whether there is an agency of this slug."""
    return session.scalar(select(Agency.id).where(Agency.slug == slug)) is not None


def theme_exists(session: Session, code: str) -> bool:
    """Whether there is a theme of this code."""
    themes = select(Concept.id).where(Concept.vocabulary == Vocabulary.THEME, Concept.code == code)
    return session.scalar(themes) is not None


def _told(chosen: Selection) -> Select[Dataset]:
    query = select(Dataset).where(_is_one_of(_TOLD))
    return query.where(Dataset.illustrative.is_(False)) if chosen.hide_illustrative else query


def _listed(chosen: Selection) -> Select[Dataset]:
    query = _told(chosen)
    if chosen.since is not None:
        query = query.where(Dataset.datestamp >= chosen.since)
    if chosen.before is not None:
        query = query.where(Dataset.datestamp < chosen.before)
    # A tombstone does not tell where its record belonged; whoever harvests a set must still hear of its end.
    for condition in _conditions(chosen):
        query = query.where(or_(_is_one_of({State.WITHDRAWN}), condition))
    return query


def _is_one_of(states: Collection[State]) -> ColumnElement[bool]:
    """Said by the states that it is not: for `IN` SQLite takes an index of states, reads their rows and sorts them,
    where the index of datestamps has the next page ready."""
    return Dataset.state.not_in([each for each in State if each not in states])


def _conditions(chosen: Selection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.agency is not None:
        owner = select(Agency.id).where(Agency.slug == chosen.agency).scalar_subquery()
        conditions.append(Dataset.agency_id == owner if chosen.agency else Dataset.agency_id.is_not(None))
    if chosen.theme is not None:
        themed = select(dataset_theme.c.dataset_id)
        if chosen.theme:
            themed = themed.join(Concept, Concept.id == dataset_theme.c.concept_id)
            themed = themed.where(Concept.code == chosen.theme)
        conditions.append(Dataset.id.in_(themed))
    return conditions
