"""Makes the figures of a table: plausible in shape, made by a seeded generator, true of nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, pi
from random import Random

from portal.seed.illustrative.layout import Layout, Row
from portal.seed.illustrative.subjects import ColumnSpec, Generator

_BLANK_SHARE = 0.012
# The verbs whose cells are now and then blank, as when a report did not come.
MEASURED = frozenset({"count", "amount", "measure", "rate", "season"})


@dataclass(slots=True)
class _Making:
    """What a generator may look at: the row, its position, the cells made so far and the random numbers."""

    layout: Layout
    row: Row
    position: int
    cells: dict[str, str]
    random: Random
    levels: Mapping[str, float]
    column: str = ""

    @property
    def area(self) -> float:
        """The scale of what grows with the place that a row is about."""
        return self.layout.area * self.row.share

    def uniform(self, low: float, high: float) -> float:
        return low + (high - low) * self.random.random()

    def spread(self, low: float, high: float) -> float:
        """Between low and high, small ones more often; a series stays near its own level."""
        if self.layout.is_series:
            share = min(1.0, max(0.0, self.levels[self.column] + self.uniform(-0.12, 0.12)))
        else:
            share = self.random.random() ** 2
        return low + (high - low) * share

    def other(self, column: str) -> float | None:
        """A cell made before this one; None when it is blank."""
        return float(self.cells[column]) if self.cells[column] else None


def table_rows(layout: Layout, columns: tuple[ColumnSpec, ...], random: Random) -> Iterator[list[str]]:
    """The cells of every row, key cells first; numbers with a point, blanks where nothing is recorded."""
    levels = {column.name: 0.15 + 0.6 * random.random() for column in columns}
    for position, row in enumerate(layout.rows, start=1):
        making = _Making(layout, row, position, {}, random, levels)
        for column in columns:
            making.column = column.name
            making.cells[column.name] = "" if row.is_empty else _cell(column.generator, making)
        yield [*row.keys, *making.cells.values()]


def _cell(generator: Generator, making: _Making) -> str:
    if generator.verb in MEASURED and making.random.random() < _BLANK_SHARE:
        return ""
    return _VERBS[generator.verb](generator, making)


def _count(generator: Generator, making: _Making) -> str:
    value = making.spread(generator.number(0), generator.number(1))
    return str(round(value * making.area * making.layout.in_years))


def _amount(generator: Generator, making: _Making) -> str:
    value = making.spread(generator.number(0), generator.number(1))
    return f"{value * making.area * making.layout.in_years:.1f}"


def _stock(generator: Generator, making: _Making) -> str:
    return str(round(making.spread(generator.number(0), generator.number(1)) * making.area))


def _extent(generator: Generator, making: _Making) -> str:
    return f"{making.spread(generator.number(0), generator.number(1)) * making.area:.1f}"


def _measure(generator: Generator, making: _Making) -> str:
    decimals = int(generator.arguments[2])
    return f"{making.spread(generator.number(0), generator.number(1)):.{decimals}f}"


def _rate(generator: Generator, making: _Making) -> str:
    return f"{making.uniform(generator.number(0), generator.number(1)):.1f}"


def _season(generator: Generator, making: _Making) -> str:
    low, high, peak, decimals = (generator.number(position) for position in range(4))
    middle, swing = (low + high) / 2, (high - low) / 2
    wave = cos(2 * pi * (making.row.period.start.month - peak) / 12)
    value = middle + swing * (0.75 * wave + making.uniform(-0.25, 0.25))
    return f"{max(low, value):.{int(decimals)}f}"


def _part(generator: Generator, making: _Making) -> str:
    whole = making.other(generator.arguments[0])
    return (
        "" if whole is None else str(round(whole * making.uniform(generator.number(1), generator.number(2))))
    )


def _share(generator: Generator, making: _Making) -> str:
    whole = making.other(generator.arguments[0])
    return "" if whole is None else f"{whole * making.uniform(generator.number(1), generator.number(2)):.1f}"


def _ratio(generator: Generator, making: _Making) -> str:
    part, whole = (making.other(name) for name in generator.arguments)
    return f"{100 * part / whole:.1f}" if part is not None and whole else ""


def _sum(generator: Generator, making: _Making) -> str:
    parts = [making.other(name) for name in generator.arguments]
    return str(round(sum(part for part in parts if part is not None)))


def _product(generator: Generator, making: _Making) -> str:
    left, right = (making.other(name) for name in generator.arguments[:2])
    return "" if left is None or right is None else f"{left * right * generator.number(2):.1f}"


def _pick(generator: Generator, making: _Making) -> str:
    return generator.arguments[int(making.random.random() * len(generator.arguments))]


def _label(generator: Generator, making: _Making) -> str:
    return f"{generator.arguments[0]} minh họa {making.position:02}"


def _code(generator: Generator, making: _Making) -> str:
    return f"{generator.arguments[0]}-{making.position:03}"


def _date(generator: Generator, making: _Making) -> str:
    period = making.row.period
    if generator.arguments == ("in",):
        days = (period.end - period.start).days + 1
        return (period.start + timedelta(days=int(making.random.random() * days))).isoformat()
    return _earlier(period.end, making.random).isoformat()


def _earlier(end: date, random: Random) -> date:
    return end - timedelta(days=int(random.random() * 3 * 365))


def _year(generator: Generator, making: _Making) -> str:
    return str(int(making.uniform(generator.number(0), generator.number(1))))


def _latitude(_: Generator, making: _Making) -> str:
    place = making.row.place
    return (
        ""
        if place is None or place.latitude is None
        else f"{place.latitude + making.uniform(-0.008, 0.008):.3f}"
    )


def _longitude(_: Generator, making: _Making) -> str:
    place = making.row.place
    return (
        ""
        if place is None or place.longitude is None
        else f"{place.longitude + making.uniform(-0.008, 0.008):.3f}"
    )


_VERBS: Mapping[str, Callable[[Generator, _Making], str]] = {
    "count": _count, "amount": _amount, "stock": _stock, "extent": _extent, "measure": _measure,
    "rate": _rate, "season": _season, "part": _part, "share": _share, "ratio": _ratio, "sum": _sum,
    "product": _product, "pick": _pick, "label": _label, "code": _code, "date": _date, "year": _year,
    "lat": _latitude, "lon": _longitude,
}  # fmt: skip
