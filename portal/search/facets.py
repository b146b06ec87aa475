"""The facets: one definition each, and everything else follows from this table.

Adding a facet: a line here, its values in `source.py`, its labels where pages show it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow results. `name` is the parameter in URLs; `counted` is how many values at most an
    answer counts (the commonest; chosen values are always among them)."""

    name: str
    counted: int = 200


FACETS: tuple[Facet, ...] = (
    Facet("theme"),
    Facet("agency"),
    Facet("place"),
    Facet("format"),
    Facet("licence"),
    Facet("frequency"),
    Facet("year"),
)
FACET_NAMES: tuple[str, ...] = tuple(facet.name for facet in FACETS)
