"""Reads of series and of the public datasets in them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, load_only

from portal.catalog.models import Dataset, Series
from portal.catalog.queries import as_uuid, is_visible


def _with_agency() -> Select[Series]:
    return select(Series).options(joinedload(Series.agency))


def all_series(session: Session) -> Sequence[Series]:
    """Every series with its agency, by title."""
    return session.scalars(_with_agency().order_by(Series.title_vi, Series.id)).all()


def series_in_use(session: Session, *, hide_illustrative: bool) -> Sequence[Series]:
    """The series of public datasets, with their agencies."""
    used = select(Dataset.series_id).where(*is_visible(hide_illustrative=hide_illustrative))
    return session.scalars(_with_agency().where(Series.id.in_(used)).order_by(Series.id)).all()


def series(session: Session, reference: str) -> Series | None:
    """One series by slug or uuid, with its agency."""
    uuid = as_uuid(reference)
    condition = Series.slug == reference if uuid is None else Series.uuid == uuid
    return session.scalars(_with_agency().where(condition)).first()


def series_by_uuid(session: Session, reference: str) -> Series | None:
    """One series by its uuid alone."""
    uuid = as_uuid(reference)
    return session.scalar(select(Series).where(Series.uuid == uuid)) if uuid else None


def counts(session: Session, *, hide_illustrative: bool) -> dict[int, int]:
    """How many public datasets each series has, by its id; those with none are absent."""
    query = (
        select(Dataset.series_id, func.count())
        .where(*is_visible(hide_illustrative=hide_illustrative))
        .group_by(Dataset.series_id)
    )
    return {row[0]: row[1] for row in session.execute(query) if row[0] is not None}


def public_members(session: Session, series_id: int, *, hide_illustrative: bool) -> Sequence[Dataset]:
    """The public datasets of a series, from the earliest period to the latest, those without one last: their own
    rows as a list names them, nothing around."""
    first_day = func.coalesce(Dataset.temporal_start, Dataset.temporal_end)
    order = (
        first_day.nulls_last(),
        Dataset.temporal_end.nulls_last(),
        Dataset.issued.nulls_last(),
        Dataset.title_folded,
        Dataset.id,
    )
    named = load_only(
        Dataset.uuid,
        Dataset.slug,
        Dataset.identifier,
        Dataset.title_vi,
        Dataset.title_en,
        Dataset.illustrative,
        Dataset.temporal_start,
        Dataset.temporal_end,
        raiseload=True,
    )
    query = select(Dataset).where(
        Dataset.series_id == series_id, *is_visible(hide_illustrative=hide_illustrative)
    )
    return session.scalars(query.options(named).order_by(*order)).all()
