"""The list of datasets: search, filters, sorting, pages, and what to do when nothing is found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext

from portal import links
from portal.catalog import queries
from portal.catalog.models import Concept, Dataset, Vocabulary
from portal.search import service
from portal.search.engines.base import SORTS, Sort
from portal.search.highlight import Segment, mentions
from portal.search.query import Shown
from portal.search.request import MAX_DEPTH, SearchRequest
from portal.search.service import Hit, SearchPage
from portal.text import LANGUAGES, Language
from portal.web.context import Visit
from portal.web.pages.answer import AnswerCard, answer_card
from portal.web.pages.card import Card, Piece, Why, make_card
from portal.web.pages.filters import (
    Chosen,
    FilterGroup,
    chosen_filters,
    filter_groups,
    filter_name,
    value_label,
)
from portal.web.pages.frame import ForPrograms, Frame, Link, feeds_of, page_frame
from portal.web.pages.tiles import Tile, theme_tiles

# Pages linked around the present one.
_NEIGHBOURS = 2
_SHOWN_TILES = 6
_NEAR_TILES = 3


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of results; a gap has no path."""

    number: int
    path: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    """Where one is among the pages of results."""

    page: int
    last: int
    previous_path: str
    next_path: str
    pages: tuple[PageLink, ...]


@dataclass(frozen=True, slots=True)
class WayOut:
    """One filter that may be lifted when nothing is found, and how much is found without it."""

    name: str
    label: str
    path: str
    count: int


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing found. `kind` is one of: `nothing-published`, `filters-exclude-all`, `no-match`, `past-end`.
    `themes`: those that are about what was typed, else the largest."""

    kind: str
    ways_out: tuple[WayOut, ...] = ()
    without_filters: Link | None = None
    themes: tuple[Tile, ...] = ()
    are_themes_near: bool = False


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The page of one search; its address holds everything that made it."""

    frame: Frame
    text: str
    total: int
    cards: tuple[Card, ...]
    related: tuple[Card, ...]
    filters: tuple[FilterGroup, ...]
    chosen: tuple[Chosen, ...]
    clear_path: str
    sorts: tuple[Link, ...]
    sort: Sort
    suggestions: tuple[Link, ...]
    recognised: tuple[Chosen, ...]
    corrected: str
    answer: AnswerCard | None
    literal: Link | None
    is_degraded: bool
    is_relaxed: bool
    paging: Paging | None
    empty: Empty | None
    api_path: str
    permanent: str


def search_page(visit: Visit, request: SearchRequest) -> SearchResults:
    """The page of a search."""
    found = service.search_with_answer(
        request, engine=visit.engine, session=visit.session, hide_illustrative=visit.hide_illustrative
    )
    labels = queries.labels(visit.session)
    hits = (*found.items, *found.related)
    datasets = queries.cards(visit.session, [hit.dataset_id for hit in hits])
    chosen = chosen_filters(request, labels, visit.language)
    return SearchResults(
        frame=_frame(visit, request),
        text=request.text,
        total=found.total,
        cards=_cards(found.items, datasets, visit),
        related=_cards(found.related, datasets, visit),
        filters=filter_groups(request, found.facets, labels, visit.language),
        chosen=chosen,
        clear_path=_path(visit, SearchRequest(text=request.text, sort=request.sort)),
        sorts=_sorts(visit, request),
        sort=request.sort,
        suggestions=tuple(
            Link(words, _path(visit, SearchRequest(text=words))) for words in found.suggestions
        ),
        recognised=tuple(
            Chosen(
                filter_name(each.facet),
                value_label(each.facet, each.value, labels, visit.language),
                _path(visit, request.with_filter(each.facet, each.value)),
                request,
            )
            for each in found.recognised
        ),
        corrected=found.correction.shown if found.correction else "",
        answer=answer_card(found.answer, visit.language) if found.answer else None,
        literal=_literal(visit, request, found),
        is_degraded=found.degraded,
        is_relaxed=found.relaxed,
        paging=_paging(visit, request, found),
        empty=None if found.items else _empty(visit, request, found, chosen),
        permanent=links.absolute(visit.base_url, _path(visit, request)),
        api_path=f"{links.api('datasets')}?{request.to_query_string()}".rstrip("?"),
    )


def _search(visit: Visit, request: SearchRequest) -> SearchPage:
    return service.search(
        request, engine=visit.engine, session=visit.session, hide_illustrative=visit.hide_illustrative
    )


def _literal(visit: Visit, request: SearchRequest, found: SearchPage) -> Link | None:
    """The way back to what was typed, when something else was looked for."""
    if found.correction is None:
        return None
    return Link(request.text, _path(visit, replace(request, text=found.correction.literal, page=1)))


def _path(visit: Visit, request: SearchRequest) -> str:
    return search_path(visit.language, request)


def search_path(language: Language, request: SearchRequest) -> str:
    """The address of a search."""
    return f"{links.page('datasets', language)}?{request.to_query_string()}".rstrip("?")


def _frame(visit: Visit, request: SearchRequest) -> Frame:
    title = gettext("Search: %(words)s", words=request.text) if request.text else gettext("Datasets")
    frame = page_frame(visit, "datasets", title=title)
    return Frame(
        title=frame.title,
        language=frame.language,
        base_url=frame.base_url,
        paths={each: search_path(each, request) for each in LANGUAGES},
        section="datasets",
        crumbs=frame.crumbs,
        # Other engines should list datasets, not our lists of them.
        is_indexed=not request.filters and request.page == 1 and not request.text,
        feeds=_feeds(visit, request),
    )


def _feeds(visit: Visit, request: SearchRequest) -> tuple[ForPrograms, ...]:
    """The same search whatever its order and page, to be followed."""
    followed = SearchRequest(text=request.text, filters=request.filters).to_query_string()
    return feeds_of(visit, "search", followed)


def _cards(hits: Sequence[Hit], datasets: Mapping[int, Dataset], visit: Visit) -> tuple[Card, ...]:
    return tuple(
        make_card(
            datasets[hit.dataset_id],
            visit.language,
            title=_pieces(hit.title),
            snippet=_pieces(hit.snippet),
            reasons=tuple(Why(each.kind, _pieces(each.text)) for each in hit.reasons),
        )
        for hit in hits
        if hit.dataset_id in datasets
    )


def _pieces(segments: Sequence[Segment]) -> tuple[Piece, ...]:
    return tuple(Piece(each.text, each.is_match) for each in segments)


def _sorts(visit: Visit, request: SearchRequest) -> tuple[Link, ...]:
    names: dict[Sort, str] = {
        "relevance": gettext("Most relevant"),
        "modified": gettext("Newest"),
        "title": gettext("Title A–Z"),
    }
    return tuple(
        Link(names[sort], _path(visit, request.with_sort(sort)), sort == request.sort)
        for sort in SORTS
        if sort in names
    )


def _paging(visit: Visit, request: SearchRequest, found: SearchPage) -> Paging | None:
    last = min(found.pages, MAX_DEPTH // request.page_size)
    if last < 2:
        return None

    def path(page: int) -> str:
        return _path(visit, request.with_page(page)) if 1 <= page <= last else ""

    here = request.page
    numbers = sorted({1, last, *range(max(1, here - _NEIGHBOURS), min(last, here + _NEIGHBOURS) + 1)})
    return Paging(
        page=here,
        last=last,
        previous_path=path(here - 1),
        next_path=path(here + 1),
        pages=tuple(_with_gaps([PageLink(each, path(each), each == here) for each in numbers])),
    )


def _with_gaps(pages: Sequence[PageLink]) -> list[PageLink]:
    result: list[PageLink] = []
    for each in pages:
        if result and each.number - result[-1].number > 1:
            result.append(PageLink(0, ""))
        result.append(each)
    return result


def _empty(visit: Visit, request: SearchRequest, found: SearchPage, chosen: Sequence[Chosen]) -> Empty:
    if found.total:
        return Empty("past-end", without_filters=Link("", _path(visit, request.with_page(1))))
    counts = queries.counts(visit.session, hide_illustrative=visit.hide_illustrative)
    if not any(counts.themes.values()) and not _count(visit, SearchRequest()):
        return Empty("nothing-published")
    plain = SearchRequest(text=request.text, language=request.language)
    if request.filters and _count(visit, plain):
        ways = [
            WayOut(each.name, each.label, each.path, _count(visit, each.without))
            for each in chosen[:_SHOWN_TILES]
        ]
        return Empty(
            "filters-exclude-all",
            ways_out=tuple(way for way in ways if way.count),
            without_filters=Link(request.text, _path(visit, plain)),
        )
    themes = queries.concepts(visit.session, Vocabulary.THEME)
    near = [theme for theme in themes if counts.themes.get(theme.code) and _is_about(theme, found.shown)]
    tiles = theme_tiles(visit, near or themes, counts.themes)
    best = sorted(tiles, key=lambda tile: -tile.count)[: _NEAR_TILES if near else _SHOWN_TILES]
    return Empty("no-match", themes=tuple(tile for tile in best if tile.count), are_themes_near=bool(near))


def _is_about(theme: Concept, shown: Shown) -> bool:
    """Whether a theme's names or its description speak of what was asked for, in any of its words."""
    texts = (theme.label_vi, theme.label_en, theme.description_vi, theme.description_en, *theme.also)
    names = [name.strip() for text in texts if text for name in re.split(r"[,.;]| - ", text)]
    if mentions(
        " | ".join(names), Shown(tuple(words for words in (*shown.whole, shown.loose) if len(words) > 1))
    ):
        return True
    # A syllable by itself is a theme's name, or nothing: a night market is no labour market.
    single = Shown(tuple(words for words in shown.whole if len(words) == 1))
    return any(" " not in name and mentions(name, single) for name in names)


def _count(visit: Visit, request: SearchRequest) -> int:
    return _search(visit, request).total
