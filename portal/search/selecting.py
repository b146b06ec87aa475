"""Finds what conditions ask for: fields in the database, free words in the index, both as sets of ids.

The database alone knows what is visible at this moment, so that what was withdrawn a second ago is neither
shown nor counted.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session

from portal.catalog.models import Agency, Concept, Dataset, Distribution
from portal.search import clause_fields
from portal.search.clauses import AllOf, AnyOf, Between, Clause, Match, Not, Present, Words
from portal.search.engines.base import IndexBroken, IndexMissing, Reader
from portal.search.lucene import QueryNotUnderstood
from portal.search.understanding import understand
from portal.text import LocalizedText, fold

_log = logging.getLogger(__name__)

Condition = ColumnElement[bool]

# Each costs a search of its own.
MAX_WORDS = 20
_EVERYTHING_FOUND = 2**31 - 1
_NAMED_IDS = 5_000


@dataclass(frozen=True, slots=True)
class Order:
    """One key of an order: `score`, or a column."""

    key: str
    descending: bool


COLUMNS: dict[str, Any] = {
    "metadata_modified": Dataset.updated_at,
    "metadata_created": Dataset.created_at,
    "name": Dataset.slug,
    "title": Dataset.title_folded,
    "title_string": Dataset.title_folded,
    "id": Dataset.uuid,
    "license_id": select(Concept.code)
    .where(Concept.id == Dataset.licence_id)
    .correlate(Dataset)
    .scalar_subquery(),
    "organization": select(Agency.slug)
    .where(Agency.id == Dataset.agency_id)
    .correlate(Dataset)
    .scalar_subquery(),
    "num_resources": select(func.count(Distribution.id))
    .where(Distribution.dataset_id == Dataset.id)
    .correlate(Dataset)
    .scalar_subquery(),
    "num_tags": func.json_array_length(Dataset.keywords),
}
"""What results can be ordered by beside `score`."""
SCORE = "score"


@dataclass(frozen=True, slots=True)
class Selection:
    """What was found: how much, and the ids of the part that is shown, in order. `degraded`: words were looked for
    in titles, without the index. `conditions`: what the database alone can find all of it by again; where it
    cannot, `ids` are all."""

    total: int
    shown: tuple[int, ...]
    ids: tuple[int, ...] = ()
    degraded: bool = False
    conditions: tuple[Condition, ...] | None = None


@dataclass(slots=True)
class _Search:
    """One evaluation: where to look, and what was found on the way."""

    session: Session
    engine: Reader
    visible: Sequence[Condition]
    now: datetime
    scores: dict[int, float] = field(default_factory=dict)
    words: int = 0
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """What holds for a dataset: an SQL condition and being one of `ids`, each unless it is None."""

    condition: Condition | None = None
    ids: frozenset[int] | None = None


def find(
    clause: Clause,
    order: Sequence[Order],
    *,
    session: Session,
    engine: Reader,
    visible: Sequence[Condition],
    now: datetime,
    start: int,
    rows: int,
) -> Selection:
    """Everything that holds `clause`, of what `visible` lets through, and which of it comes at `start` and the
    `rows` behind. Raises QueryNotUnderstood.

    Each part of the question costs a statement at most, and the order of what was found three.
    """
    search = _Search(session, engine, visible, now)
    part = _evaluate(search, clause, is_wanted=True)
    if part.ids is None and not search.scores:
        own = () if part.condition is None else (part.condition,)
        return _told_by_conditions(search, (*visible, *own), _keys(order), slice(start, start + rows))
    found = _ordered(search, part, order)
    if order and order[0].key == SCORE and search.scores:
        sign = -1 if order[0].descending else 1
        found.sort(key=lambda each: sign * search.scores.get(each, 0.0))
    return Selection(len(found), tuple(found[start : start + rows]), tuple(found), search.degraded)


def _told_by_conditions(
    search: _Search, conditions: tuple[Condition, ...], keys: Sequence[Any], part: slice
) -> Selection:
    """Few are put in order by their ids, so that costly conditions are judged once; of many only the part that
    is shown is read, which an index may have in order."""
    session, query = search.session, select(Dataset.id)
    few = session.scalars(query.where(*conditions).limit(_NAMED_IDS + 1)).all()
    if len(few) <= _NAMED_IDS:
        ordered = session.scalars(query.where(Dataset.id.in_(few)).order_by(*keys)).all()
        return Selection(len(few), tuple(ordered[part]), (), search.degraded, conditions)
    total = session.scalar(select(func.count(Dataset.id)).where(*conditions)) or 0
    page = query.where(*conditions).order_by(*keys).offset(part.start).limit(part.stop - part.start)
    return Selection(total, tuple(session.scalars(page)), (), search.degraded, conditions)


def _ordered(search: _Search, part: _Part, order: Sequence[Order]) -> list[int]:
    query = select(Dataset.id).where(*search.visible)
    if part.condition is not None:
        query = query.where(part.condition)
    if part.ids is not None and len(part.ids) <= _NAMED_IDS:
        query = query.where(Dataset.id.in_(sorted(part.ids)))
    rows = search.session.scalars(query.order_by(*_keys(order)))
    return [each for each in rows if part.ids is None or each in part.ids]


def _keys(order: Sequence[Order]) -> list[Any]:
    """What rows are ordered by: at last the newest change, and of those the record that came last."""
    unique: dict[str, Order] = {}
    for each in (*order, Order("metadata_modified", descending=True)):
        if each.key != SCORE:
            unique.setdefault(each.key, each)
    keys = [COLUMNS[key].desc() if each.descending else COLUMNS[key].asc() for key, each in unique.items()]
    return [*keys, Dataset.id.desc()]


def _evaluate(search: _Search, clause: Clause, *, is_wanted: bool) -> _Part:
    match clause:
        case Words(typed=typed):
            return _Part(ids=_with_words(search, typed, is_wanted=is_wanted))
        case Match(field="*" | "text", pieces=pieces):
            return _Part(ids=_with_words(search, " ".join(pieces), is_wanted=is_wanted))
        case Match() | Between() | Present():
            return _Part(clause_fields.condition(clause, search.now))
        case Not(clause=inner):
            return _without(search, _evaluate(search, inner, is_wanted=not is_wanted))
        case AllOf(clauses=clauses):
            return reduce(_both, (_evaluate(search, each, is_wanted=is_wanted) for each in clauses), _Part())
        case AnyOf(clauses=clauses):
            return _either(search, [_evaluate(search, each, is_wanted=is_wanted) for each in clauses])


def _both(first: _Part, second: _Part) -> _Part:
    conditions = [each.condition for each in (first, second) if each.condition is not None]
    ids = [each.ids for each in (first, second) if each.ids is not None]
    return _Part(and_(*conditions) if conditions else None, frozenset.intersection(*ids) if ids else None)


def _either(search: _Search, parts: Sequence[_Part]) -> _Part:
    if all(part.ids is None for part in parts):
        conditions = [part.condition for part in parts if part.condition is not None]
        return _Part(or_(*conditions)) if len(conditions) == len(parts) else _Part()
    plain = [part.condition for part in parts if part.ids is None and part.condition is not None]
    if any(part.ids is None and part.condition is None for part in parts):
        return _Part()
    sets = [_ids(search, part) for part in parts if part.ids is not None]
    if plain:
        sets.append(_ids(search, _Part(or_(*plain))))
    return _Part(ids=frozenset.union(*sets))


def _without(search: _Search, part: _Part) -> _Part:
    if part.ids is None and part.condition is None:
        return _Part(false())
    if part.ids is None:
        # What a database cannot tell of an empty value is no.
        return _Part(not_(func.coalesce(part.condition, false())))
    return _Part(ids=_ids(search, _Part()) - _ids(search, part))


def _ids(search: _Search, part: _Part) -> frozenset[int]:
    if part.condition is None and part.ids is not None:
        return part.ids
    query = select(Dataset.id).where(*search.visible)
    if part.condition is not None:
        query = query.where(part.condition)
    found = frozenset(search.session.scalars(query))
    return found if part.ids is None else found & part.ids


def _with_words(search: _Search, typed: str, *, is_wanted: bool) -> frozenset[int]:
    """What holds enough of the words; what merely holds some is left to people's pages."""
    search.words += 1
    if search.words > MAX_WORDS:
        raise QueryNotUnderstood(
            LocalizedText("Quá nhiều nhóm từ.", f"More than {MAX_WORDS} groups of words.")
        )
    try:
        query = understand(typed, search.engine.knowledge()).query
        answer = search.engine.search(
            query, filters={}, sort="relevance", start=0, size=_EVERYTHING_FOUND, facets=()
        )
    except (IndexMissing, IndexBroken) as problem:
        _log.warning("words are looked for in titles: %s", problem.code)
        search.degraded = True
        return _in_titles(search, typed)
    if answer.relaxed:
        return frozenset()
    if is_wanted:
        for dataset_id, score in zip(answer.ids, answer.scores, strict=True):
            search.scores[dataset_id] = search.scores.get(dataset_id, 0.0) + score
    return frozenset(answer.ids)


def _in_titles(search: _Search, typed: str) -> frozenset[int]:
    words = fold(typed.replace('"', " ")).split()
    has = [Dataset.title_folded.contains(word, autoescape=True) for word in words[:MAX_WORDS]]
    return frozenset(search.session.scalars(select(Dataset.id).where(*search.visible, *has)))
