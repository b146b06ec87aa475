"""The one way to search, for pages, APIs and feeds: a request in, a page of hits out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from portal.catalog.models import Agency, Dataset
from portal.catalog.queries import are_visible
from portal.observability import metrics
from portal.search import fallback, highlight, wording
from portal.search.answers.finding import Answer, find_answer
from portal.search.engines.base import EngineAnswer, FacetValue, IndexBroken, IndexMissing, Reader
from portal.search.facets import FACET_NAMES
from portal.search.highlight import Segment
from portal.search.knowledge import Knowledge
from portal.search.query import Query, Shown
from portal.search.reasons import Reason, is_scoped, load_reasons
from portal.search.request import SearchRequest
from portal.search.understanding import Recognised, Understanding, understand
from portal.search.variants import variants
from portal.search.wording import Correction
from portal.text import Language, LocalizedText

_log = logging.getLogger(__name__)

_OTHER = "other"


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `matched`: the parts that hold a word of the query, of `title`, `description`, `keywords`,
    `agency` in either language; `column`, `file` and `row` when none of these does or when they were asked for,
    `other` (themes, places) when nothing does; empty without words. `reasons`: those columns, files and cells.
    Titles and snippets are segments in the language asked for, unescaped."""

    dataset_id: int
    slug: str
    score: float
    title: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    matched: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()


_NOTHING_SHOWN = Shown()
_NOTHING_UNDERSTOOD = Understanding(Query())


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of results. `facets` by name, values as in URLs; `generation` tells the state of the index they
    were counted in, 0 when `degraded`: the database answered in place of the index, by titles and without
    facets. `relaxed`: nothing held enough of the query, so less was accepted. `correction`: something else was
    looked for than was typed; `suggestions`: queries that may have been meant instead, or, when nothing was
    found, others that find something; `recognised`: filters that the query speaks of. `shown`: what the query
    looks for, in all its words; `understood`: how it was read; `answer`: a cell that answers it, when that was asked
    for."""

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
    shown: Shown = _NOTHING_SHOWN
    understood: Understanding = _NOTHING_UNDERSTOOD
    answer: Answer | None = None

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


def search_with_answer(
    request: SearchRequest, *, engine: Reader, session: Session, hide_illustrative: bool = False
) -> SearchPage:
    """`search`, and on the first page of a question without filters the cell that answers it; up to four statements
    more."""
    page = search(request, engine=engine, session=session, hide_illustrative=hide_illustrative)
    if request.page > 1 or request.filters or not page.understood.tokens:
        return page
    return replace(page, answer=find_answer(session, page.understood))


@metrics.timed("search")
def search(
    request: SearchRequest,
    *,
    engine: Reader,
    session: Session,
    hide_illustrative: bool = False,
    facets: Sequence[str] = FACET_NAMES,
) -> SearchPage:
    """Find published datasets: one engine call and one SQL statement, two more for hits by a column, file or row.
    Without a usable index the database answers (three statements); a door never meets an error for the
    index's sake."""
    understood = understand(request.text, _knowledge(engine))
    answer, degraded = _answer(request, understood.query, engine, session, hide_illustrative, facets)
    texts = _load_texts(session, (*answer.ids, *answer.related), hide_illustrative=hide_illustrative)
    shown = understood.query.shown()
    scores = dict(zip(answer.ids, answer.scores, strict=True))
    sought = _Sought(shown, highlight.mentioning(shown), request.language)
    hits = {each: _hit(each, scores.get(each, 0.0), text, sought) for each, text in texts.items()}
    hits |= _with_reasons(session, hits, understood.query)
    titles = [text.title.vi for text in texts.values()]
    return SearchPage(
        request=request,
        items=tuple(hits[each] for each in answer.ids if each in hits),
        related=tuple(hits[each] for each in answer.related if each in hits),
        facets=answer.facets,
        total=answer.total,
        generation=answer.generation,
        degraded=degraded,
        relaxed=answer.relaxed,
        suggestions=_suggestions(request, understood, titles, answer, None if degraded else engine),
        correction=wording.correction(understood, titles),
        recognised=tuple(_useful(understood.recognised, request, answer)),
        shown=shown,
        understood=understood,
    )


def _suggestions(
    request: SearchRequest,
    understood: Understanding,
    titles: Sequence[str],
    answer: EngineAnswer,
    engine: Reader | None,
) -> tuple[str, ...]:
    meant = wording.suggestions(understood, titles)
    if answer.total or engine is None:
        return meant
    try:
        return tuple(dict.fromkeys((*meant, *variants(request.text, understood, engine))))
    except (IndexMissing, IndexBroken):
        return meant


def _with_reasons(session: Session, hits: Mapping[int, Hit], query: Query) -> dict[int, Hit]:
    """Those of the hits that were found by a column or a file, and say by which."""
    unexplained = [each for each, hit in hits.items() if hit.matched == (_OTHER,) or is_scoped(query)]
    reasons = load_reasons(session, unexplained, query)
    explained = {}
    for each, of_one in reasons.items():
        if of_one:
            kinds = tuple(dict.fromkeys(reason.kind for reason in of_one))
            shown = tuple(part for part in hits[each].matched if part != _OTHER)
            explained[each] = replace(hits[each], matched=(*shown, *kinds), reasons=of_one)
    return explained


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


@dataclass(frozen=True, slots=True)
class _Sought:
    """What hits are shown with: the words, a test whether a text has any of them, and the reader's language."""

    shown: Shown
    is_in: Callable[[str], bool]
    language: Language


def _hit(dataset_id: int, score: float, texts: _Texts, sought: _Sought) -> Hit:
    title = highlight.highlight(texts.title.in_language(sought.language), sought.shown)
    snippet = highlight.snippet(texts.description.in_language(sought.language), sought.shown)
    parts = {
        "title": _holds(title, texts.title, sought),
        "description": _holds(snippet, texts.description, sought),
        "keywords": sought.is_in(texts.keywords),
        "agency": sought.is_in(texts.agency),
    }
    matched = tuple(name for name, is_shown in parts.items() if is_shown)
    return Hit(
        dataset_id=dataset_id,
        slug=texts.slug,
        score=score,
        title=title,
        snippet=snippet,
        matched=matched or ((_OTHER,) if sought.shown else ()),
    )


def _holds(segments: Sequence[Segment], text: LocalizedText, sought: _Sought) -> bool:
    """Whether a text has what is shown, in the language of `segments` or in its other language."""
    if any(segment.is_match for segment in segments):
        return True
    other = text.vi if sought.language == "en" else text.en
    return bool(other) and sought.is_in(other or "")
