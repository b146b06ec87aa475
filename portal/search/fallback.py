"""Search without an index: titles in the database, all words, newest first; enough to go on working."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.catalog.models import Dataset
from portal.catalog.public_queries import within_filters
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
        *within_filters(request.filters),
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
