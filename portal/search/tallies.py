"""Counts of values among what was found, for the facets that clients of CKAN ask for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, select
from sqlalchemy.orm import Session

from portal.catalog.models import Agency, Concept, Dataset, Distribution, dataset_theme
from portal.search.selecting import Selection

# A database takes a limited number of bound values.
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Count:
    """How many of what was found have a value, and what the value is called."""

    value: str
    label: str
    count: int


def count(session: Session, name: str, found: Selection, *, limit: int, least: int) -> list[Count]:
    """The commonest values of a facet among what was found; nothing for fields that are not counted.

    A negative `limit` is none."""
    labels: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for some, size in _scopes(found):
        for value, label, number in _values(session, name, some, size):
            counted[value] += number
            labels[value] = label
    wanted = sorted(
        (each for each in counted.items() if each[1] >= least), key=lambda each: (-each[1], each[0])
    )
    shown = wanted if limit < 0 else wanted[:limit]
    return [Count(value, labels[value], number) for value, number in shown]


def _values(
    session: Session, name: str, scope: Sequence[ColumnElement[bool]], size: int
) -> Iterable[tuple[str, str, int]]:
    if name == "tags":
        return _keywords(session, scope)
    query = _counting(name)
    if query is None:
        constant = {"dataset_type": "dataset", "type": "dataset"}
        return [(constant[name], constant[name], size)] if name in constant and size else []
    rows = session.execute(query.where(*scope))
    return [(str(value), label or str(value), number) for value, label, number in rows if value is not None]


def _keywords(session: Session, scope: Sequence[ColumnElement[bool]]) -> list[tuple[str, str, int]]:
    """Lists that many datasets share are read once. As text: PostgreSQL knows no two JSON values that are alike."""
    lists = cast(Dataset.keywords, Text)
    counted: Counter[str] = Counter()
    for keywords, number in session.execute(select(lists, func.count()).where(*scope).group_by(lists)):
        for word in json.loads(keywords):
            counted[word] += number
    return [(word, word, number) for word, number in counted.items()]


def _counting(name: str) -> Select[Any] | None:
    """A statement of value, label and number of datasets."""
    number: Any = func.count(Dataset.id)
    match name:
        case "organization" | "owner_org":
            value: Any = Agency.slug if name == "organization" else Agency.uuid
            query: Select[Any] = select(value, Agency.name_vi, number).join(
                Agency, Agency.id == Dataset.agency_id
            )
            return query.group_by(value, Agency.name_vi)
        case "groups":
            joined: Select[Any] = select(Concept.code, Concept.label_vi, number).select_from(Dataset)
            joined = joined.join(dataset_theme, dataset_theme.c.dataset_id == Dataset.id)
            return joined.join(Concept, Concept.id == dataset_theme.c.concept_id).group_by(
                Concept.code, Concept.label_vi
            )
        case "license_id":
            value = func.coalesce(Concept.code, Dataset.licence_raw)
            label = func.coalesce(Concept.label_vi, Dataset.licence_raw)
            query = select(value, label, number).select_from(Dataset)
            return query.outerjoin(Concept, Concept.id == Dataset.licence_id).group_by(value, label)
        case "res_format":
            value = func.coalesce(Concept.code, Distribution.format_raw)
            # Two files of one dataset may have one format.
            number = func.count(Dataset.id.distinct())
            query = select(value, value, number).select_from(Dataset)
            query = query.join(Distribution, Distribution.dataset_id == Dataset.id)
            return query.outerjoin(Concept, Concept.id == Distribution.format_id).group_by(value)
        case "author":
            value = func.coalesce(Agency.name_vi, Dataset.supplier_text)
            query = select(value, value, number).select_from(Dataset)
            return query.outerjoin(Agency, Agency.id == Dataset.supplier_id).group_by(value)
    return None


def _scopes(found: Selection) -> Iterator[tuple[Sequence[ColumnElement[bool]], int]]:
    """Conditions of what was found, and how much they hold: those of the question itself, or ids in pieces."""
    if found.conditions is not None:
        yield found.conditions, found.total
        return
    for start in range(0, len(found.ids), _AT_ONCE):
        some = found.ids[start : start + _AT_ONCE]
        yield [Dataset.id.in_(some)], len(some)
