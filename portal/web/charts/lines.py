"""A line through periods, broken where figures are missing."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from portal.web.charts.numbers import Scale, scale
from portal.web.charts.svg import (
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
from portal.web.charts.values import Chart

_TOP = 34
_HEIGHT = 210
_BOTTOM = 30
_DOTTED = 40
# Room at both ends, so that the first and the last point are whole.
_INSET = 0.02


def draw_line(chart: Chart, title: str, summary: str) -> Markup:
    """Points in the order of time, joined where they follow each other; a point between two gaps stands alone."""
    axis = scale(chart.values, from_zero=False, unit=chart.unit)
    places = _places(chart)
    parts = [axis_caption(axis, chart), level_lines(axis, chart, _TOP, _HEIGHT)]
    parts += [_path(chart, axis, places), *_points(chart, axis, places)]
    parts.append(_labels(axis_labels([mark.label for mark in chart.marks]), places))
    margin = max(len(each) for each in axis.labels(chart.language))
    return drawing(chart, _TOP + _HEIGHT + _BOTTOM, summary, title, parts, margin)


def _places(chart: Chart) -> list[float]:
    """Where each mark lies across: by its time, or evenly."""
    at = [mark.position if mark.position is not None else index for index, mark in enumerate(chart.marks)]
    first, span = at[0], (at[-1] - at[0]) or 1
    return [_INSET + (1 - 2 * _INSET) * (each - first) / span for each in at]


def _y(axis: Scale, value: float) -> float:
    return _TOP + _HEIGHT * (1 - axis.share(value))


def _path(chart: Chart, axis: Scale, places: Sequence[float]) -> Markup:
    moves, is_open = [], False
    for mark, place in zip(chart.marks, places, strict=True):
        if mark.value is not None:
            moves.append(f"{'L' if is_open else 'M'}{place * 1000:.1f} {_y(axis, mark.value):.1f}")
        is_open = mark.value is not None
    height = _TOP + _HEIGHT + _BOTTOM
    line = element("path", d="".join(moves), class_="chart__line", vector_effect="non-scaling-stroke")
    return element(
        "svg", line, viewBox=f"0 0 1000 {height}", preserveAspectRatio="none", width="100%", height=height
    )


def _points(chart: Chart, axis: Scale, places: Sequence[float]) -> list[Markup]:
    """Every point where there are few; else those that no line reaches, the first and the last."""
    marks, points = chart.marks, []
    known = [index for index, mark in enumerate(marks) if mark.value is not None]
    for index in known:
        value = marks[index].value
        assert value is not None
        is_alone = all(
            not 0 <= beside < len(marks) or marks[beside].value is None for beside in (index - 1, index + 1)
        )
        if len(known) <= _DOTTED or is_alone or index in (known[0], known[-1]):
            said = f"{marks[index].label}: {chart.written(value)} {chart.unit or ''}".strip()
            points.append(
                element("circle", tip(said), cx=percent(places[index]), cy=pixels(_y(axis, value)), r=4,
                        class_="chart__point")
            )  # fmt: skip
    return points


def _labels(labels: Sequence[str], places: Sequence[float]) -> Markup:
    y = _TOP + _HEIGHT + 20
    return Markup("").join(
        text(labels[index], percent(places[index]), y, "chart__text chart__tick", "middle")
        for index in shown_labels(labels, places)
    )
