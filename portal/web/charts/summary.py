"""What one sees on a chart, in a sentence or two: the ends and the change, never a cause."""

from __future__ import annotations

from collections.abc import Sequence

from portal.tables.values import Bin
from portal.text import Language
from portal.web.charts.numbers import divisor_of, written
from portal.web.charts.values import Chart, Mark
from portal.web.charts.words import words

_Known = tuple[Mark, float]
_SHIFTED = ("°c", "℃", "°", "độ c", "oc", "°f")


def title_of(chart: Chart) -> str:
    """`Dân số (người) theo Phường`."""
    if chart.kind == "histogram":
        return words("histogram-title", chart.language, measure=chart.measure_and_unit)
    return words("title", chart.language, measure=chart.measure_and_unit, by=chart.by)


def summary_of(chart: Chart) -> str:
    """Highest, lowest, the change from the first to the last period, what is missing, and what is left out."""
    known = [(mark, mark.value) for mark in chart.marks if mark.value is not None]
    sentences = [_figures(chart, known)]
    missing = sum(1 for mark in chart.marks if mark.value is None and mark.label)
    if missing and known:
        key = "period-gaps" if chart.is_period else "gaps"
        sentences.append(words(key, chart.language, count=missing, total=missing + len(known)))
    if chart.totals:
        names = ", ".join(chart.totals)
        sentences.append(words("totals", chart.language, names=names))
    if chart.others:
        shown, others = (written(each, chart.language) for each in (len(chart.marks), chart.others))
        key = "earlier" if chart.is_period else "others"
        sentences.append(words(key, chart.language, shown=shown, others=others))
    if chart.is_unplaced:
        sentences.append(words("unplaced", chart.language, by=chart.by))
    return " ".join(sentences)


def _figures(chart: Chart, known: Sequence[_Known]) -> str:
    if not known:
        return words("none", chart.language)
    if len(known) == 1:
        mark, value = known[0]
        return words("one", chart.language, name=mark.named, value=_value(chart, value))
    if len({value for _, value in known}) == 1:
        return words("equal", chart.language, value=_value(chart, known[0][1]))
    if chart.is_period:
        return _course(chart, known)
    high, low = max(value for _, value in known), min(value for _, value in known)
    said = [_extreme(chart, known, "highest", high)]
    # Of things that are left out nobody knows here how low they are.
    if not chart.others:
        said.append(_extreme(chart, known, "lowest", low))
    return "; ".join(said) + "."


def _extreme(chart: Chart, known: Sequence[_Known], key: str, value: float) -> str:
    holders = [mark.named for mark, each in known if each == value]
    name = holders[0]
    if len(holders) == 2:
        name = words("and-other", chart.language, name=name)
    elif len(holders) > 2:
        name = words("and-others", chart.language, name=name, count=len(holders) - 1)
    return words(key, chart.language, name=name, value=_value(chart, value))


def _course(chart: Chart, known: Sequence[_Known]) -> str:
    (first, low), (last, high) = known[0], known[-1]
    key = "same" if low == high else "rise" if high > low else "fall"
    sentence = words(
        key, chart.language, first=first.named, last=last.named, low=_value(chart, low),
        high=_value(chart, high), change=_change(chart, low, high),
    )  # fmt: skip
    ends = {low, high}
    peak, dip = max(value for _, value in known), min(value for _, value in known)
    further = [_extreme(chart, known, "peak", peak)] if peak not in ends else []
    further += [_extreme(chart, known, "dip", dip)] if dip not in ends else []
    return "; ".join([sentence, *further]) + "."


def _change(chart: Chart, low: float, high: float) -> str:
    """In points where figures are shares, in per cent where both are above zero, else nothing."""
    if (chart.unit or "").strip() == "%":
        return f" ({words('points', chart.language, value=written(abs(high - low), chart.language, 4))})"
    # A tenth more degrees is no tenth more warmth.
    is_shifted = (chart.unit or "").strip().casefold() in _SHIFTED
    if is_shifted or low <= 0 or high <= 0 or high > low * 100:
        return ""
    return f" ({written(abs(high - low) / low * 100, chart.language, 3)}%)"


def _value(chart: Chart, value: float) -> str:
    unit = chart.unit or ""
    divisor, word = divisor_of(value, unit)
    size = f" {word.in_language(chart.language)}" if word else ""
    return f"{chart.written(value / divisor)}{size}{'' if unit == '%' or not unit else ' '}{unit}"


def spread(bins: Sequence[Bin], language: Language) -> str:
    """What the histogram of a column shows."""
    fullest = max(bins, key=lambda each: each.count)
    least, most = bins[0].low, bins[-1].high
    count = written(fullest.count, language)
    if len(bins) == 1 and fullest.count == 1:
        return words("only", language, least=written(least, language))
    if len(bins) == 1:
        return words("constant", language, count=count, least=written(least, language))
    if sum(each.count == fullest.count for each in bins) > 1:
        return words("range", language, least=written(least, language), most=written(most, language))
    return words(
        "bulk", language, least=written(least, language), most=written(most, language), count=count,
        low=written(fullest.low, language), high=written(fullest.high, language),
    )  # fmt: skip
