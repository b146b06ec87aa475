"""Reads for programs that know catalogues as packages: names, whole packages in an order, words, resources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select
from sqlalchemy.orm import Session, selectinload

from portal.catalog.actors import Actor
from portal.catalog.models import (
    Agency,
    Change,
    Concept,
    Dataset,
    Distribution,
    FileVersion,
    ObjectKind,
    State,
)
from portal.catalog.queries import as_uuid, is_visible, with_everything

_NO_UUID = UUID(int=0)
Visible = Sequence[ColumnElement[bool]]
_UNFINISHED = (State.DRAFT, State.IN_REVIEW, State.SCHEDULED)


def visible_to(actor: Actor, *, with_drafts: bool, hide_illustrative: bool) -> Visible:
    """Conditions that hold for what `actor` finds: what is public and, when asked for, their own drafts."""
    public = is_visible(hide_illustrative=hide_illustrative)
    if not with_drafts:
        return public
    drafts: ColumnElement[bool] = Dataset.state.in_(_UNFINISHED)
    if not actor.is_administrator:
        held = list(actor.memberships)
        drafts = and_(drafts, or_(Dataset.agency_id.in_(held), Dataset.supplier_id.in_(held)))
    return [or_(public[0], func.coalesce(drafts, false())), *public[1:]]


def package_names(session: Session, visible: Visible, *, limit: int | None, offset: int) -> Sequence[str]:
    """Slugs in order."""
    query = select(Dataset.slug).where(*visible).order_by(Dataset.slug).offset(offset)
    return session.scalars(query if limit is None else query.limit(limit)).all()


def changed_last(session: Session, visible: Visible, *, limit: int, offset: int) -> Sequence[Dataset]:
    """Datasets with everything, the last changed first."""
    query = select(Dataset).where(*visible).order_by(Dataset.updated_at.desc(), Dataset.id)
    return session.scalars(with_everything(query.limit(limit).offset(offset))).all()


def packages(session: Session, ids: Sequence[int]) -> list[Dataset]:
    """Datasets with everything in the order of `ids`."""
    found = session.scalars(with_everything(select(Dataset).where(Dataset.id.in_(ids))))
    by_id = {dataset.id: dataset for dataset in found}
    return [by_id[each] for each in ids if each in by_id]


def completions(session: Session, visible: Visible, folded: str, limit: int) -> Sequence[tuple[str, str]]:
    """Slug and title of what has these letters in one of them, by title."""
    query = select(Dataset.slug, Dataset.title_vi).where(
        *visible,
        or_(
            Dataset.title_folded.contains(folded, autoescape=True),
            Dataset.slug.contains(folded, autoescape=True),
        ),
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(Dataset.title_folded).limit(limit))]


def taken_files(session: Session, uuids: Sequence[UUID]) -> set[UUID]:
    """Those of these ids that some file or link has, in whatever dataset."""
    return set(session.scalars(select(Distribution.uuid).where(Distribution.uuid.in_(uuids))))


def delete_dataset(session: Session, dataset_id: int) -> None:
    """The row and all that belongs to it."""
    statement = delete(Dataset).where(Dataset.id == dataset_id)
    session.execute(statement, execution_options={"synchronize_session": False})


def keyword_counts(session: Session, visible: Visible) -> Counter[str]:
    """How many datasets have each keyword."""
    lists = session.scalars(select(Dataset.keywords).where(*visible))
    return Counter(word for words in lists for word in dict.fromkeys(words))


def formats_in_use(session: Session, visible: Visible) -> Counter[str]:
    """How many files and links are in each format."""
    name = func.coalesce(Concept.code, Distribution.format_raw)
    query = (
        select(name, func.count())
        .select_from(Distribution)
        .join(Dataset, Dataset.id == Distribution.dataset_id)
        .outerjoin(Concept, Concept.id == Distribution.format_id)
        .where(*visible)
        .group_by(name)
    )
    return Counter({row[0]: row[1] for row in session.execute(query) if row[0]})


def _has(*columns: Any) -> Callable[[str], ColumnElement[bool]]:
    def condition(text: str) -> ColumnElement[bool]:
        forms = {text, text.lower(), text.upper(), text.capitalize()}
        return or_(*(column.icontains(each, autoescape=True) for column in columns for each in sorted(forms)))

    return condition


_OF_FILES: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "id": lambda text: Distribution.uuid == (as_uuid(text) or _NO_UUID),
    "name": _has(Distribution.title_vi, Distribution.title_en),
    "description": _has(Distribution.description_vi, Distribution.description_en),
    "url": lambda text: or_(
        _has(Distribution.access_url)(text), Distribution.file_versions.any(_has(FileVersion.name)(text))
    ),
    "format": lambda text: or_(
        Distribution.format.has(_has(Concept.code)(text)), _has(Distribution.format_raw)(text)
    ),
    "mimetype": _has(Distribution.media_type),
    "hash": lambda text: Distribution.file_versions.any(
        FileVersion.sha256.startswith(text.lower(), autoescape=True)
    ),
}
FILE_FIELDS = tuple(_OF_FILES)
"""What resources can be searched by."""
FILE_ORDERS: dict[str, Any] = {
    "id": Distribution.id,
    "name": Distribution.title_vi,
    "url": Distribution.access_url,
    "created": Distribution.created_at,
    "last_modified": Distribution.updated_at,
    "metadata_modified": Distribution.updated_at,
    "position": Distribution.position,
}
"""What they can be ordered by."""


def found_files(
    session: Session,
    visible: Visible,
    terms: Sequence[tuple[str, str]],
    *,
    order: str,
    limit: int | None,
    offset: int,
) -> tuple[int, Sequence[Distribution]]:
    """How many files and links hold every (field, text), and some of them with their whole datasets."""
    conditions = [_OF_FILES[name](text) for name, text in terms]
    query = (
        select(Distribution).join(Dataset, Dataset.id == Distribution.dataset_id).where(*visible, *conditions)
    )
    total = session.scalar(query.with_only_columns(func.count(Distribution.id))) or 0
    query = query.order_by(FILE_ORDERS[order], Distribution.id).offset(offset).limit(limit)
    options = (
        selectinload(Distribution.dataset).selectinload(Dataset.distributions),
        selectinload(Distribution.format),
        selectinload(Distribution.file_versions),
    )
    return total, session.scalars(query.options(*options)).all()


def agencies_with_parents(session: Session) -> Sequence[Agency]:
    """All agencies by name, with the bodies above them."""
    return session.scalars(select(Agency).options(selectinload(Agency.parent)).order_by(Agency.name_vi)).all()


def dataset_changes(
    session: Session, visible: Visible, within: ColumnElement[bool] | None, *, limit: int, offset: int
) -> Sequence[tuple[Change, Dataset]]:
    """Public changes of what is public now, newest first, with the datasets as they are."""
    query = (
        select(Change, Dataset)
        .join(Dataset, Dataset.id == Change.object_id)
        .where(Change.object_kind == ObjectKind.DATASET, Change.is_public, *visible)
    )
    if within is not None:
        query = query.where(within)
    rows = session.execute(query.order_by(Change.id.desc()).limit(limit).offset(offset))
    return [(row[0], row[1]) for row in rows]
