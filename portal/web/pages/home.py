"""Home: search, themes, what is new, and the ways in for those who look around."""

from __future__ import annotations

from dataclasses import dataclass

from portal import links
from portal.catalog import queries
from portal.catalog.models import Vocabulary
from portal.exchange.rdf import FORMS
from portal.web.context import Visit
from portal.web.pages.card import Card, make_card
from portal.web.pages.frame import Frame, feeds_of, for_programs, page_frame
from portal.web.pages.tiles import Tile, theme_tiles

SHOWN_THEMES = 12
SHOWN_CARDS = 6


@dataclass(frozen=True, slots=True)
class HomePage:
    """Home. The numbers count what an anonymous reader can find: real records, and beside them illustrative ones."""

    frame: Frame
    real: int
    illustrative: int
    themes: tuple[Tile, ...]
    newest: tuple[Card, ...]
    newest_path: str
    themes_path: str
    agencies_path: str
    places_path: str
    developers_path: str
    api_example: str


def home_page(visit: Visit) -> HomePage:
    """Home as it is now."""
    session, hide = visit.session, visit.hide_illustrative
    counts = queries.counts(session, hide_illustrative=hide)
    tiles = theme_tiles(visit, queries.concepts(session, Vocabulary.THEME), counts.themes)
    newest = queries.newest(session, limit=SHOWN_CARDS, hide_illustrative=hide)
    documents = tuple(
        for_programs(visit, form, links.catalogue_document(form.extension)) for form in FORMS.values()
    )
    total = queries.published_count(session, hide_illustrative=hide)
    real = queries.published_count(session, hide_illustrative=True)
    return HomePage(
        frame=page_frame(visit, "home", documents=documents, feeds=feeds_of(visit, "datasets")),
        real=real,
        illustrative=total - real,
        themes=tuple(sorted(tiles, key=lambda tile: -tile.count)[:SHOWN_THEMES]),
        newest=tuple(make_card(dataset, visit.language) for dataset in newest),
        newest_path=links.search(visit.language, sort="modified"),
        themes_path=links.page("themes", visit.language),
        agencies_path=links.page("agencies", visit.language),
        places_path=links.page("places", visit.language),
        developers_path=links.page("developers", visit.language),
        api_example=links.absolute(visit.base_url, links.api("datasets")),
    )
