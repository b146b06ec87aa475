"""What a chart is made of: marks with their figures, and what is said around them; plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from portal.text import Language
from portal.web.charts.numbers import written

Kind = Literal["bars", "columns", "line", "histogram"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One figure. `label`: as the axis shows it; `phrase`: as a sentence names it (`năm 2023`); None is a gap.
    `position`: its place in time, for lines whose marks are not equally far apart."""

    label: str
    value: float | None
    phrase: str = ""
    position: float | None = None

    @property
    def named(self) -> str:
        """How a sentence names the mark."""
        return self.phrase or self.label


@dataclass(frozen=True, slots=True)
class Chart:
    """One series. `measure`: what the figures are, without their unit; `by`: what tells the marks apart. `others`:
    how many marks are left out. `id`: what names its elements on a page. `totals`: rows of totals, not drawn.
    `digits`: how many of a figure say something. `is_unplaced`: some figures belong to no mark, because their period
    is missing or was not understood."""

    kind: Kind
    id: str
    measure: str
    by: str
    marks: tuple[Mark, ...]
    language: Language
    unit: str | None = None
    others: int = 0
    is_illustrative: bool = False
    is_period: bool = False
    totals: tuple[str, ...] = ()
    digits: int = 6
    is_unplaced: bool = False

    @property
    def values(self) -> tuple[float, ...]:
        """The figures that there are."""
        return tuple(mark.value for mark in self.marks if mark.value is not None)

    def written(self, value: float) -> str:
        """A figure with as many digits as say something."""
        return written(value, self.language, self.digits)

    @property
    def measure_and_unit(self) -> str:
        """The measure with its unit, which many headers hold already."""
        if not self.unit or self.unit.casefold() in self.measure.casefold():
            return self.measure
        return f"{self.measure} ({self.unit})"
