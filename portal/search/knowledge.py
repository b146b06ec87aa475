"""What understanding a query needs to know: the tables of words, and which terms the index has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

from portal.search.words import EMPTY, Glossary


class Terms(Protocol):
    """The folded terms of one state of an index."""

    def count(self, folded: str) -> int:
        """In how many datasets a syllable occurs."""
        ...

    def exact_count(self, exact: str) -> int:
        """In how many datasets a syllable occurs with just these diacritics; for syllables that have some."""
        ...

    def pair_count(self, first: str, second: str) -> int:
        """In how many datasets two syllables stand side by side."""
        ...

    def near(self, folded: str) -> Collection[str]:
        """Terms that may be a slip of the keys away; a few others may be among them."""
        ...


class NoTerms:
    """The terms of an index that is not there: every syllable may occur."""

    def count(self, folded: str) -> int:
        """One: nothing is taken for a mistake."""
        return 1

    def exact_count(self, exact: str) -> int:
        """One, likewise."""
        return 1

    def pair_count(self, first: str, second: str) -> int:
        """One, likewise."""
        return 1

    def near(self, folded: str) -> Collection[str]:
        """Nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Without an index nothing is repaired, without tables nothing is added."""

    glossary: Glossary = EMPTY
    terms: Terms = field(default_factory=NoTerms)
