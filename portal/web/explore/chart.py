"""The chart of a table's page: what is drawn, which other charts there are, and the figures beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from flask_babel import gettext

from portal.tables.query import RowQuery, parse
from portal.tables.rows import Page
from portal.tables.schema import Schema
from portal.tables.values import Column, ColumnType
from portal.web.charts.choice import (
    MOST_BARS,
    MOST_PERIODS,
    Plan,
    axes,
    chart_of,
    first_plan,
    measures,
)
from portal.web.charts.draw import Drawn, drawn, drawn_histogram
from portal.web.charts.meaning import Function, function_for, unit_column
from portal.web.explore.addresses import Addresses
from portal.web.explore.state import Pair, State

_TRIED = 8
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
    from the whole table whatever rows are chosen. `grouped_path`: the figures as a table. `units`: where rows have
    different units, the page for each: one must be chosen first."""

    drawn: Drawn | None
    by: tuple[Option, ...]
    of: tuple[Option, ...]
    as_: tuple[Option, ...]
    is_of_all: bool
    grouped_path: str
    units: tuple[Option, ...] = ()


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
    mixed = unit_column(columns)
    unit = chosen_unit(mixed, state)
    if mixed is not None and not unit and (plan is None or plan.measure is not None):
        choices = _unit_choices(mixed, state, addresses)
        return ChartView(None, *options(columns, plan), is_of_all=False, grouped_path="", units=choices)
    if plan is not None and unit and plan.measure is not None and not plan.measure.unit:
        plan = replace(plan, measure=replace(plan.measure, unit=unit))
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
        plan = _sharper(plan, columns, schema, state, ask)
        pairs = grouped(plan, state)
        picture = _drawn(plan, parse(pairs, schema), addresses, ask, is_illustrative=is_illustrative)
    return ChartView(
        picture,
        *options(columns, plan),
        is_of_all=pairs is None,
        grouped_path=addresses.page(_without_limit(pairs), view="table") if pairs else "",
    )


def chosen_unit(mixed: Column | None, state: State) -> str:
    """The unit that the filters leave, where a column holds different ones."""
    return state.value(f"{mixed.key}__eq") if mixed is not None else ""


def _unit_choices(mixed: Column, state: State, addresses: Addresses) -> tuple[Option, ...]:
    values = [value for value, _ in mixed.profile.top] or list(mixed.profile.examples)
    return tuple(
        Option(addresses.page(state.changed(**{f"{mixed.key}__eq": value})), value, is_chosen=False)
        for value in values
    )


def asked_plan(columns: Sequence[Column], state: State) -> Plan | None:
    """The plan in the address; what it leaves open, or what is no choice, is as in the first chart."""
    first = first_plan(columns)
    by = _named(axes(columns), dict(state.chart).get("chart-by")) or (first.by if first else None)
    return first if by is None else plan_for(by, first.measure if first else None, columns, state)


def plan_for(by: Column, usual: Column | None, columns: Sequence[Column], state: State) -> Plan:
    """What the address asks to be told for each value of `by`; the `usual` measure where it says nothing."""
    chosen = dict(state.chart)
    measure = _named(measures(columns), chosen.get("chart-of")) or usual
    if measure is None or chosen.get("chart-as") == "count":
        return Plan(by, None)
    function = next((each for each in _FUNCTIONS if each == chosen.get("chart-as")), None)
    return Plan(by, measure, function or function_for(measure))


def _sharper(plan: Plan, columns: Sequence[Column], schema: Schema, state: State, ask: Ask) -> Plan:
    """Where figures would be averaged over rows that nobody asked to put together: the column, if there is one, that
    tells all chosen rows apart."""
    is_asked = bool(dict(state.chart).get("chart-by"))
    if is_asked or plan.function != "avg" or plan.is_period or plan.is_single:
        return plan
    names = [each for each in axes(columns) if each.type is ColumnType.TEXT][:_TRIED]
    wanted = ",".join(["count", *(f"distinct:{each.key}" for each in names)])
    (row,) = ask(parse((*_chosen_rows(state), ("measure", wanted)), schema)).rows
    single = next((each for each, count in zip(names, row[1:], strict=True) if count == row[0]), None)
    return replace(plan, by=single) if single and row[0] and int(row[0]) > 1 else plan


def _chosen_rows(state: State) -> tuple[Pair, ...]:
    return tuple(pair for pair in (*state.conditions, ("q", state.value("q"))) if pair[1])


def grouped(plan: Plan, state: State) -> tuple[Pair, ...]:
    """The row query of a plan: the chosen rows, grouped, and how many rows each figure is made of."""
    assert plan.by is not None
    measure = f"{plan.function}:{plan.measure.key},count" if plan.measure else "count"
    name = f"{plan.function}_{plan.measure.key}" if plan.measure else "count"
    # Time is wanted up to today, and things beginning with the largest.
    order = f"-{plan.by.key}" if plan.is_period else f"-{name}"
    limit = str(MOST_PERIODS if plan.is_period else MOST_BARS)
    return (
        *_chosen_rows(state),
        ("group", plan.by.key),
        ("measure", measure),
        ("sort", order),
        ("limit", limit),
    )


def _without_limit(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    return tuple(pair for pair in pairs if pair[0] != "limit")


def _drawn(plan: Plan, query: RowQuery, addresses: Addresses, ask: Ask, *, is_illustrative: bool) -> Drawn:
    page = ask(query)
    figures = [(row[0], _figure(row[1])) for row in page.rows]
    plan = replace(plan, has_single_rows=all(row[-1] == 1 for row in page.rows))
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
