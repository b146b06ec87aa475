"""Names of places as words: a unit is found by what it was called before and by what it became."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.catalog.models import WordKind as Kind
from portal.search import analysis
from portal.search.words import PlaceName, WordRow
from portal.text import fold

# Longer ones first: a thị xã is no xã.
_UNITS = ("thành phố", "thị trấn", "thị xã", "đặc khu", "phường", "quận", "huyện", "tỉnh", "xã")


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit. `name` begins with the kind of unit; `successors` are codes."""

    code: str
    name: str
    parent_code: str | None
    is_current: bool
    successors: tuple[str, ...] = ()


def names_and_words(units: Sequence[Unit]) -> tuple[tuple[PlaceName, ...], tuple[WordRow, ...]]:
    """The names that queries are searched for, and which of them stand for another."""
    places = {unit.code: _place_name(unit) for unit in units}
    pairs = dict.fromkeys(
        (old.name, new.name, both_ways)
        for old, new, both_ways in _related(units, places)
        if fold(old.name) != fold(new.name)
    )
    words = tuple(WordRow(old, Kind.PLACE, new, None, both_ways) for old, new, both_ways in pairs)
    return tuple(place for place in places.values() if _is_telling(place.name)), words


def _related(
    units: Sequence[Unit], places: Mapping[str, PlaceName]
) -> Iterator[tuple[PlaceName, PlaceName, bool]]:
    top = {unit.code for unit in units if unit.parent_code is None}
    for unit in units:
        for successor in unit.successors:
            # All of a province became a part of the city: its name stands for its own districts instead.
            if unit.code not in top and successor in places:
                yield places[unit.code], places[successor], True
        if unit.parent_code in top and not unit.is_current and not _is_of_the_city(unit, units):
            yield places[unit.parent_code], places[unit.code], False


def _is_of_the_city(unit: Unit, units: Iterable[Unit]) -> bool:
    """Whether the unit above still exists under the same name: that name needs no other words."""
    parent = next(each.name for each in units if each.code == unit.parent_code)
    return any(each.is_current and each.name == parent for each in units)


def _place_name(unit: Unit) -> PlaceName:
    lower = unit.name.lower()
    for kind in _UNITS:
        if lower.startswith(f"{kind} "):
            return PlaceName(unit.name[len(kind) + 1 :], unit.name[: len(kind)], unit.code, unit.is_current)
    return PlaceName(unit.name, "", unit.code, unit.is_current)


def _is_telling(name: str) -> bool:
    """Names of one syllable are words of the language as well."""
    return len(analysis.syllables(analysis.normalise(name))) > 1
