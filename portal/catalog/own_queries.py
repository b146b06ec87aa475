"""What stewards see of their own work: datasets in whatever state, never those of other agencies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from portal.catalog.actors import Actor
from portal.catalog.models import Agency, Dataset, State
from portal.catalog.queries import with_card


@dataclass(frozen=True, slots=True)
class OwnPage:
    """One page of somebody's datasets, as cards; `total` counts all pages."""

    total: int
    items: Sequence[Dataset]


def own_datasets(
    session: Session, actor: Actor, *, states: Collection[State], page: int, page_size: int
) -> OwnPage:
    """The datasets that `actor` has a role for, last changed first; every state when `states` is empty."""
    query = _own(actor)
    if states:
        query = query.where(Dataset.state.in_(states))
    total = session.scalar(query.with_only_columns(func.count(Dataset.id))) or 0
    ordered = query.order_by(Dataset.updated_at.desc(), Dataset.id.desc())
    shown = ordered.limit(page_size).offset((page - 1) * page_size)
    return OwnPage(total, session.scalars(with_card(shown)).all())


def _own(actor: Actor) -> Select[Dataset]:
    """The same rule as `policies.role_towards`, as a condition."""
    query = select(Dataset)
    if actor.is_administrator:
        return query
    held = list(actor.memberships)
    return query.where(or_(Dataset.agency_id.in_(held), Dataset.supplier_id.in_(held)))


def own_agencies(session: Session, actor: Actor) -> Sequence[Agency]:
    """The agencies in which `actor` has a role."""
    return session.scalars(select(Agency).where(Agency.id.in_(list(actor.memberships)))).all()
