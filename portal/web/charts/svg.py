"""Pieces of SVG. Lengths across are shares of the width, lengths down pixels, so texts keep their size everywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from portal.web.charts.numbers import Scale
from portal.web.charts.values import Chart
from portal.web.charts.words import words

# What a letter of the small type takes on a phone of 360 pixels, where a chart is 300 wide beside its axis.
LETTER = 6.6
NARROW = 290
_NOTE_HEIGHT = 26
_MARGINS = (3, 5, 7, 9, 12)
_MOMENT = re.compile(r"(?P<day>.+) (?P<time>\d\d:\d\d(?::\d\d)?)")


def percent(share: float) -> str:
    """`12.5%`."""
    return f"{share * 100:.4f}".rstrip("0").rstrip(".") + "%"


def pixels(length: float) -> str:
    """A length with one decimal at most."""
    return f"{length:.1f}".removesuffix(".0")


def element(name: str, *inside: Markup, **attributes: object) -> Markup:
    """An element; `class_` is `class`, other underscores are hyphens. Everything is escaped."""
    written = Markup("").join(
        Markup(' {}="{}"').format(_attribute(key), value)
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), written, Markup("").join(inside))


def _attribute(key: str) -> Markup:
    # Names come from this code alone; those of SVG with a capital are written so.
    return Markup(key if key in ("viewBox", "preserveAspectRatio") else key.rstrip("_").replace("_", "-"))


def text(content: str, x: str, y: float, class_: str = "chart__text", anchor: str | None = None) -> Markup:
    """A line of text."""
    return element("text", Markup.escape(content), x=x, y=pixels(y), class_=class_, text_anchor=anchor)


def tip(content: str) -> Markup:
    """What is shown of a mark where there is a pointer."""
    return element("title", Markup.escape(content))


def drawing(
    chart: Chart, height: float, summary: str, title: str, parts: Iterable[Markup], margin: int = 0
) -> Markup:
    """The whole picture with its name and its sentence. `margin`: letters that the axis at the left needs."""
    note = illustrative_note(chart)
    inside = (
        element("g", *parts, transform=f"translate(0 {_NOTE_HEIGHT})") if note else Markup("").join(parts)
    )
    return element(
        "svg",
        element("title", Markup.escape(title), id=f"{chart.id}-title"),
        element("desc", Markup.escape(summary), id=f"{chart.id}-desc"),
        note,
        inside,
        class_=" ".join(("chart__svg", _margin_class(margin))).strip(),
        role="img",
        aria_labelledby=f"{chart.id}-title",
        aria_describedby=f"{chart.id}-desc",
        width="100%",
        height=pixels(height + (_NOTE_HEIGHT if note else 0)),
        xmlns="http://www.w3.org/2000/svg",
    )


def _margin_class(letters: int) -> str:
    if not letters:
        return ""
    return f"chart__svg--margin-{next((each for each in _MARGINS if each >= letters), _MARGINS[-1])}"


def illustrative_note(chart: Chart) -> Markup:
    """The mark that stays on the picture wherever it is copied to."""
    if not chart.is_illustrative:
        return Markup("")
    return text(words("illustrative", chart.language), "0", 14, "chart__text chart__illustrative")


def level_lines(axis: Scale, chart: Chart, top: float, height: float) -> Markup:
    """Lines across at the ticks of a standing axis, with their figures at the left."""
    lines = []
    for tick, words_ in zip(axis.ticks, axis.labels(chart.language), strict=True):
        y = top + height * (1 - axis.share(tick))
        class_ = "chart__zero" if tick == 0 else "chart__grid"
        lines.append(element("line", x1="0", x2="100%", y1=pixels(y), y2=pixels(y), class_=class_))
        lines.append(element("text", Markup.escape(words_), x="0", dx="-6", y=pixels(y + 4),
                             class_="chart__text chart__tick", text_anchor="end"))  # fmt: skip
    return Markup("").join(lines)


def axis_caption(axis: Scale, chart: Chart) -> Markup:
    """What the figures of the axis are, with the unit."""
    unit = " ".join(filter(None, (axis.word.in_language(chart.language) if axis.word else "", chart.unit)))
    plain = chart.measure_and_unit
    said = f"{chart.measure} ({unit})" if axis.word else plain
    return text(shortened(said, 46), "0", 12, "chart__text chart__caption")


def axis_labels(labels: Sequence[str]) -> list[str]:
    """Labels as an axis has room for them: of moments the time within one day, else the day."""
    found = [_MOMENT.fullmatch(each) for each in labels]
    if not any(found):
        return list(labels)
    days = [match["day"] if match else label for match, label in zip(found, labels, strict=True)]
    if len({day for day in days if day}) > 1:
        return days
    return [match["time"] if match else label and "00:00" for match, label in zip(found, labels, strict=True)]


def shown_labels(labels: Sequence[str], places: Sequence[float]) -> list[int]:
    """Which of the labels below an axis fit on a phone: the first, and each that is far enough from the one before.
    `places`: where they lie, from 0 to 1."""
    room = (max((len(each) for each in labels), default=1) * LETTER + 10) / NARROW
    # Of many that are evenly spread, every second or every fifth: the same step all along.
    evenly = max(1, math.ceil(room * len(labels) / max(places[-1] - places[0], 0.5) - 0.01)) if places else 1
    step = evenly if evenly < len(labels) / 2 else 1
    shown: list[int] = []
    for index in range(0, len(labels), step):
        if labels[index] and (not shown or places[index] - places[shown[-1]] >= room):
            shown.append(index)
    return shown


def shortened(words_: str, letters: int) -> str:
    """At most so many letters, with an ellipsis where something is cut."""
    return words_ if len(words_) <= letters else words_[: letters - 1].rstrip() + "…"
