"""Standing bars: a few periods, or the histogram of a column."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from portal.web.charts.numbers import Scale, scale
from portal.web.charts.svg import (
    LETTER,
    NARROW,
    axis_caption,
    axis_labels,
    drawing,
    element,
    level_lines,
    percent,
    pixels,
    shown_labels,
    text,
    tip,
)
from portal.web.charts.values import Chart, Mark
from portal.web.charts.words import words

_TOP = 34
_HEIGHT = 200
_BOTTOM = 30
_WIDTH = 0.7


def draw_columns(chart: Chart, title: str, summary: str) -> Markup:
    """A bar for each mark, from zero upwards or downwards; a mark without figure is a dash."""
    axis = scale(chart.values, from_zero=True, unit=chart.unit)
    figures = [chart.written(mark.value) if mark.value is not None else "" for mark in chart.marks]
    has_figures = sum(max(len(each), 2) * LETTER + 6 for each in figures) <= NARROW
    parts = [axis_caption(axis, chart), level_lines(axis, chart, _TOP, _HEIGHT)]
    parts += [
        _column(chart, axis, index, figures[index] if has_figures else "") for index in range(len(figures))
    ]
    parts.append(_labels(axis_labels([mark.label for mark in chart.marks])))
    margin = max(len(each) for each in axis.labels(chart.language))
    return drawing(chart, _TOP + _HEIGHT + _BOTTOM, summary, title, parts, margin)


def _column(chart: Chart, axis: Scale, index: int, figure: str) -> Markup:
    mark, slot = chart.marks[index], 1 / len(chart.marks)
    middle = percent((index + 0.5) * slot)
    base = _TOP + _HEIGHT * (1 - axis.zero)
    if mark.value is None:
        said = f"{mark.label}: {words('gap', chart.language)}"
        return element("g", tip(said), text("–", middle, base - 6, "chart__text chart__gap", "middle"))
    end = _TOP + _HEIGHT * (1 - axis.share(mark.value))
    y, height = min(base, end), max(abs(base - end), 1)
    bar = element(
        "rect", tip(_said(mark, chart)), x=percent((index + (1 - _WIDTH) / 2) * slot),
        width=percent(_WIDTH * slot), y=pixels(y), height=pixels(height),
        class_="chart__bar" + (" chart__bar--negative" if mark.value < 0 else ""),
    )  # fmt: skip
    if not figure:
        return bar
    above = y - 6 if mark.value >= 0 else y + height + 14
    return bar + text(figure, middle, above, "chart__text chart__figure", "middle")


def _said(mark: Mark, chart: Chart) -> str:
    assert mark.value is not None
    return f"{mark.label}: {chart.written(mark.value)} {chart.unit or ''}".strip()


def _labels(labels: Sequence[str]) -> Markup:
    y, places = _TOP + _HEIGHT + 20, [(index + 0.5) / len(labels) for index in range(len(labels))]
    return Markup("").join(
        text(labels[index], percent(places[index]), y, "chart__text chart__tick", "middle")
        for index in shown_labels(labels, places)
    )


def draw_histogram(chart: Chart, title: str, summary: str) -> Markup:
    """The small picture of a column: bars without gaps, and the ends of the range below. The labels of marks are
    where a bar begins and ends (`1 – 5`)."""
    height, most, slot = 64, max(chart.values, default=0) or 1, 1 / max(len(chart.marks), 1)
    bars = [
        element(
            "rect", tip(_said(mark, chart)), x=percent(index * slot), width=percent(slot * 0.94),
            y=pixels(height - drawn), height=pixels(drawn), class_="chart__bar",
        )
        for index, mark in enumerate(chart.marks) if mark.value
        for drawn in [max(height * mark.value / most, 1.5)]
    ]  # fmt: skip
    line = element("line", x1="0", x2="100%", y1=height, y2=height, class_="chart__zero")
    least = chart.marks[0].label.split(" – ")[0] if chart.marks else ""
    last = chart.marks[-1].label.split(" – ")[-1] if chart.marks else ""
    ends = [
        text(least, "0", height + 16, "chart__text chart__tick"),
        text(last, "100%", height + 16, "chart__text chart__tick", "end"),
    ]
    return drawing(chart, height + 22, summary, title, [*bars, line, *ends])
