"""The tiles of themes on home and on the list of themes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal import links
from portal.catalog.models import Concept
from portal.text import LocalizedText
from portal.web import assets
from portal.web.context import Visit


@dataclass(frozen=True, slots=True)
class Tile:
    """A theme with the number of its datasets."""

    label: LocalizedText
    description: LocalizedText
    path: str
    icon: str
    count: int


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
