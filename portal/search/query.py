"""What is looked for, in our own terms: no engine's syntax, nothing of how it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Filters = Mapping[str, tuple[str, ...]]
"""Chosen values by facet: any value within a facet, every facet."""


@dataclass(frozen=True, slots=True)
class Word:
    """One syllable. `exact` is None where it was typed without diacritics, which forgives all of them."""

    folded: str
    exact: str | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say a concept: all words, side by side when `adjacent`. `weight` below 1 for what was not
    typed (a synonym, a joined spelling). `is_exact`: diacritics must be those of the words, not others."""

    words: tuple[Word, ...]
    weight: float = 1.0
    adjacent: bool = False
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing asked for, said in any of its alternatives. `weight`: its share in what must be found."""

    alternatives: tuple[Alternative, ...]
    weight: float = 1.0
    typed: str = ""


Scope = Literal["", "column", "file"]
"""Where a phrase must stand: anywhere, in the name of a column, in the name of a file."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand side by side, in this order; within a name of `scope`, diacritics or not."""

    words: tuple[Word, ...]
    scope: Scope = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What readers are shown of a match: `whole` phrases wherever they stand; where a text has none of them,
    the `loose` words as typed."""

    whole: tuple[tuple[Word, ...], ...] = ()
    loose: tuple[Word, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.whole or self.loose)


@dataclass(frozen=True, slots=True)
class Query:
    """A whole question. `phrases` are required and `excluded` forbidden; `pairs` are neighbours as typed,
    which raise a score and are never required. The empty query matches everything."""

    concepts: tuple[Concept, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    pairs: tuple[tuple[Word, Word], ...] = field(default=())

    @property
    def is_ranked(self) -> bool:
        """Whether there is anything to score by."""
        return bool(self.concepts)

    def shown(self) -> Shown:
        """What to show as found: all but what belongs to concepts that hardly count."""
        heaviest = max((concept.weight for concept in self.concepts), default=0)
        telling = [concept for concept in self.concepts if concept.weight == heaviest]
        return Shown(
            tuple(
                dict.fromkeys(
                    alternative.words
                    for concept in telling
                    for alternative in concept.alternatives
                    if alternative.adjacent or len(alternative.words) == 1
                )
            ),
            tuple(dict.fromkeys(word for concept in telling for word in concept.alternatives[0].words)),
        )
