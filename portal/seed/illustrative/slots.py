"""Which place and period the next record of a subject is about: unique, mixed, recent years more often."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import TypeVar

from portal.seed.illustrative.periods import NEW_UNITS_SINCE, Period, periods
from portal.seed.illustrative.subjects import PeriodKind, Subject
from portal.seed.vocabularies import PlaceRow

# How often a kind of period is chosen before the others of one subject are used up.
_KIND_WEIGHT: dict[PeriodKind, float] = {"year": 6, "half": 2, "quarter": 1, "month": 0.35, "span": 0.8}
_CITY_SHARE = 0.55

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Slot:
    """One record to be: a subject, a place (None is the whole city) and a period."""

    subject: Subject
    unit: PlaceRow | None
    period: Period


def slots(subjects: Sequence[Subject], units: Sequence[PlaceRow], seed: int) -> Iterator[Slot]:
    """Every slot there is, subject after subject in rounds, so that any beginning has them all."""
    queues = [_slots_of(subject, units, Random(f"{seed}:{subject.slug}")) for subject in subjects]
    order = Random(f"{seed}:order")
    while queues:
        alive = []
        for queue in sorted(queues, key=lambda _: order.random()):
            slot = next(queue, None)
            if slot is not None:
                alive.append(queue)
                yield slot
        queues = alive


def capacity(subjects: Sequence[Subject], units: Sequence[PlaceRow]) -> int:
    """How many slots there are."""
    return sum(
        len(_city_periods(subject)) + len(_own_units(subject, units)) * len(_unit_periods(subject))
        for subject in subjects
    )


def _slots_of(subject: Subject, units: Sequence[PlaceRow], random: Random) -> Iterator[Slot]:
    whole = _weighted(_city_periods(subject), random, _city_weight)
    city = (Slot(subject, None, period) for period in whole)
    local = _unit_slots(subject, _own_units(subject, units), random)
    while True:
        first, second = (city, local) if random.random() < _CITY_SHARE else (local, city)
        slot = next(first, None) or next(second, None)
        if slot is None:
            return
        yield slot


def _unit_slots(subject: Subject, units: Sequence[PlaceRow], random: Random) -> Iterator[Slot]:
    """Unit after unit, each time with another period, so that a short beginning spreads over the city."""
    available = _unit_periods(subject)
    orders = {
        unit.code: _weighted(available, random, _unit_weight)
        for unit in _weighted(units, random, lambda _: 1)
    }
    by_code = {unit.code: unit for unit in units}
    for turn in count():
        if turn >= len(available) or not orders:
            return
        for code, order in orders.items():
            yield Slot(subject, by_code[code], order[turn])


def _own_units(subject: Subject, units: Sequence[PlaceRow]) -> list[PlaceRow]:
    if subject.level == "city":
        return []
    return [unit for unit in units if subject.level in ("", unit.kind)]


def _city_periods(subject: Subject) -> list[Period]:
    found = _periods(subject, subject.periods)
    # The districts of old had too few villages to make a table of them.
    if subject.level == "xa" and subject.rows == "ward":
        return [period for period in found if period.end >= NEW_UNITS_SINCE]
    return found


def _unit_periods(subject: Subject) -> list[Period]:
    unwanted = {"span"} if subject.rows == "time" else {"span", "month"}
    if subject.rows == "list":
        unwanted = {"span"}
    return _periods(subject, tuple(kind for kind in subject.periods if kind not in unwanted))


def _periods(subject: Subject, kinds: Sequence[PeriodKind]) -> list[Period]:
    # A list tells the state of a day, so the running year has one as well.
    open_year = subject.rows == "list" and any("{moc}" in about for about in subject.about)
    return [period for kind in kinds for period in periods(kind, open_year=open_year)]


def _city_weight(period: Period) -> float:
    return _KIND_WEIGHT[period.kind] * 1.25 ** (period.end.year - 2018)


def _unit_weight(period: Period) -> float:
    # Wards and communes of today have few tables about the time before they were made.
    return _city_weight(period) * (5 if period.end >= NEW_UNITS_SINCE else 1)


def _weighted(items: Sequence[Item], random: Random, weight: Callable[[Item], float]) -> list[Item]:
    """All items in random order, heavy ones earlier (Efraimidis and Spirakis)."""
    keyed = [(random.random() ** (1 / weight(item)), position) for position, item in enumerate(items)]
    return [items[position] for _, position in sorted(keyed, reverse=True)]
