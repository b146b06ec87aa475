"""The chart of a table's page: what is drawn, which other charts there are, and the figures beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from flask_babel import gettext

from portal.tables.query import RowQuery, parse
from portal.tables.rows import Page
from portal.tables.schema import Schema
from portal.tables.values import Column
from portal.web.charts.choice import (
    MOST_BARS,
    MOST_PERIODS,
    Function,
    Plan,
    axes,
    chart_of,
    first_plan,
    function_for,
    measures,
    unit_columns,
)
from portal.web.charts.draw import Drawn, drawn, drawn_histogram
from portal.web.explore.addresses import Addresses
from portal.web.explore.state import Pair, State

_FUNCTIONS: tuple[Function, ...] = ("sum", "avg", "count")


class Ask(Protocol):
    """Answers row queries over one table."""

    def __call__(self, query: RowQuery, *, with_shapes: bool = False) -> Page:
        """One page; with the shapes of its rows, where they have some."""
        ...


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a list."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ChartView:
    """The chart with the lists that change it. `drawn` is None where the table has nothing to draw. `is_of_all`: drawn
    from the whole table whatever rows are chosen. `grouped_path`: the figures as a table. `mixes_units`: the chosen
    rows have several units, so that none of their figures is drawn unasked."""

    drawn: Drawn | None
    by: tuple[Option, ...]
    of: tuple[Option, ...]
    as_: tuple[Option, ...]
    is_of_all: bool
    grouped_path: str
    mixes_units: bool


def chart_view(
    columns: Sequence[Column],
    schema: Schema,
    state: State,
    addresses: Addresses,
    ask: Ask,
    *,
    is_illustrative: bool,
) -> ChartView:
    """The chart that the address asks for, else the first one of the table."""
    plan = asked_plan(columns, state)
    picture, pairs = None, None
    if plan is not None and plan.by is None:
        assert plan.measure is not None
        picture = drawn_histogram(
            plan.measure.profile.bins,
            plan.measure.name,
            "chart",
            addresses.language,
            is_illustrative=is_illustrative,
        )
    elif plan is not None:
        pairs = grouped(plan, state)
        picture = _drawn(plan, parse(pairs, schema), addresses, ask, is_illustrative=is_illustrative)
    return ChartView(
        picture,
        *options(columns, plan),
        is_of_all=pairs is None,
        grouped_path=addresses.page(_without_limit(pairs), view="table") if pairs else "",
        mixes_units=_mixes_units(columns, state),
    )


def asked_plan(columns: Sequence[Column], state: State) -> Plan | None:
    """The plan in the address; what it leaves open, or what is no choice, is as in the first chart."""
    first = None if _mixes_units(columns, state) else first_plan(columns)
    by = _named(axes(columns), dict(state.chart).get("chart-by")) or (first.by if first else None)
    return first if by is None else plan_for(by, first.measure if first else None, columns, state)


def _mixes_units(columns: Sequence[Column], state: State) -> bool:
    chosen = {name.removesuffix("__eq") for name, _ in state.conditions}
    return any(each.key not in chosen for each in unit_columns(columns))


def plan_for(by: Column, usual: Column | None, columns: Sequence[Column], state: State) -> Plan:
    """What the address asks to be told for each value of `by`; the `usual` measure where it says nothing."""
    chosen = dict(state.chart)
    measure = _named(measures(columns), chosen.get("chart-of")) or usual
    if measure is None or chosen.get("chart-as") == "count":
        return Plan(by, None)
    function = next((each for each in _FUNCTIONS if each == chosen.get("chart-as")), None)
    return Plan(by, measure, function or function_for(measure))


def grouped(plan: Plan, state: State) -> tuple[Pair, ...]:
    """The row query of a plan: the chosen rows, grouped."""
    assert plan.by is not None
    measure = f"{plan.function}:{plan.measure.key}" if plan.measure else "count"
    name = f"{plan.function}_{plan.measure.key}" if plan.measure else "count"
    kept = tuple(pair for pair in (*state.conditions, ("q", state.value("q"))) if pair[1])
    # Time is wanted up to today, and things beginning with the largest.
    order = f"-{plan.by.key}" if plan.is_period else f"-{name}"
    limit = str(MOST_PERIODS if plan.is_period else MOST_BARS)
    return (*kept, ("group", plan.by.key), ("measure", measure), ("sort", order), ("limit", limit))


def _without_limit(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    return tuple(pair for pair in pairs if pair[0] != "limit")


def _drawn(plan: Plan, query: RowQuery, addresses: Addresses, ask: Ask, *, is_illustrative: bool) -> Drawn:
    page = ask(query)
    figures = [(row[0], _figure(row[1])) for row in page.rows]
    chart = chart_of(plan, figures, page.total, "chart", addresses.language, is_illustrative=is_illustrative)
    return drawn(chart)


def _figure(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _named(columns: Sequence[Column], key: str | None) -> Column | None:
    return next((each for each in columns if each.key == key), None)


def options(
    columns: Sequence[Column], plan: Plan | None
) -> tuple[tuple[Option, ...], tuple[Option, ...], tuple[Option, ...]]:
    by = plan.by.key if plan and plan.by else ""
    of = plan.measure.key if plan and plan.measure else ""
    names: dict[Function, str] = {
        "sum": gettext("Sum"),
        "avg": gettext("Average"),
        "count": gettext("Number of rows"),
    }
    function = plan.function if plan else "count"
    return (
        tuple(Option(each.key, each.name, each.key == by) for each in axes(columns)),
        tuple(Option(each.key, each.name, each.key == of) for each in measures(columns)),
        tuple(Option(each, names[each], each == function) for each in _FUNCTIONS),
    )
