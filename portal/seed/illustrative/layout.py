"""What the rows of a table are: its key columns, the keys of every row and the scale of its figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from portal.seed.dataset import SeedColumn
from portal.seed.illustrative.periods import NEW_UNITS_SINCE, Period
from portal.seed.illustrative.slots import Slot
from portal.seed.illustrative.subjects import PeriodKind, Subject
from portal.seed.vocabularies import PlaceRow
from portal.text import LocalizedText

RowKind = Literal[
    "units", "communes", "districts", "groups", "hamlets", "days", "months", "years", "items",
    "categories", "categories-quarters", "categories-months",
]  # fmt: skip

# One ward among the city's, one residential group among a ward's, a ward against an old district.
_WARD_OF_CITY = 1 / 60
_GROUP_OF_WARD = 1 / 15
_DISTRICT_IN_WARDS = 8.0
_STATION_SHARE = 1 / 40

_CODE = SeedColumn("ma_don_vi", LocalizedText("Mã đơn vị", "Unit code"), "string")
_UNIT = SeedColumn("don_vi", LocalizedText("Phường, xã", "Ward or commune"), "string")
_DISTRICT = SeedColumn("quan_huyen", LocalizedText("Quận, huyện", "District"), "string")
_GROUP = SeedColumn("to_dan_pho", LocalizedText("Tổ dân phố", "Residential group"), "string")
_HAMLET = SeedColumn("thon", LocalizedText("Thôn", "Hamlet"), "string")
_DAY = SeedColumn("ngay", LocalizedText("Ngày", "Day"), "date")
_MONTH = SeedColumn("thang", LocalizedText("Tháng", "Month"), "yearmonth")
_QUARTER = SeedColumn("quy", LocalizedText("Quý", "Quarter"), "string")
_YEAR = SeedColumn("nam", LocalizedText("Năm", "Year"), "year")
_NUMBER = SeedColumn("stt", LocalizedText("Số thứ tự", "Number"), "integer")


@dataclass(frozen=True, slots=True)
class Geography:
    """The units that tables are about: those of today, and the districts until the middle of 2025."""

    units: tuple[PlaceRow, ...]
    special: tuple[PlaceRow, ...]
    districts: tuple[PlaceRow, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """The key cells of one row. `place` gives coordinates; `is_empty`: nothing is recorded there; `share`
    cuts counts down."""

    keys: tuple[str, ...]
    period: Period
    place: PlaceRow | None = None
    is_empty: bool = False
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of one table; `area` and `in_years` scale counts; `is_series`: rows follow one another."""

    kind: RowKind
    keys: tuple[SeedColumn, ...]
    rows: tuple[Row, ...]
    area: float
    in_years: float
    is_series: bool = False


def layout_of(slot: Slot, geography: Geography, random: Random) -> Layout:
    """The shape of the table of one record; the same for the same random numbers."""
    makers: dict[str, Callable[[Slot, Geography, Random], Layout]] = {
        "ward": _by_place, "time": _by_time, "list": _as_list, "category": _by_category,
    }  # fmt: skip
    return makers[slot.subject.rows](slot, geography, random)


def _by_place(slot: Slot, geography: Geography, random: Random) -> Layout:
    if slot.unit is None:
        return _by_unit(slot, geography)
    monthly = slot.subject.frequency in ("daily", "weekly", "monthly")
    if slot.subject.within_ward == "time" or (
        monthly and slot.period.kind in ("year", "half") and random.random() < 0.5
    ):
        return _months(slot, area=1.0, whole_year=True)
    is_ward = slot.unit.kind == "phuong"
    rows = tuple(
        Row((f"{'Tổ' if is_ward else 'Thôn'} {number}",), slot.period, slot.unit)
        for number in range(1, 7 + int(random.random() * 20))
    )
    key = _GROUP if is_ward else _HAMLET
    return Layout("groups" if is_ward else "hamlets", (key,), rows, _GROUP_OF_WARD, slot.period.years)


def _by_unit(slot: Slot, geography: Geography) -> Layout:
    if slot.period.end < NEW_UNITS_SINCE:
        rows = _place_rows(slot, geography.districts)
        return Layout("districts", (_CODE, _DISTRICT), rows, _DISTRICT_IN_WARDS, slot.period.years)
    level = slot.subject.level
    units = [unit for unit in geography.units if level in ("", "city", unit.kind)]
    rows = _place_rows(slot, [*units, *(() if level == "xa" else geography.special)])
    kind: RowKind = "communes" if level == "xa" else "units"
    return Layout(kind, (_CODE, _UNIT), rows, 1.0, slot.period.years)


def _place_rows(slot: Slot, places: Sequence[PlaceRow]) -> tuple[Row, ...]:
    # Nobody lives in Hoàng Sa whom such a table could count; it stays in the list with empty cells.
    return tuple(
        Row((place.official_code, place.name.vi), slot.period, place, place.slug.endswith("hoang-sa"))
        for place in places
    )


def _by_time(slot: Slot, geography: Geography, random: Random) -> Layout:
    area = 1.0 if slot.unit is None else _STATION_SHARE
    if slot.period.kind == "span":
        rows = tuple(Row((part.code,), part) for part in slot.period.parts("year"))
        return Layout("years", (_YEAR,), rows, area, 12.0, is_series=True)
    if slot.period.kind == "month":
        days = range(1, slot.period.end.day + 1)
        rows = tuple(Row((slot.period.start.replace(day=day).isoformat(),), slot.period) for day in days)
        return Layout("days", (_DAY,), rows, area, 1 / 30, is_series=True)
    return _months(slot, area=area, whole_year=False)


def _months(slot: Slot, *, area: float, whole_year: bool) -> Layout:
    """`whole_year`: the ranges of the subject are for a year, not for a month."""
    rows = tuple(Row((part.code,), part, slot.unit) for part in slot.period.parts("month"))
    return Layout("months", (_MONTH,), rows, area, 1 / 12 if whole_year else 1.0, is_series=True)


def _as_list(slot: Slot, geography: Geography, random: Random) -> Layout:
    if slot.unit is not None:
        rows = tuple(
            Row((str(number),), slot.period, slot.unit) for number in range(1, 6 + int(random.random() * 13))
        )
        return Layout("items", (_NUMBER,), rows, 1.0, slot.period.years)
    is_old = slot.period.end < NEW_UNITS_SINCE
    places = _list_places(slot.subject, geography, is_old=is_old)
    rows = tuple(
        Row((str(number), place.name.vi), slot.period, place)
        for number in range(1, 19 + int(random.random() * 24))
        for place in (places[int(random.random() * len(places))],)
    )
    return Layout("items", (_NUMBER, _DISTRICT if is_old else _UNIT), rows, 1.0, slot.period.years)


def _list_places(subject: Subject, geography: Geography, *, is_old: bool) -> list[PlaceRow]:
    places = geography.districts if is_old else geography.units
    level = "" if is_old else subject.level
    return [
        place for place in places if level in ("", "city", place.kind) and not place.slug.endswith("hoang-sa")
    ]


def _by_category(slot: Slot, geography: Geography, random: Random) -> Layout:
    categories = slot.subject.categories
    assert categories is not None
    key = SeedColumn(categories.name, categories.title, "string")
    area = 1.0 if slot.unit is None else _WARD_OF_CITY
    kind, part, column = _category_split(slot)
    if part is None or column is None:
        rows = tuple(Row((word,), slot.period, slot.unit, share=share) for word, share in categories.words)
        return Layout(kind, (key,), rows, area, slot.period.years)
    rows = tuple(
        Row((stretch.code, word), stretch, slot.unit, share=share)
        for stretch in slot.period.parts(part)
        for word, share in categories.words
    )
    return Layout(kind, (column, key), rows, area, rows[0].period.years)


def _category_split(slot: Slot) -> tuple[RowKind, PeriodKind | None, SeedColumn | None]:
    frequency, kind = slot.subject.frequency, slot.period.kind
    if kind == "year" and frequency in ("weekly", "monthly", "quarterly"):
        return "categories-quarters", "quarter", _QUARTER
    if kind == "quarter" and frequency in ("weekly", "monthly"):
        return "categories-months", "month", _MONTH
    return "categories", None, None
