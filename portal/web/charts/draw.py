"""A chart as a reader gets it: the picture, its title, its sentence and the figures beneath."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from portal.tables.values import Bin
from portal.text import Language
from portal.web.charts.bars import draw_bars
from portal.web.charts.columns import draw_columns, draw_histogram
from portal.web.charts.lines import draw_line
from portal.web.charts.numbers import LARGEST, written
from portal.web.charts.summary import spread, summary_of, title_of
from portal.web.charts.values import Chart, Kind, Mark
from portal.web.charts.words import words

_DRAWN: dict[Kind, Callable[[Chart, str, str], Markup]] = {
    "bars": draw_bars,
    "columns": draw_columns,
    "line": draw_line,
    "histogram": draw_histogram,
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """`svg` is empty where there is nothing to draw; `summary` says so. `rows`: names and figures, as shown."""

    title: str
    summary: str
    svg: Markup
    by: str
    measure: str
    rows: tuple[tuple[str, str], ...]


def drawn(chart: Chart) -> Drawn:
    """The chart, drawn."""
    title, summary = title_of(chart), summary_of(chart)
    is_drawable = bool(chart.values) and all(abs(value) < LARGEST for value in chart.values)
    return Drawn(
        title,
        summary,
        _DRAWN[chart.kind](chart, title, summary) if is_drawable else Markup(""),
        chart.by,
        chart.measure_and_unit,
        tuple(
            (mark.label, written(mark.value, chart.language, 15) if mark.value is not None else "–")
            for mark in chart.marks
            if mark.label
        ),
    )


@lru_cache(maxsize=256)
def drawn_histogram(
    bins: tuple[Bin, ...], name: str, id_: str, language: Language, *, is_illustrative: bool = False
) -> Drawn | None:
    """The histogram of a column's profile, or None for columns without numbers."""
    if not bins or any(abs(each) >= LARGEST for each in (bins[0].low, bins[-1].high)):
        return None
    marks = tuple(
        Mark(f"{written(each.low, language)} – {written(each.high, language)}", float(each.count))
        for each in bins
    )
    rows = words("rows-unit", language)
    chart = Chart("histogram", id_, name, "", marks, language, rows, is_illustrative=is_illustrative)
    title = words("histogram-title", language, measure=name)
    summary = spread(bins, language)
    return Drawn(title, summary, draw_histogram(chart, title, summary), name, rows, ())
