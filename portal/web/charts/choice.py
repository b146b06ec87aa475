"""Which chart is drawn first: a period or a category, and a measure, judged by the columns' types and profiles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.tables.hints import is_ordinal_name
from portal.tables.values import Column, ColumnType
from portal.text import Language, fold
from portal.web.charts.meaning import Function, function_for, is_total, unit_column
from portal.web.charts.periods import PERIODS, period_marks
from portal.web.charts.values import Chart, Kind, Mark
from portal.web.charts.words import words

MOST_BARS = 20
MOST_PERIODS = 1_000
_MOST_COLUMNS = 12
_MANY = 40
# Grouping by more of them costs seconds, and twenty of a million names say nothing.
_MOST_NAMES = 5_000
_LONG = 60
_CATEGORIES = (ColumnType.TEXT, ColumnType.UNIT_CODE, ColumnType.BOOLEAN, ColumnType.IDENTIFIER)
_BELOW = ("duoi", "under", "below")
_COUNTING = re.compile(
    rf"(?P<word>(?:tu|tren|over|from|nhom|lop|bac|hang|cap|loai|grade|class|level|{'|'.join(_BELOW)})\s+)?(?P<number>\d{{1,9}})\b"
)
_YEAR_NAME = re.compile(r"(?:.*\D)?((?:19|20)\d\d)\D*")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn: `measure` for each value of `by`; without a measure, how many rows there are. Without `by`,
    the histogram of the measure."""

    by: Column | None
    measure: Column | None
    function: Function = "count"
    # Whether there was one row for each mark when they were counted.
    has_single_rows: bool = False

    @property
    def is_period(self) -> bool:
        """Whether marks follow each other in time."""
        return self.by is not None and self.by.type in PERIODS

    @property
    def is_single(self) -> bool:
        """Whether each mark stands for one row, so that nothing is added up or averaged."""
        is_alone = self.has_single_rows or (self.by is not None and _is_unique(self.by))
        return self.measure is not None and is_alone


def first_plan(columns: Sequence[Column]) -> Plan | None:
    """The plan that says most of a table at first sight, or None where no chart would say anything."""
    by, measure = _first_by(columns), first_measure(columns)
    if measure is None:
        repeated = next((each for each in _by_preference(columns) if not _is_unique(each)), None)
        return Plan(repeated, None) if repeated else None
    if by is None:
        return Plan(None, measure)
    return Plan(by, measure, function_for(measure))


def axes(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Columns whose values can tell marks apart."""
    unit = unit_column(columns)
    return tuple(
        each
        for each in columns
        if each is not unit and not each.derived and each.profile.distinct > 1 and _tells_apart(each)
    )


def _tells_apart(column: Column) -> bool:
    return column.type in PERIODS or _is_category(column)


def measures(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Columns whose numbers are quantities."""
    return tuple(each for each in columns if _is_measure(each))


def chart_of(
    plan: Plan,
    figures: Sequence[tuple[object, float | None]],
    total: int,
    id_: str,
    language: Language,
    *,
    is_illustrative: bool = False,
) -> Chart:
    """The chart of a plan from its groups, of which there are `total`: values of `by` and their figures."""
    assert plan.by is not None
    totals: tuple[str, ...] = ()
    if plan.is_period:
        marks = period_marks(plan.by.type, figures, language)
    else:
        named = [(_label(each, language), value) for each, value in figures]
        totals = tuple(name for name, _ in named if is_total(name))
        named = [pair for pair in named if pair[0] not in totals]
        if total <= len(figures):
            named = _in_order(named)
        marks = tuple(Mark(name, value) for name, value in named)
    return Chart(
        kind=_kind(plan, marks),
        id=id_,
        measure=measure_name(plan, language),
        by=plan.by.name,
        marks=marks,
        language=language,
        unit=plan.measure.unit if plan.measure else None,
        others=max(0, total - len(figures)),
        is_illustrative=is_illustrative,
        is_period=plan.is_period,
        totals=totals,
        is_unplaced=plan.is_period and any(period is None for period, _ in figures),
        digits=4 if plan.function == "avg" and not plan.is_single else 6,
    )


def _kind(plan: Plan, marks: Sequence[Mark]) -> Kind:
    if not plan.is_period:
        return "bars"
    is_few = len(marks) <= _MOST_COLUMNS and (plan.function != "avg" or plan.is_single or len(marks) < 3)
    return "columns" if is_few else "line"


def _in_order(named: list[tuple[str, float | None]]) -> list[tuple[str, float | None]]:
    """Names that count (`Dưới 5 tuổi`, `5-9 tuổi`, `10-14 tuổi`) stand as they count; others stay by their figures."""
    counted = [_COUNTING.match(fold(name)) for name, _ in named]
    if not all(counted):
        return named
    order = [(int(each["number"]), not (each["word"] or "").startswith(_BELOW)) for each in counted if each]
    return [pair for _, pair in sorted(zip(order, named, strict=True), key=lambda both: both[0])]


def _label(value: object, language: Language) -> str:
    if value is None or value == "":
        return words("empty-label", language)
    if isinstance(value, bool):
        return words("true" if value else "false", language)
    return str(value)


def measure_name(plan: Plan, language: Language) -> str:
    """What the figures of a plan are: the measure itself, its sum or average, or a number of rows."""
    if plan.measure is None:
        return words("rows", language)
    if plan.is_single or plan.function == "count":
        return plan.measure.name
    return words(plan.function, language, name=plan.measure.name)


def _first_by(columns: Sequence[Column]) -> Column | None:
    return next(iter(_by_preference(columns)), None)


def _by_preference(columns: Sequence[Column]) -> list[Column]:
    """Periods, columns with few different values, names; codes last."""
    found = [each for each in axes(columns) if each.type in PERIODS or each.profile.distinct <= _MOST_NAMES]
    periods = [each for each in found if each.type in PERIODS]
    codes = [each for each in found if each.type is ColumnType.IDENTIFIER]
    others = [each for each in found if each not in periods and each not in codes]
    few = [each for each in others if each.profile.distinct <= _MANY]
    return [*periods, *few, *(each for each in others if each not in few), *codes]


def first_measure(columns: Sequence[Column]) -> Column | None:
    """The first column of quantities; where each is a year's, the latest year's."""
    found = measures(columns)
    years = [(match[1], each) for each in found if (match := _YEAR_NAME.fullmatch(each.name))]
    if len(years) == len(found) > 1:
        return max(years, key=lambda pair: pair[0])[1]
    return next(iter(found), None)


def _is_category(column: Column) -> bool:
    if column.type not in _CATEGORIES or is_ordinal_name(column.name):
        return False
    return all(len(each) <= _LONG for each in column.profile.examples)


def _is_measure(column: Column) -> bool:
    profile = column.profile
    if column.type not in (ColumnType.INTEGER, ColumnType.DECIMAL) or not profile.distinct:
        return False
    counts_rows = (
        profile.least == "1" and profile.most == str(profile.rows) and profile.distinct == profile.rows
    )
    return not is_ordinal_name(column.name) and not (counts_rows and profile.rows > 2)


def _is_unique(column: Column) -> bool:
    profile = column.profile
    return profile.distinct + profile.missing + profile.misfits >= profile.rows
