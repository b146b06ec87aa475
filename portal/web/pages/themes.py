"""Themes: all of them, and one with its datasets."""

from __future__ import annotations

from dataclasses import dataclass

from portal import links
from portal.catalog import queries
from portal.catalog.models import Concept, Vocabulary
from portal.text import LANGUAGES, LocalizedText
from portal.web import assets
from portal.web.context import Visit
from portal.web.pages.frame import Frame, feeds_of, item_frame, page_frame
from portal.web.pages.lists import DatasetList, newest_within
from portal.web.pages.tiles import Tile, theme_tiles


@dataclass(frozen=True, slots=True)
class ThemesPage:
    """Every theme with the number of its datasets."""

    frame: Frame
    themes: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class ThemePage:
    """One theme."""

    frame: Frame
    label: LocalizedText
    description: LocalizedText
    icon: str
    datasets: DatasetList


def themes_page(visit: Visit) -> ThemesPage:
    """The list of themes."""
    counts = queries.counts(visit.session, hide_illustrative=visit.hide_illustrative)
    themes = queries.concepts(visit.session, Vocabulary.THEME)
    return ThemesPage(page_frame(visit, "themes"), tuple(theme_tiles(visit, themes, counts.themes)))


def theme_page(visit: Visit, theme: Concept) -> ThemePage:
    """One theme and its newest datasets."""
    return ThemePage(
        frame=item_frame(
            visit,
            "themes",
            {each: links.theme_page(theme.code, each) for each in LANGUAGES},
            title=theme.label.in_language(visit.language),
            description=theme.description.in_language(visit.language),
            feeds=feeds_of(visit, f"theme/{theme.code}"),
        ),
        label=theme.label,
        description=theme.description,
        icon=assets.theme_icon(theme.code),
        datasets=newest_within(visit, theme, "theme", theme.code),
    )
