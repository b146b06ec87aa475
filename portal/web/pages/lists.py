"""A part of a page that lists datasets: the newest of an agency, a theme or a place, and the way to all."""

from __future__ import annotations

from dataclasses import dataclass

from portal import links
from portal.catalog import queries
from portal.web.context import Visit
from portal.web.pages.card import Card, make_card

SHOWN = 10


@dataclass(frozen=True, slots=True)
class DatasetList:
    """The newest `cards` of `total`; `all_path` is the search that finds every one."""

    cards: tuple[Card, ...]
    total: int
    all_path: str

    @property
    def has_more(self) -> bool:
        """Whether there are more than the page shows."""
        return self.total > len(self.cards)


def newest_within(visit: Visit, scope: queries.Scope, facet: str, value: str) -> DatasetList:
    """The newest datasets of an agency, a theme or a place; `facet` and `value` name it in a search."""
    hide = visit.hide_illustrative
    found = queries.newest(visit.session, limit=SHOWN, hide_illustrative=hide, within=scope)
    return DatasetList(
        cards=tuple(make_card(dataset, visit.language) for dataset in found),
        total=queries.published_count(visit.session, hide_illustrative=hide, within=scope),
        all_path=links.search(visit.language, **{facet: value}),
    )
