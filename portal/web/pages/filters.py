"""The filters of a search: what may be chosen, with counts, and what has been."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from portal import links
from portal.catalog.models import Vocabulary
from portal.catalog.queries import Labels
from portal.search.engines.base import FacetValue
from portal.search.facets import FACETS
from portal.search.request import SearchRequest
from portal.text import Language

# Values shown before "more": enough to see what there is, few enough to see the next filter.
SHOWN_VALUES = 6

_VOCABULARIES = {
    "theme": Vocabulary.THEME,
    "format": Vocabulary.FORMAT,
    "licence": Vocabulary.LICENCE,
    "frequency": Vocabulary.FREQUENCY,
}


@dataclass(frozen=True, slots=True)
class Option:
    """One value that may be chosen, and how many results it would leave."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """One filter. `more` are the rarer values, folded away."""

    name: str
    legend: str
    shown: tuple[Option, ...]
    more: tuple[Option, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """A chosen value with the address of the same search without it."""

    name: str
    label: str
    path: str
    without: SearchRequest


def filter_name(facet: str) -> str:
    """What a filter is called."""
    names: dict[str, str] = {
        "theme": gettext("Theme"),
        "agency": gettext("Agency"),
        "place": gettext("Place"),
        "format": gettext("Format"),
        "licence": gettext("Licence"),
        "frequency": gettext("How often updated"),
        "year": gettext("Year of update"),
    }
    return names.get(facet, facet)


def value_label(facet: str, value: str, labels: Labels, language: Language) -> str:
    """What a value is called; the value itself when nobody knows it."""
    if facet in _VOCABULARIES:
        text = labels.concepts.get((_VOCABULARIES[facet], value))
    else:
        text = {"agency": labels.agencies, "place": labels.places}.get(facet, {}).get(value)
    return text.in_language(language) if text else value


def filter_groups(
    request: SearchRequest,
    counted: Mapping[str, Sequence[FacetValue]],
    labels: Labels,
    language: Language,
) -> tuple[FilterGroup, ...]:
    """The filters that could narrow this search or already do."""
    groups = (_group(facet.name, request, counted.get(facet.name, ()), labels, language) for facet in FACETS)
    return tuple(group for group in groups if group.shown)


def _group(
    facet: str, request: SearchRequest, counted: Sequence[FacetValue], labels: Labels, language: Language
) -> FilterGroup:
    chosen = request.chosen(facet)
    counts = {each.value: each.count for each in counted if each.count or each.value in chosen}
    # Chosen values stay on the page even when they leave nothing: they must be there to be unticked.
    values = [*(v for v in chosen), *(v for v in _ordered(facet, counts) if v not in chosen)]
    options = [
        Option(v, value_label(facet, v, labels, language), counts.get(v, 0), v in chosen) for v in values
    ]
    cut = max(SHOWN_VALUES, len(chosen))
    return FilterGroup(
        name=facet,
        legend=filter_name(facet),
        shown=tuple(options[:cut]),
        more=tuple(options[cut:]),
        is_open=bool(chosen),
    )


def _ordered(facet: str, counts: Mapping[str, int]) -> Iterable[str]:
    """The commonest first; years from the latest."""
    return sorted(counts, reverse=True) if facet == "year" else counts


def chosen_filters(request: SearchRequest, labels: Labels, language: Language) -> tuple[Chosen, ...]:
    """What has been chosen, to be shown and removed one by one."""
    found = []
    for facet in FACETS:
        for value in request.chosen(facet.name):
            without = request.without_filter(facet.name, value)
            path = f"{links.page('datasets', language)}?{without.to_query_string()}".rstrip("?")
            label = value_label(facet.name, value, labels, language)
            found.append(Chosen(filter_name(facet.name), label, path, without))
    return tuple(found)
