"""The card of a dataset in a list: title, a few lines, and the six facts that people choose by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal import links
from portal.catalog.models import Agency, Dataset, Distribution, When
from portal.text import Language, LocalizedText
from portal.web import filters, markdown
from portal.web.pages.frame import Link

# A card names so many places; the rest is a number.
SHOWN_PLACES = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `is_hit` when the search matched it."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class Why:
    """A column or a file (`kind`) that holds what was asked for."""

    kind: str
    text: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of a dataset; None and empty mean not stated."""

    path: str
    title: LocalizedText
    title_pieces: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    agency: LocalizedText | None
    updated: When | None
    period: str
    places: tuple[LocalizedText, ...]
    more_places: int
    formats: tuple[str, ...]
    licence: LocalizedText | None
    is_illustrative: bool
    reasons: tuple[Why, ...] = ()


def make_card(
    dataset: Dataset,
    language: Language,
    *,
    title: Sequence[Piece] = (),
    snippet: Sequence[Piece] = (),
    reasons: Sequence[Why] = (),
) -> Card:
    """The card of a dataset; without `title` and `snippet` its own words stand unmarked."""
    shown = dataset.places[:SHOWN_PLACES]
    return Card(
        path=links.dataset_page(dataset.slug, language),
        title=dataset.title,
        title_pieces=tuple(title) or (Piece(dataset.title.in_language(language)),),
        snippet=tuple(snippet) or plain_snippet(dataset, language),
        agency=agency_name(dataset.agency, dataset.agency_text),
        updated=dataset.modified,
        period=filters.period(dataset.temporal_start, dataset.temporal_end),
        places=tuple(place.name for place in shown),
        more_places=len(dataset.places) - len(shown),
        formats=format_names(dataset.distributions),
        licence=dataset.licence.label if dataset.licence else raw(dataset.licence_raw),
        is_illustrative=dataset.illustrative,
        reasons=tuple(reasons),
    )


def plain_snippet(dataset: Dataset, language: Language) -> tuple[Piece, ...]:
    """The beginning of the description as plain text; nothing when there is none."""
    text = markdown.excerpt(dataset.description.in_language(language), 180)
    return (Piece(text),) if text else ()


def agency_name(agency: Agency | None, text: str | None) -> LocalizedText | None:
    """The name of a known agency, or the words of the source."""
    return agency.name if agency else raw(text)


def agency_link(agency: Agency | None, text: str | None, language: Language) -> Link | None:
    """The same with its page, when it has one."""
    if agency:
        return Link(agency.name.in_language(language), links.agency_page(agency.slug, language))
    return Link(text, "") if text else None


def raw(text: str | None) -> LocalizedText | None:
    """Words of a source that no concept of ours matches."""
    return LocalizedText(text, text) if text else None


def format_name(distribution: Distribution) -> str:
    """CSV, XLSX, ...; empty when not known."""
    return distribution.format.code if distribution.format else distribution.format_raw or ""


def format_names(distributions: Iterable[Distribution]) -> tuple[str, ...]:
    """Each format once, in the order of the files."""
    return tuple(dict.fromkeys(name for each in distributions if (name := format_name(each))))
