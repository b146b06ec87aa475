"""Figures, their limits, and how both are shown."""

from __future__ import annotations

import json
import platform
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from os import cpu_count, getloadavg

from tests.running import Finished


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. Only a ratio may have a limit; other figures depend on the machine."""

    name: str
    value: float
    unit: str
    at: str = ""

    @property
    def is_ratio(self) -> bool:
        return self.unit == "x"


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds of a ratio."""

    at_least: float | None = None
    at_most: float | None = None

    def is_broken_by(self, value: float) -> bool:
        too_low = self.at_least is not None and value < self.at_least
        return too_low or (self.at_most is not None and value > self.at_most)

    def __str__(self) -> str:
        return f">= {self.at_least}" if self.at_most is None else f"<= {self.at_most}"


def printed(finished: Finished) -> dict[str, float]:
    """The figures that a process printed as JSON in its last line."""
    if finished.code or not finished.out.strip():
        raise AssertionError(finished.err)
    values: dict[str, float] = json.loads(finished.out.splitlines()[-1])
    return values


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(
    title: str,
    figures: Sequence[Figure],
    limits: Mapping[str, Limit],
    budgets: Mapping[str, Mapping[str, float]],
) -> None:
    """A table; ratios with their limits, other figures with what an idle machine of 2 cores should reach."""
    print(f"\n{title} (load {getloadavg()[0]:.1f})")
    for figure in figures:
        limit, budget = limits.get(figure.name), budgets.get(figure.name, {}).get(figure.at)
        verdict = "" if budget is None else f"  budget {budget:g}"
        if limit is not None:
            verdict = f"  {limit}{'  BROKEN' if limit.is_broken_by(figure.value) else ''}"
        print(f"  {figure.name:58} {figure.value:12,.2f} {figure.unit:6} {figure.at}{verdict}", flush=True)


def broken(figures: Sequence[Figure], limits: Mapping[str, Limit]) -> Iterator[str]:
    """Sentences about ratios beyond their limits."""
    for figure in figures:
        limit = limits.get(figure.name)
        if limit is not None and limit.is_broken_by(figure.value):
            yield f"{figure.name} {figure.at}: {figure.value:.2f}, and the limit is {limit}"


def circumstances() -> dict[str, object]:
    """Where and when a run was made."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "machine": f"{platform.system()} {platform.machine()}, {cpu_count()} cores",
        "load": [round(each, 2) for each in getloadavg()],
    }


def as_json(figures: Sequence[Figure]) -> list[dict[str, object]]:
    return [{**asdict(each), "value": round(each.value, 3)} for each in figures]
