"""Series: all of them, one with its datasets in the order of their periods, and a dataset's place in its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from portal import links
from portal.catalog import series_queries
from portal.catalog.models import Dataset, Series
from portal.text import LANGUAGES, LocalizedText
from portal.web import filters
from portal.web.context import Visit
from portal.web.pages.card import agency_link
from portal.web.pages.frame import Frame, Link, item_frame, page_frame


@dataclass(frozen=True, slots=True)
class Entry:
    """A series in the list."""

    title: LocalizedText
    path: str
    count: int


@dataclass(frozen=True, slots=True)
class SeriesListPage:
    """Every series that has something to show."""

    frame: Frame
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A dataset of a series; `period` is empty when none is stated."""

    title: LocalizedText
    path: str
    period: str
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """One series."""

    frame: Frame
    title: LocalizedText
    description: LocalizedText
    agency: Link | None
    members: tuple[Member, ...]
    api_path: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dataset stands in its series: the nearest ones of an earlier and of a later period."""

    title: LocalizedText
    path: str
    count: int
    earlier: Member | None
    later: Member | None


def series_list_page(visit: Visit) -> SeriesListPage:
    """The series of public datasets."""
    hide = visit.hide_illustrative
    counts = series_queries.counts(visit.session, hide_illustrative=hide)
    found = (each for each in series_queries.all_series(visit.session) if counts.get(each.id))
    return SeriesListPage(
        page_frame(visit, "series"),
        tuple(Entry(each.title, _path(visit, each), counts[each.id]) for each in found),
    )


def series_page(visit: Visit, series: Series) -> SeriesPage:
    """One series and its public datasets."""
    title = series.title.in_language(visit.language)
    return SeriesPage(
        frame=item_frame(
            visit,
            "series",
            {each: links.series_page(series.slug, each) for each in LANGUAGES},
            title=title,
            description=gettext("Datasets of the series %(title)s, period by period.", title=title),
        ),
        title=series.title,
        description=series.description,
        agency=agency_link(series.agency, None, visit.language),
        members=tuple(_member(visit, each) for each in _members(visit, series)),
        api_path=links.api("series", series.slug),
    )


def place_in_series(visit: Visit, dataset: Dataset) -> Place | None:
    """A public dataset's place in its series, if it is in one; one statement more."""
    series = dataset.series
    if series is None:
        return None
    members = _members(visit, series)
    earlier, later = _neighbours(members, dataset)
    return Place(
        title=series.title,
        path=_path(visit, series),
        count=len(members),
        earlier=_member(visit, earlier) if earlier else None,
        later=_member(visit, later) if later else None,
    )


def _neighbours(members: Sequence[Dataset], dataset: Dataset) -> tuple[Dataset | None, Dataset | None]:
    """What is earlier or later is told of datasets that state their periods, and of different ones alone."""
    own = _span(dataset)
    if own is None:
        return None, None
    dated = [(span, each) for each in members if (span := _span(each)) is not None]
    before = [each for span, each in dated if span < own]
    after = [each for span, each in dated if span > own]
    return (before[-1] if before else None, after[0] if after else None)


def _span(dataset: Dataset) -> tuple[date, date] | None:
    """First and last day; a period with an open end begins and ends with the day that is known."""
    first = dataset.temporal_start or dataset.temporal_end
    last = dataset.temporal_end or date.max
    return (first, last) if first else None


def _members(visit: Visit, series: Series) -> Sequence[Dataset]:
    return series_queries.public_members(visit.session, series.id, hide_illustrative=visit.hide_illustrative)


def _member(visit: Visit, dataset: Dataset) -> Member:
    return Member(
        title=dataset.title,
        path=links.dataset_page(dataset.slug, visit.language),
        period=filters.period(dataset.temporal_start, dataset.temporal_end),
        is_illustrative=dataset.illustrative,
    )


def _path(visit: Visit, series: Series) -> str:
    return links.series_page(series.slug, visit.language)
