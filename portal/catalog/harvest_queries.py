"""Reads for harvesters: the catalogue page by page, and what has changed since, with what was withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from portal.catalog.models import Dataset, State
from portal.catalog.queries import is_visible, with_everything


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
    return HarvestPage(_count(session, public), session.scalars(page).all())


def changed_since(
    session: Session, since: datetime, *, offset: int, limit: int, hide_illustrative: bool
) -> HarvestPage:
    """Records changed or withdrawn at or after `since`, those that changed first before the others."""
    told, order = _told(since, hide_illustrative=hide_illustrative), (Dataset.updated_at, Dataset.id)
    page = select(Dataset.id, Dataset.state).where(*told).order_by(*order).offset(offset).limit(limit)
    ids: dict[State, list[int]] = {State.PUBLISHED: [], State.WITHDRAWN: []}
    for row in session.execute(page):
        ids[row.state].append(row.id)
    published = with_everything(select(Dataset).where(Dataset.id.in_(ids[State.PUBLISHED])))
    withdrawn = select(Dataset).where(Dataset.id.in_(ids[State.WITHDRAWN]))
    return HarvestPage(
        _count(session, told),
        session.scalars(published.order_by(*order)).all(),
        session.scalars(withdrawn.options(selectinload(Dataset.replacement)).order_by(*order)).all(),
    )


def _told(since: datetime, *, hide_illustrative: bool) -> list[ColumnElement[bool]]:
    """What is public, and what was so and is withdrawn; nothing else may be told of."""
    conditions = [Dataset.state.in_((State.PUBLISHED, State.WITHDRAWN)), Dataset.updated_at >= since]
    if hide_illustrative:
        conditions.append(Dataset.illustrative.is_(False))
    return conditions


def _count(session: Session, conditions: list[ColumnElement[bool]]) -> int:
    return session.scalar(select(func.count(Dataset.id)).where(*conditions)) or 0
