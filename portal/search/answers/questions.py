"""A question taken apart: words that name a column, words that name a row, and nothing left unexplained."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice, product

from portal.search.analysis import Syllable
from portal.search.answers.names import (
    ANY_COLUMN,
    MAX_SYLLABLES,
    SUBJECT,
    UNITS,
    agree,
    is_year,
    key_of,
    syllables,
)
from portal.search.query import Concept, Word
from portal.search.understanding import Understanding

Words = tuple[Word, ...]
# What was typed, and words that hardly mean anything else: a short form, another spelling, the English for it.
_SURE = 0.85
_MAX_READINGS = 12
UNIT_WORDS = frozenset(word for unit in UNITS for word in unit)
# Words that name neither column nor row. One of a single syllable must be typed with its diacritics: cua is a crab.
_SAID_FOR_NOTHING = (
    "của", "ở", "tại", "là", "có", "trong", "bao nhiêu", "là bao nhiêu", "có bao nhiêu", "thành phố Đà Nẵng",
    "tp Đà Nẵng", "Đà Nẵng", "the", "of", "in", "at", "for", "is", "what", "what is", "how many", "how much",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Split:
    """One way to take a question apart. `column`: the words that name a column, or, where `is_named` is false, a
    table (none where its rows say it). `rows`: names of cells of one row; `left`: years, and kinds of units."""

    column: Words
    rows: tuple[Words, ...]
    left: Words
    is_named: bool = True


@dataclass(frozen=True)
class Question:
    """A question in one row of words, with what is needed of them for every table."""

    words: Words

    @cached_property
    def keys(self) -> Mapping[tuple[int, int], str]:
        """The key of all words from one place to another."""
        places = range(len(self.words))
        return {
            (start, end): key_of(self.words[start:end])
            for start in places
            for end in range(start + 1, min(len(self.words), start + MAX_SYLLABLES) + 1)
        }

    @cached_property
    def said_for_nothing(self) -> Sequence[int]:
        """By place: how many of the words from there on name nothing."""
        return [_said_for_nothing(self.words[place:]) for place in range(len(self.words))]


def readings(understood: Understanding) -> tuple[Question, ...]:
    """The question in the words typed, and in others that hardly mean anything else; none for one with syntax."""
    query = understood.query
    if query.excluded or any(phrase.scope for phrase in query.phrases):
        return ()
    ways = product(*_ways_in_order(tuple(token.word for token in understood.tokens), query.concepts))
    joined = (tuple(word for words in way for word in words) for way in ways)
    return tuple(map(Question, dict.fromkeys(islice(joined, _MAX_READINGS))))


def _ways_in_order(words: Words, concepts: Sequence[Concept]) -> Iterator[list[Words]]:
    """For each concept as it was typed how else it may be said; a query has each concept once, words may repeat."""
    longest_first = sorted(concepts, key=lambda concept: -len(concept.alternatives[0].words))
    place = 0
    while place < len(words):
        here = (each for each in longest_first if words[place : place + len(_typed(each))] == _typed(each))
        concept = next(here, None)
        yield list(_ways(concept)) if concept else [words[place : place + 1]]
        place += len(_typed(concept)) if concept else 1


def _typed(concept: Concept) -> Words:
    return concept.alternatives[0].words


def _ways(concept: Concept) -> Iterator[Words]:
    first, *others = concept.alternatives
    yield first.words
    yield from (each.words for each in others if each.weight >= _SURE)


def splits(question: Question, columns: Collection[str], values: Collection[str]) -> Iterator[Split]:
    """Every way to name a column of `columns` and rows by `values` with all of the words."""
    words, count = question.words, len(question.words)
    before = [_covered(question, 0, place, values) for place in range(count + 1)]
    after = [_covered(question, place, count, values) for place in range(count + 1)]
    for (start, end), key in question.keys.items():
        rest = _together(before[start], after[end])
        if rest and key in columns:
            yield Split(words[start:end], *rest)
        if rest and ANY_COLUMN in columns and end - start > 1:
            yield Split(words[start:end], *rest, is_named=False)
    if (rest := before[count]) and ANY_COLUMN in columns and SUBJECT in columns:
        yield Split((), *rest, is_named=False)


_Covered = tuple[tuple[Words, ...], Words]


def _together(before: _Covered | None, after: _Covered | None) -> _Covered | None:
    """Both, where together they name a row or a year."""
    if before is None or after is None:
        return None
    rows, left = before[0] + after[0], before[1] + after[1]
    return (rows, left) if rows or any(is_year(word.folded) for word in left) else None


def _covered(question: Question, place: int, stop: int, values: Collection[str]) -> _Covered | None:
    """Words as names of cells, the longest first, and what is left of them; None where a word is neither."""
    rows: list[Words] = []
    left: list[Word] = []
    words = question.words
    while place < stop:
        ends = range(min(stop, place + MAX_SYLLABLES), place, -1)
        end = next((end for end in ends if question.keys[place, end] in values), 0)
        empty = question.said_for_nothing[place] if place + question.said_for_nothing[place] <= stop else 0
        if end:
            rows.append(words[place:end])
        elif is_year(words[place].folded) or words[place].folded in UNIT_WORDS:
            left.append(words[place])
        elif not (empty or _says_year(words[place:stop])):
            return None
        place = end or place + max(empty, 1)
    return tuple(rows), tuple(left)


def _says_year(words: Words) -> bool:
    return words[0].folded in ("nam", "year") and len(words) > 1 and is_year(words[1].folded)


def _said_for_nothing(words: Sequence[Word]) -> int:
    """How many of the first words name nothing."""
    for phrase in _empty_phrases().get(words[0].folded, ()):
        typed = words[: len(phrase)]
        is_plain = len(phrase) > 1 or len(phrase[0].folded) == 1 or phrase[0].exact == phrase[0].folded
        if agree(typed, phrase) and (is_plain or typed[0].exact is not None):
            return len(phrase)
    return 0


@cache
def _empty_phrases() -> Mapping[str, Sequence[Sequence[Syllable]]]:
    """By their first syllable, the longest first."""
    by_first: dict[str, list[list[Syllable]]] = {}
    for phrase in sorted(map(syllables, _SAID_FOR_NOTHING), key=len, reverse=True):
        by_first.setdefault(phrase[0].folded, []).append(phrase)
    return by_first
