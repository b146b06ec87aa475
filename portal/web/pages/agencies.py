"""Agencies: all of them by what they are, and one with its place in the hierarchy and its datasets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from portal import links
from portal.catalog import queries
from portal.catalog.models import Agency
from portal.text import LANGUAGES, LocalizedText, fold
from portal.web.context import Visit
from portal.web.pages.dataset import web_address
from portal.web.pages.frame import Frame, Link, feeds_of, item_frame, page_frame
from portal.web.pages.lists import DatasetList, newest_within


@dataclass(frozen=True, slots=True)
class Entry:
    """An agency in a list."""

    name: LocalizedText
    acronym: str
    path: str
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """Agencies of one sort."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class AgenciesPage:
    """Every agency."""

    frame: Frame
    total: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """One agency."""

    frame: Frame
    name: LocalizedText
    acronyms: tuple[str, ...]
    former_names: tuple[str, ...]
    parent: Link | None
    children: tuple[Link, ...]
    homepage: str | None
    api_path: str
    datasets: DatasetList


def _groups() -> dict[str, tuple[str, ...]]:
    return {
        gettext("City government"): ("hoi-dong-nhan-dan", "uy-ban-nhan-dan"),
        gettext("Departments and offices"): ("so", "van-phong", "thanh-tra"),
        gettext("Boards and public service units"): ("ban-quan-ly", "ban-quan-ly-du-an", "don-vi-su-nghiep"),
        gettext("Central agencies in the city"): ("co-quan-trung-uong",),
        gettext("Wards, communes and the special zone"): ("uy-ban-nhan-dan-cap-xa",),
    }


def agencies_page(visit: Visit) -> AgenciesPage:
    """The list of agencies."""
    agencies = queries.agencies(visit.session)
    counts = queries.counts(visit.session, hide_illustrative=visit.hide_illustrative).agencies
    groups = _groups()
    titles = {kind: title for title, kinds in groups.items() for kind in kinds}
    other = gettext("Other agencies")
    found: dict[str, list[Agency]] = {title: [] for title in (*groups, other)}
    for agency in agencies:
        found[titles.get(agency.kind, other)].append(agency)
    return AgenciesPage(
        frame=page_frame(visit, "agencies"),
        total=len(agencies),
        groups=tuple(
            Group(title, _entries(members, counts, visit)) for title, members in found.items() if members
        ),
    )


def _entries(members: Iterable[Agency], counts: Mapping[str, int], visit: Visit) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            name=agency.name,
            acronym=agency.acronyms[0] if agency.acronyms else "",
            path=links.agency_page(agency.slug, visit.language),
            count=counts.get(agency.slug, 0),
        )
        for agency in sorted(members, key=lambda each: fold(each.name_vi))
    )


def agency_page(visit: Visit, agency: Agency) -> AgencyPage:
    """One agency and its newest datasets."""
    name = agency.name.in_language(visit.language)
    return AgencyPage(
        frame=item_frame(
            visit,
            "agencies",
            {each: links.agency_page(agency.slug, each) for each in LANGUAGES},
            title=name,
            description=gettext("Open data of %(name)s.", name=name),
            feeds=feeds_of(visit, f"agency/{agency.slug}"),
        ),
        name=agency.name,
        acronyms=tuple(agency.acronyms),
        former_names=tuple(agency.former_names),
        parent=_link(agency.parent, visit) if agency.parent else None,
        children=tuple(_link(child, visit) for child in agency.children),
        homepage=web_address(agency.homepage),
        api_path=links.api("agencies", agency.slug),
        datasets=newest_within(visit, agency, "agency", agency.slug),
    )


def _link(agency: Agency, visit: Visit) -> Link:
    return Link(agency.name.in_language(visit.language), links.agency_page(agency.slug, visit.language))
