"""Search without an index: titles in the database, all words, newest first; enough to go on working."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from portal.catalog.models import Agency, Concept, Dataset, Distribution, Place
from portal.catalog.queries import is_visible
from portal.search.engines.base import EngineAnswer
from portal.search.query import Query
from portal.search.request import SearchRequest
from portal.text import fold


def answer(
    request: SearchRequest, query: Query, session: Session, *, hide_illustrative: bool
) -> EngineAnswer:
    """What the engine would be asked, from the database: two statements, no facet counts, nothing related."""
    conditions = [
        *is_visible(hide_illustrative=hide_illustrative),
        *(_title_has(fold(concept.typed)) for concept in query.concepts),
        *(~_title_has(" ".join(word.folded for word in phrase.words)) for phrase in query.excluded),
        *(_CONDITIONS[name](values) for name, values in request.filters.items()),
    ]
    order = (Dataset.title_folded,) if request.sort == "title" else (Dataset.modified.desc().nulls_last(),)
    page = select(Dataset.id).where(*conditions).order_by(*order, Dataset.id)
    ids = tuple(session.scalars(page.offset(request.start).limit(request.page_size)))
    total = session.scalar(select(func.count()).select_from(Dataset).where(*conditions)) or 0
    return EngineAnswer(
        ids=ids, scores=(0.0,) * len(ids), total=total, facets={}, related=(), generation=0, relaxed=False
    )


def _title_has(folded: str) -> ColumnElement[bool]:
    return Dataset.title_folded.contains(folded, autoescape=True)


def _of_year(values: Sequence[str]) -> ColumnElement[bool]:
    # The column keeps ISO 8601 texts; comparing with the column's own type would want dates.
    year = func.substr(func.coalesce(Dataset.modified, Dataset.issued, ""), 1, 4)
    return year.in_(values)


_CONDITIONS: dict[str, Callable[[Sequence[str]], ColumnElement[bool]]] = {
    "theme": lambda values: Dataset.themes.any(Concept.code.in_(values)),
    "agency": lambda values: Dataset.agency.has(Agency.slug.in_(values)),
    "place": lambda values: Dataset.places.any(or_(Place.code.in_(values), Place.slug.in_(values))),
    "format": lambda values: Dataset.distributions.any(Distribution.format.has(Concept.code.in_(values))),
    "licence": lambda values: Dataset.licence.has(Concept.code.in_(values)),
    "frequency": lambda values: Dataset.frequency.has(Concept.code.in_(values)),
    "year": _of_year,
}
