"""Conditions on fields, joined by and, or, not: what programs ask for where people type words.

`lucene` makes them of what clients of CKAN send, `clause_fields` turns those on fields into SQL, `selecting`
finds what holds them; free words among them are understood and found as everywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

ANY_LETTER = "\0"
"""Stands in a piece of a pattern for exactly one letter, whichever."""


@dataclass(frozen=True, slots=True)
class Words:
    """Free words, as a person would type them: quotation marks and leading minus signs have their meaning."""

    typed: str


@dataclass(frozen=True, slots=True)
class Match:
    """A field has this value. Several `pieces` stand apart, with anything between them."""

    field: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A field's value lies in a range; an absent bound is open."""

    field: str
    low: str | None
    high: str | None
    with_low: bool = True
    with_high: bool = True


@dataclass(frozen=True, slots=True)
class Present:
    """A field has some value."""

    field: str


@dataclass(frozen=True, slots=True)
class Not:
    """What does not hold `clause`."""

    clause: Clause


@dataclass(frozen=True, slots=True)
class AllOf:
    """What holds every clause; everything when there is none."""

    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What holds one of the clauses."""

    clauses: tuple[Clause, ...]


Clause: TypeAlias = "Words | Match | Between | Present | Not | AllOf | AnyOf"

EVERYTHING = AllOf()
