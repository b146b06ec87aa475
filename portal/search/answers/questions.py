"""A question taken apart: words that name a column, words that name a row, and nothing left unexplained."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
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


def readings(understood: Understanding) -> tuple[Words, ...]:
    """The question in the words typed, and in others that hardly mean anything else; none for one with syntax."""
    query = understood.query
    if query.excluded or any(phrase.scope for phrase in query.phrases):
        return ()
    ways = product(*_ways_in_order(tuple(token.word for token in understood.tokens), query.concepts))
    joined = (tuple(word for words in way for word in words) for way in ways)
    return tuple(dict.fromkeys(islice(joined, _MAX_READINGS)))


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


def keys_in(words: Words) -> Iterator[str]:
    """Every key that some neighbours among the words are."""
    for start, end in _spans(words):
        yield key_of(words[start:end])


def splits(words: Words, columns: Collection[str], values: Collection[str]) -> Iterator[Split]:
    """Every way to name a column of `columns` and rows by `values` with all of the words."""
    for start, end in _spans(words):
        if key_of(words[start:end]) in columns:
            yield from _around(words, start, end, values, is_named=True)
        if ANY_COLUMN in columns and end - start > 1:
            yield from _around(words, start, end, values, is_named=False)
    if ANY_COLUMN in columns and SUBJECT in columns:
        yield from _around(words, 0, 0, values, is_named=False)


def _spans(words: Words) -> Iterator[tuple[int, int]]:
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + MAX_SYLLABLES) + 1):
            yield start, end


def _around(
    words: Words, start: int, end: int, values: Collection[str], *, is_named: bool
) -> Iterator[Split]:
    before, after = _covered(words[:start], values), _covered(words[end:], values)
    if before is not None and after is not None:
        rows, left = before[0] + after[0], before[1] + after[1]
        if rows or any(is_year(word.folded) for word in left):
            yield Split(words[start:end], rows, left, is_named)


def _covered(words: Words, values: Collection[str]) -> tuple[tuple[Words, ...], Words] | None:
    """Words as names of cells, the longest first, and what is left of them; None where a word is neither."""
    rows: list[Words] = []
    left: list[Word] = []
    place = 0
    while place < len(words):
        rest = words[place:]
        named = next(
            (n for n in range(min(len(rest), MAX_SYLLABLES), 0, -1) if key_of(rest[:n]) in values), 0
        )
        if named:
            rows.append(rest[:named])
        elif is_year(rest[0].folded) or rest[0].folded in UNIT_WORDS:
            left.append(rest[0])
        elif not (_says_year(rest) or _said_for_nothing(rest)):
            return None
        place += named or _said_for_nothing(rest) or 1
    return tuple(rows), tuple(left)


def _says_year(words: Words) -> bool:
    return words[0].folded in ("nam", "year") and len(words) > 1 and is_year(words[1].folded)


def _said_for_nothing(words: Sequence[Word]) -> int:
    """How many of the first words name nothing."""
    for phrase in _empty_phrases():
        typed = words[: len(phrase)]
        is_plain = len(phrase) > 1 or len(phrase[0].folded) == 1 or phrase[0].exact == phrase[0].folded
        if agree(typed, phrase) and (is_plain or typed[0].exact is not None):
            return len(phrase)
    return 0


@cache
def _empty_phrases() -> tuple[tuple[Syllable, ...], ...]:
    phrases = (tuple(syllables(phrase)) for phrase in _SAID_FOR_NOTHING)
    return tuple(sorted(phrases, key=len, reverse=True))
