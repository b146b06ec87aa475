"""Words that mean the same: rows of the tables, and the glossary made of them that queries are read with."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from itertools import pairwise

from portal.catalog.models import WordKind as Kind
from portal.search import analysis
from portal.search.query import Word

Key = tuple[str, ...]
"""Folded syllables."""


@dataclass(frozen=True, slots=True)
class WordRow:
    """`alternative` may be meant where `term` is typed, and the other way round when `both_ways`. `weight`
    None: that of the kind. A filler has no alternative."""

    term: str
    kind: Kind
    alternative: str = ""
    weight: float | None = None
    both_ways: bool = False


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name that queries may have: bare (Hải Châu), the unit's kind as a word (quận), and its code."""

    name: str
    unit: str
    code: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phrase of the tables may mean. `exact` is the phrase with diacritics; `words` is empty for
    fillers; `is_reverse`: found from the alternative's side."""

    kind: Kind
    exact: tuple[str, ...]
    words: tuple[Word, ...]
    weight: float | None
    is_reverse: bool = False


@dataclass(frozen=True)
class Glossary:
    """All tables, ready for look-ups. Equal when made of equal rows."""

    rows: tuple[WordRow, ...] = ()
    places: tuple[PlaceName, ...] = ()

    def readings(self, key: Key) -> Sequence[Reading]:
        """What a phrase means; empty when no table has it."""
        return self._readings.get(key, ())

    def places_named(self, key: Key) -> Sequence[PlaceName]:
        """The units of a name, present ones first."""
        return self._places.get(key, ())

    def is_known(self, folded: str) -> bool:
        """Whether a syllable is part of any word or name of the tables."""
        return folded in self._syllables

    def is_known_exactly(self, exact: str) -> bool:
        """Whether a syllable is so, with its diacritics, in the tables."""
        return exact in self._exact_syllables

    def prepare(self) -> None:
        """Makes every table now; otherwise the first query that needs one waits for it."""
        _ = (self.longest, self.names, self.shortened, self._exact_syllables)

    @cached_property
    def longest(self) -> int:
        """Syllables of the longest phrase."""
        return max((len(key) for key in (*self._readings, *self._places)), default=0)

    @cached_property
    def names(self) -> Mapping[tuple[Key, Key], tuple[Key, ...]]:
        """Place names of two syllables and more by what is left of them without one syllable: (before, after)."""
        found: dict[tuple[Key, Key], list[Key]] = defaultdict(list)
        for name in self._places:
            if len(name) > 1:
                for place in range(len(name)):
                    found[name[:place], name[place + 1 :]].append(name)
        return {key: tuple(names) for key, names in found.items()}

    @cached_property
    def shortened(self) -> Mapping[str, tuple[str, ...]]:
        """The syllables of the tables by themselves and by what they are without any one letter."""
        found: dict[str, list[str]] = defaultdict(list)
        for syllable in sorted(self._syllables):
            for form in analysis.shortened(syllable):
                found[form].append(syllable)
        return {form: tuple(syllables) for form, syllables in found.items()}

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Syllables that stand side by side in a word or name of the tables."""
        alternatives = (
            _key(each.words) for all_of in self._readings.values() for each in all_of if each.words
        )
        return frozenset(
            pair for key in (*self._readings, *self._places, *alternatives) for pair in pairwise(key)
        )

    @cached_property
    def _readings(self) -> Mapping[Key, tuple[Reading, ...]]:
        found: dict[Key, list[Reading]] = defaultdict(list)
        for row in self.rows:
            term, alternative = _words(row.term), _words(row.alternative)
            for key in _keys(term, row.kind):
                found[key].append(Reading(row.kind, _exact(term), alternative, row.weight))
            if row.both_ways and alternative:
                found[_key(alternative)].append(
                    Reading(row.kind, _exact(alternative), term, row.weight, is_reverse=True)
                )
        return {key: tuple(dict.fromkeys(readings)) for key, readings in found.items() if key}

    @cached_property
    def _places(self) -> Mapping[Key, tuple[PlaceName, ...]]:
        found: dict[Key, list[PlaceName]] = defaultdict(list)
        for place in self.places:
            found[_key(_words(place.name))].append(place)
        return {
            key: tuple(sorted(places, key=lambda place: not place.is_current))
            for key, places in found.items()
        }

    @cached_property
    def _syllables(self) -> frozenset[str]:
        words = {syllable for key in (*self._readings, *self._places) for syllable in key}
        words |= {word.folded for all_of in self._readings.values() for each in all_of for word in each.words}
        return frozenset(words)

    @cached_property
    def _exact_syllables(self) -> frozenset[str]:
        readings = [each for all_of in self._readings.values() for each in all_of]
        exact = {form for each in readings for form in each.exact}
        exact |= {word.exact for each in readings for word in each.words if word.exact}
        exact |= {word.exact for place in self.places for word in _words(place.name) if word.exact}
        return frozenset(exact)

    def to_json(self) -> str:
        """The glossary as text; equal glossaries give equal texts."""
        return json.dumps(
            {
                "rows": [astuple(row) for row in self.rows],
                "places": [astuple(place) for place in self.places],
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Glossary:
        """What `to_json` wrote."""
        stored = json.loads(text)
        return cls(
            rows=tuple(WordRow(row[0], Kind(row[1]), *row[2:]) for row in stored["rows"]),
            places=tuple(PlaceName(*place) for place in stored["places"]),
        )


EMPTY = Glossary()


def _words(text: str) -> tuple[Word, ...]:
    return tuple(
        Word(each.folded, each.exact if each.exact != each.folded else None)
        for each in analysis.syllables(analysis.normalise(text))
    )


def _key(words: Sequence[Word]) -> Key:
    return tuple(word.folded for word in words)


def _exact(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.exact or word.folded for word in words)


def _keys(words: Sequence[Word], kind: Kind) -> Iterable[Key]:
    """The ways to type a term; English words also in the plural."""
    key = _key(words)
    yield key
    if kind is Kind.ENGLISH and key:
        yield (*key[:-1], _plural(key[-1]))


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"
