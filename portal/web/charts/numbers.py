"""Figures as people read them: round ticks, and numbers in the language's own format."""

from __future__ import annotations

import math
from dataclasses import dataclass

from portal.text import Language, LocalizedText, fold

# Beyond this, doubles do not hold whole numbers any more and no axis is legible.
LARGEST = 1e15
_SCALES: tuple[tuple[float, LocalizedText], ...] = (
    (1e12, LocalizedText("nghìn tỷ", "trillion")),
    (1e9, LocalizedText("tỷ", "billion")),
    (1e6, LocalizedText("triệu", "million")),
)
# Below this, zeros say less than an exponent.
_SMALLEST_POWER = 12
_SCALED_UNITS = ("nghin", "ngan", "trieu", "ty", "thousand", "million", "billion", "10")
# Thirty times as fast as a library that knows every language; a page has hundreds of figures.
_VIETNAMESE = str.maketrans(",.", ".,")
_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from the lowest tick to the highest; `divisor` with its word makes long figures short."""

    ticks: tuple[float, ...]
    divisor: float = 1.0
    word: LocalizedText | None = None

    def share(self, value: float) -> float:
        """How far along the axis a value lies: 0 to 1."""
        low, high = self.ticks[0], self.ticks[-1]
        return (value - low) / (high - low)

    @property
    def zero(self) -> float:
        """Where bars begin: at 0, or at the end of the axis nearest to it."""
        return min(max(self.share(0.0), 0.0), 1.0)

    def labels(self, language: Language) -> tuple[str, ...]:
        """The ticks as text."""
        return tuple(written(tick / self.divisor, language) for tick in self.ticks)


def written(value: float, language: Language, digits: int = 6) -> str:
    """A figure with at most so many digits that say something: 1.234,5 or 1,234.5; whole numbers are kept whole."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "–"
    # A whole number of the engine is exact to its last digit, which a double is not.
    text = f"{value:,}" if isinstance(value, int) else _rounded(value, digits)
    return (text.translate(_VIETNAMESE) if language == "vi" else text).replace("-", "\N{MINUS SIGN}")


def _rounded(value: float, digits: int) -> str:
    power = math.floor(math.log10(abs(value)))
    decimals = max(0, digits - 1 - power)
    if power < -_SMALLEST_POWER or abs(value) >= LARGEST * 1000:
        return f"{value:.{digits - 1}g}"
    text = f"{round(value, decimals) + 0.0:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


# Smaller figures than any that is published: an axis for them would have no round numbers.
_NOTHING = 1e-12


def scale(values: tuple[float, ...], *, from_zero: bool, target: int = 4, unit: str | None = None) -> Scale:
    """An axis that holds all values, with about `target` steps at round numbers."""
    low, high = min(values), max(values)
    if from_zero or 0 <= low < high * 0.5 or high * 0.5 < high <= 0:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low <= max(abs(low), abs(high), 1e3 * _NOTHING) * 1e-9:
        reach = abs(high) * 0.1 if abs(high) > _NOTHING else 1.0
        low, high = (low - reach, high + reach) if not from_zero else (low, high + reach)
    step = _step(high - low, target, is_whole=all(float(value).is_integer() for value in values))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(float(f"{number * step:.12g}") for number in range(first, last + 1))
    divisor, word = divisor_of(max(abs(ticks[0]), abs(ticks[-1])), unit)
    return Scale(ticks, divisor, word)


def _step(span: float, target: int, *, is_whole: bool) -> float:
    power = 10.0 ** math.floor(math.log10(span / target))
    found = next(step * power for step in _STEPS if step * power * target >= span * (1 - 1e-9))
    return max(found, 1.0) if is_whole else found


def divisor_of(value: float, unit: str | None) -> tuple[float, LocalizedText | None]:
    """What makes a long figure short, and its word: 23 tỷ; nothing where the unit has such a word already."""
    if unit and fold(unit).split(" ")[0].startswith(_SCALED_UNITS):
        return 1.0, None
    return next(((size, word) for size, word in _SCALES if abs(value) >= size * 10), (1.0, None))
