"""Lying bars for things with names: each name has a line of its own above its bar, so that long ones fit."""

from __future__ import annotations

from markupsafe import Markup

from portal.web.charts.numbers import Scale, scale
from portal.web.charts.svg import axis_caption, drawing, element, percent, pixels, shortened, text, tip
from portal.web.charts.values import Chart, Mark
from portal.web.charts.words import words

_TOP = 24
_LINE = 18
_BAR = 12
_ROW_GAP = 12
_BOTTOM = 26
# Letters that fit beside each other on a phone of 360 pixels: name and figure share the first line.
_LETTERS = 42
_LEAST_LETTERS = 14


def draw_bars(chart: Chart, title: str, summary: str) -> Markup:
    """A bar for each mark, from zero to the right or to the left; a mark without figure says so."""
    axis = scale(chart.values, from_zero=True, target=3, unit=chart.unit)
    rows, y = [], float(_TOP + 8)
    for mark in chart.marks:
        drawn, height = _row(chart, axis, mark, y)
        rows.append(drawn)
        y += height + _ROW_GAP
    bottom = y - _ROW_GAP + 6
    parts = [axis_caption(axis, chart), _grid(axis, chart, bottom), *rows]
    return drawing(chart, bottom + _BOTTOM, summary, title, parts)


def _row(chart: Chart, axis: Scale, mark: Mark, y: float) -> tuple[Markup, float]:
    is_known = mark.value is not None
    figure = chart.written(mark.value) if mark.value is not None else words("gap", chart.language)
    lines = wrapped(mark.label, max(_LEAST_LETTERS, _LETTERS - len(figure)))
    parts = [tip(f"{mark.label}: {figure} {(chart.unit or '') if is_known else ''}".strip())]
    parts += [
        text(line, "0", y + _LINE * index + 12, "chart__text chart__name") for index, line in enumerate(lines)
    ]
    class_ = "chart__text " + ("chart__figure" if is_known else "chart__gap")
    parts.append(text(figure, "100%", y + 12, class_, "end"))
    below = y + _LINE * len(lines)
    if mark.value is not None:
        zero, end = axis.zero, axis.share(mark.value)
        parts.append(
            element(
                "rect", x=percent(min(zero, end)), width=percent(max(abs(end - zero), 0.002)),
                y=pixels(below), height=_BAR,
                class_="chart__bar" + (" chart__bar--negative" if mark.value < 0 else ""),
            )
        )  # fmt: skip
    return element("g", *parts), _LINE * len(lines) + _BAR


def _grid(axis: Scale, chart: Chart, bottom: float) -> Markup:
    lines = []
    for tick, words_ in zip(axis.ticks, axis.labels(chart.language), strict=True):
        share = axis.share(tick)
        x, class_ = percent(share), "chart__zero" if tick == 0 else "chart__grid"
        anchor = "start" if share <= 0 else "end" if share >= 1 else "middle"
        lines.append(element("line", x1=x, x2=x, y1=_TOP, y2=pixels(bottom), class_=class_))
        lines.append(text(words_, x, bottom + 16, "chart__text chart__tick", anchor))
    return Markup("").join(lines)


def wrapped(name: str, letters: int) -> list[str]:
    """A name on at most two lines, cut between words where that is possible."""
    clean = " ".join(name.split())
    if len(clean) <= letters:
        return [clean]
    cut = clean.rfind(" ", 0, letters + 1)
    cut = cut if cut > letters // 3 else letters
    return [clean[:cut].rstrip(), shortened(clean[cut:].lstrip(), letters)]
