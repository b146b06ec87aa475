"""Places: the 94 units of the city and the ones they replaced, and one with its history and datasets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from portal import links
from portal.catalog import map_queries, queries
from portal.catalog.models import Place
from portal.text import LANGUAGES, LocalizedText, fold
from portal.web.context import Visit
from portal.web.map_framing import SMALL
from portal.web.maps import Map, city_map
from portal.web.pages.frame import Frame, feeds_of, item_frame, page_frame
from portal.web.pages.lists import DatasetList, newest_within


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in a list; `is_part` when only a part of it is meant."""

    name: LocalizedText
    path: str
    count: int = 0
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Places of one kind."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class PlacesPage:
    """The city, its units of today, and the units of before."""

    frame: Frame
    map: Map | None
    city: tuple[Entry, ...]
    unit_count: int
    current: tuple[Group, ...]
    former: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One place. `became`: the units that replaced it; `formed_from`: the ones it replaced. `map`: where it is, if
    that is known."""

    frame: Frame
    map: Map | None
    name: LocalizedText
    code: str
    is_current: bool
    valid_from: date | None
    valid_until: date | None
    area_km2: float | None
    formed_from: tuple[Group, ...]
    became: tuple[Entry, ...]
    api_path: str
    datasets: DatasetList


def _kinds() -> dict[str, str]:
    """The kinds of units in the order of lists."""
    return {
        "tinh": gettext("Provinces"),
        "thanh-pho": gettext("Cities"),
        "dac-khu": gettext("Special zone"),
        "thanh-pho-thuoc-tinh": gettext("Cities of a province"),
        "thi-xa": gettext("Towns of district level"),
        "quan": gettext("Urban districts"),
        "huyen": gettext("Rural districts"),
        "phuong": gettext("Wards"),
        "thi-tran": gettext("Townships"),
        "xa": gettext("Communes"),
    }


def places_page(visit: Visit) -> PlacesPage:
    """The list of places."""
    counts = queries.counts(visit.session, hide_illustrative=visit.hide_illustrative).places
    places = queries.places(visit.session)
    units = [each for each in places if each.valid_until is None and each.parent_code]
    return PlacesPage(
        frame=page_frame(visit, "places"),
        map=_map_of_all(visit),
        city=tuple(
            _entry(each, visit, counts)
            for each in places
            if each.valid_until is None and not each.parent_code
        ),
        unit_count=len(units),
        current=_grouped(units, visit, counts),
        former=_grouped([each for each in places if each.valid_until], visit, counts),
    )


def _map_of_all(visit: Visit) -> Map | None:
    units = map_queries.units(visit.session, "sketch")
    if not units:
        return None
    count = len(units)
    return city_map(
        units,
        visit.language,
        title=gettext("Map of the units of Da Nang"),
        description=gettext(
            "The %(count)s wards, communes and special zones of the city, Hoàng Sa in a frame of its own.",
            count=count,
        ),
        is_linked=True,
    )


def _map_of(visit: Visit, place: Place) -> Map | None:
    """A unit of today, or the ones that replaced a former unit, on the map of the city."""
    units = map_queries.units(visit.session, "sketch")
    here = {place.code} if place.valid_until is None else {each.new.code for each in place.successors}
    is_whole = place.parent_code is None and place.valid_until is None
    if not units or not (is_whole or here & {unit.code for unit in units}):
        return None
    name = place.name.in_language(visit.language)
    return city_map(
        units,
        visit.language,
        title=gettext("Where it is: %(name)s", name=name),
        description=_whereabouts(place, is_whole=is_whole),
        here=here,
        width=SMALL,
    )


def _whereabouts(place: Place, *, is_whole: bool) -> str:
    text: str = gettext("The unit stands out on the map of the city.")
    if is_whole:
        text = gettext("All units of the city, Hoàng Sa in a frame of its own.")
    elif place.valid_until is not None:
        text = gettext("The units that replaced it stand out on the map of the city.")
    return text


def _grouped(places: Iterable[Place], visit: Visit, counts: Mapping[str, int]) -> tuple[Group, ...]:
    kinds = _kinds()
    found: dict[str, list[Place]] = {title: [] for title in (*kinds.values(), gettext("Other places"))}
    for place in places:
        found[kinds.get(place.kind, gettext("Other places"))].append(place)
    return tuple(
        Group(
            title,
            tuple(
                _entry(each, visit, counts) for each in sorted(members, key=lambda each: fold(each.name_vi))
            ),
        )
        for title, members in found.items()
        if members
    )


def _entry(place: Place, visit: Visit, counts: Mapping[str, int]) -> Entry:
    return Entry(place.name, links.place_page(place.slug, visit.language), counts.get(place.code, 0))


def place_page(visit: Visit, place: Place) -> PlacePage:
    """One place, where it came from and what became of it, and its newest datasets."""
    name = place.name.in_language(visit.language)
    return PlacePage(
        frame=item_frame(
            visit,
            "places",
            {each: links.place_page(place.slug, each) for each in LANGUAGES},
            title=name,
            description=gettext("Open data about %(name)s.", name=name),
            feeds=feeds_of(visit, f"place/{place.slug}"),
        ),
        map=_map_of(visit, place),
        name=place.name,
        code=place.code,
        is_current=place.valid_until is None,
        valid_from=place.valid_from,
        valid_until=place.valid_until,
        area_km2=place.area_km2,
        formed_from=_predecessors(place, visit),
        became=tuple(
            Entry(each.new.name, links.place_page(each.new.slug, visit.language), is_part=each.how == "part")
            for each in sorted(place.successors, key=lambda each: fold(each.new.name_vi))
        ),
        api_path=links.api("places", place.code),
        datasets=newest_within(visit, place, "place", place.code),
    )


def _predecessors(place: Place, visit: Visit) -> tuple[Group, ...]:
    kinds = _kinds()
    found: dict[str, list[Entry]] = {title: [] for title in (*kinds.values(), gettext("Other places"))}
    for each in sorted(place.predecessors, key=lambda each: fold(each.old.name_vi)):
        path = links.place_page(each.old.slug, visit.language)
        found[kinds.get(each.old.kind, gettext("Other places"))].append(
            Entry(each.old.name, path, is_part=each.how == "part")
        )
    return tuple(Group(title, tuple(entries)) for title, entries in found.items() if entries)
