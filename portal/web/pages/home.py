"""Home: search, themes, what is new, and the ways in for those who look around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal import links
from portal.catalog import queries
from portal.catalog.models import Concept, Vocabulary
from portal.text import LocalizedText
from portal.web import assets
from portal.web.context import Visit
from portal.web.pages.card import Card, make_card
from portal.web.pages.frame import Frame, page_frame

SHOWN_THEMES = 12
SHOWN_CARDS = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """A theme with the number of its datasets."""

    label: LocalizedText
    description: LocalizedText
    path: str
    icon: str
    count: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """Home. The numbers count what an anonymous reader can find."""

    frame: Frame
    total: int
    agency_count: int
    place_count: int
    themes: tuple[Tile, ...]
    newest: tuple[Card, ...]
    api_example: str


def home_page(visit: Visit) -> HomePage:
    """Home as it is now."""
    session, hide = visit.session, visit.hide_illustrative
    counts = queries.counts(session, hide_illustrative=hide)
    tiles = theme_tiles(visit, queries.concepts(session, Vocabulary.THEME), counts.themes)
    newest = queries.newest(session, limit=SHOWN_CARDS, hide_illustrative=hide)
    return HomePage(
        frame=page_frame(visit, "home"),
        total=queries.published_count(session, hide_illustrative=hide),
        agency_count=len(counts.agencies),
        place_count=len(counts.places),
        themes=tuple(sorted(tiles, key=lambda tile: -tile.count)[:SHOWN_THEMES]),
        newest=tuple(make_card(dataset, visit.language) for dataset in newest),
        api_example=links.absolute(visit.base_url, links.api("datasets")),
    )


def theme_tiles(visit: Visit, themes: Sequence[Concept], counts: Mapping[str, int]) -> list[Tile]:
    """Every theme in the vocabulary's own order."""
    return [
        Tile(
            label=theme.label,
            description=theme.description,
            path=links.theme_page(theme.code, visit.language),
            icon=assets.theme_icon(theme.code),
            count=counts.get(theme.code, 0),
        )
        for theme in themes
    ]
