"""The one way to search, for pages, APIs and feeds: a request in, a page of hits out."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from portal.catalog.models import Agency, Dataset
from portal.catalog.queries import are_visible
from portal.search import fallback, highlight, wording
from portal.search.engines.base import EngineAnswer, FacetValue, IndexBroken, IndexMissing, Reader
from portal.search.facets import FACET_NAMES
from portal.search.highlight import Segment
from portal.search.knowledge import Knowledge
from portal.search.query import Query, Shown
from portal.search.request import SearchRequest
from portal.search.understanding import Recognised, understand
from portal.search.wording import Correction
from portal.text import Language, LocalizedText

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `matched`: the parts that hold a word of the query, of `title`, `description`, `keywords`,
    `agency` in either language, and `other` (columns, files, themes, places) when none of these does; empty
    without words. Titles and snippets are segments in the language asked for, unescaped."""

    dataset_id: int
    slug: str
    score: float
    title: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of results. `facets` by name, values as in URLs; `generation` tells the state of the index they
    were counted in, 0 when `degraded`: the database answered in place of the index, by titles and without
    facets. `relaxed`: nothing held enough of the query, so less was accepted. `correction`: something else was
    looked for than was typed; `suggestions`: queries that may have been meant instead; `recognised`: filters
    that the query speaks of."""

    request: SearchRequest
    items: tuple[Hit, ...]
    related: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    total: int
    suggestions: tuple[str, ...] = ()
    generation: int = 0
    degraded: bool = False
    relaxed: bool = False
    correction: Correction | None = None
    recognised: tuple[Recognised, ...] = ()

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.request.page_size))


@dataclass(frozen=True, slots=True)
class _Texts:
    """What a hit shows and is matched against."""

    slug: str
    title: LocalizedText
    description: LocalizedText
    keywords: str
    agency: str


def search(
    request: SearchRequest,
    *,
    engine: Reader,
    session: Session,
    hide_illustrative: bool = False,
    facets: Sequence[str] = FACET_NAMES,
) -> SearchPage:
    """Find published datasets: one engine call and one SQL statement. Without a usable index the database
    answers (three statements); a door never meets an error for the index's sake."""
    understood = understand(request.text, _knowledge(engine))
    answer, degraded = _answer(request, understood.query, engine, session, hide_illustrative, facets)
    texts = _load_texts(session, (*answer.ids, *answer.related), hide_illustrative=hide_illustrative)
    shown = understood.query.shown()
    scores = dict(zip(answer.ids, answer.scores, strict=True))

    def hits(ids: Sequence[int]) -> tuple[Hit, ...]:
        return tuple(
            _hit(each, scores.get(each, 0.0), texts[each], shown, request.language)
            for each in ids
            if each in texts
        )

    return SearchPage(
        request=request,
        items=hits(answer.ids),
        related=hits(answer.related),
        facets=answer.facets,
        total=answer.total,
        generation=answer.generation,
        degraded=degraded,
        relaxed=answer.relaxed,
        suggestions=wording.suggestions(understood, [text.title.vi for text in texts.values()]),
        correction=wording.correction(understood, [text.title.vi for text in texts.values()]),
        recognised=tuple(_useful(understood.recognised, request, answer)),
    )


def _knowledge(engine: Reader) -> Knowledge:
    """What the index knows; nothing when it cannot be opened, which asking it for results will tell."""
    try:
        return engine.knowledge()
    except (IndexMissing, IndexBroken):
        return Knowledge()


def _useful(
    recognised: Sequence[Recognised], request: SearchRequest, answer: EngineAnswer
) -> Iterator[Recognised]:
    """Filters that would leave something, as far as the answer counted them, and are not chosen yet."""
    for each in recognised:
        counted = {value.value for value in answer.facets.get(each.facet, ()) if value.count}
        if each.value in counted and each.value not in request.chosen(each.facet):
            yield each


def _answer(
    request: SearchRequest,
    query: Query,
    engine: Reader,
    session: Session,
    hide_illustrative: bool,
    facets: Sequence[str],
) -> tuple[EngineAnswer, bool]:
    try:
        answer = engine.search(
            query,
            filters=request.filters,
            sort=request.sort,
            start=request.start,
            size=request.page_size,
            facets=facets,
        )
    except (IndexMissing, IndexBroken) as problem:
        _log.warning("search answers from the database: %s", problem.code)
        return fallback.answer(request, query, session, hide_illustrative=hide_illustrative), True
    return answer, False


def _load_texts(session: Session, ids: Sequence[int], *, hide_illustrative: bool) -> dict[int, _Texts]:
    """Texts of those that are visible at this moment: the index may be a second behind a withdrawal."""
    if not ids:
        return {}
    rows = session.execute(_texts_query(hide_illustrative=hide_illustrative), {"ids": list(ids)})
    return {
        row.id: _Texts(
            slug=row.slug,
            title=LocalizedText(row.title_vi, row.title_en),
            description=LocalizedText(row.description_vi, row.description_en),
            keywords=" | ".join(row.keywords),
            agency=f"{row.name_vi or row.agency_text or ''} {row.name_en or ''}",
        )
        for row in rows
    }


@cache
def _texts_query(*, hide_illustrative: bool) -> Select[Any]:
    """Made once: making it takes longer than running it."""
    return (
        select(
            Dataset.id,
            Dataset.slug,
            Dataset.title_vi,
            Dataset.title_en,
            func.substr(Dataset.description_vi, 1, highlight.READ_LETTERS).label("description_vi"),
            func.substr(Dataset.description_en, 1, highlight.READ_LETTERS).label("description_en"),
            Dataset.keywords,
            Dataset.agency_text,
            Agency.name_vi,
            Agency.name_en,
        )
        .outerjoin(Agency, Dataset.agency_id == Agency.id)
        .where(*are_visible(bindparam("ids", expanding=True), hide_illustrative=hide_illustrative))
    )


def _hit(dataset_id: int, score: float, texts: _Texts, shown: Shown, language: Language) -> Hit:
    title = highlight.highlight(texts.title.in_language(language), shown)
    snippet = highlight.snippet(texts.description.in_language(language), shown)
    parts = {
        "title": _holds(title, texts.title, shown, language),
        "description": _holds(snippet, texts.description, shown, language),
        "keywords": highlight.mentions(texts.keywords, shown),
        "agency": highlight.mentions(texts.agency, shown),
    }
    matched = tuple(name for name, is_shown in parts.items() if is_shown)
    return Hit(
        dataset_id=dataset_id,
        slug=texts.slug,
        score=score,
        title=title,
        snippet=snippet,
        matched=matched or (("other",) if shown else ()),
    )


def _holds(segments: Sequence[Segment], text: LocalizedText, shown: Shown, language: Language) -> bool:
    """Whether a text has what is shown, in the language of `segments` or in its other language."""
    if any(segment.is_match for segment in segments):
        return True
    other = text.vi if language == "en" else text.en
    return bool(other) and highlight.mentions(other or "", shown)
