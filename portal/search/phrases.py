"""Finding the phrases of the tables in what was typed, the longest first, each syllable in one phrase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from portal.catalog.models import WordKind as Kind
from portal.search.keyboards import is_possible
from portal.search.knowledge import Knowledge
from portal.search.tokens import Token
from portal.search.words import Glossary, Key, PlaceName, Reading


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase at `start` to `end` of the tokens. `is_filler`: it asks for nothing by itself."""

    start: int
    end: int
    readings: tuple[Reading, ...]
    places: tuple[PlaceName, ...] = ()

    def __len__(self) -> int:
        """How many syllables."""
        return self.end - self.start

    @property
    def is_filler(self) -> bool:
        """Whether nothing but a filler may be meant."""
        return any(reading.kind is Kind.FILLER for reading in self.readings)

    @property
    def is_sure(self) -> bool:
        """Whether hardly anything else is written so: words of two syllables, or one without diacritics."""
        return len(self) > 1 or any(reading.exact[0].isascii() for reading in self.readings)

    @property
    def is_typed_exactly(self) -> bool:
        """Whether the filler is written without diacritics."""
        return any(r.kind is Kind.FILLER and all(map(str.isascii, r.exact)) for r in self.readings)


def find(
    tokens: Sequence[Token], glossary: Glossary, *, has_diacritics: bool, longest: int | None = None
) -> list[Found]:
    """The phrases in the order of the tokens, of at most `longest` syllables; they do not overlap. Quoted
    tokens are in none."""
    taken = [token.is_quoted for token in tokens]
    found: list[Found] = []
    for length in range(min(longest or glossary.longest, len(tokens)), 0, -1):
        for start in range(len(tokens) - length + 1):
            end = start + length
            if any(taken[start:end]):
                continue
            phrase = _at(tokens, start, end, glossary, has_diacritics=has_diacritics)
            if phrase:
                found.append(phrase)
                taken[start:end] = [True] * length
    return sorted(found, key=lambda each: each.start)


def divided(
    tokens: Sequence[Token], found: Sequence[Found], knowledge: Knowledge, *, has_diacritics: bool
) -> list[Found]:
    """The phrases again, those that the index has in no wording as the shorter ones within them that it has:
    rác thải nhựa, where nobody wrote so, asks for rác thải. Only if those are half of it."""
    result: list[Found] = []
    for phrase in found:
        shorter = _within(tokens, phrase, knowledge, has_diacritics=has_diacritics)
        present = [each for each in shorter if each.is_sure and is_present(tokens, each, knowledge)]
        is_enough = present and 2 * sum(map(len, present)) >= len(phrase)
        result += _with_rest(phrase, shorter) if is_enough else [phrase]
    return result


def _with_rest(phrase: Found, shorter: Sequence[Found]) -> list[Found]:
    """The phrases inside a phrase, and what stands between them as phrases without other words: the tables
    tell that it belongs together."""
    result: list[Found] = []
    place = phrase.start
    for each in [*shorter, Found(phrase.end, phrase.end, ())]:
        if each.start > place:
            result.append(Found(place, each.start, ()))
        result.append(each)
        place = each.end
    return result[:-1]


def is_present(tokens: Sequence[Token], phrase: Found, knowledge: Knowledge) -> bool:
    """Whether a phrase may be in the index, as typed or in other words for it."""
    wordings = [key_of(tokens[phrase.start : phrase.end])]
    wordings += [tuple(word.folded for word in reading.words) for reading in phrase.readings]
    return any(_may_stand(wording, knowledge) for wording in wordings if wording)


def _may_stand(wording: Key, knowledge: Knowledge) -> bool:
    if len(wording) == 1:
        return knowledge.terms.count(wording[0]) > 0
    return all(knowledge.terms.pair_count(first, second) for first, second in pairwise(wording))


def _within(
    tokens: Sequence[Token], phrase: Found, knowledge: Knowledge, *, has_diacritics: bool
) -> list[Found]:
    """The phrases inside a phrase that the index does not have; none of one that it has."""
    if len(phrase) < 2 or phrase.is_filler or is_present(tokens, phrase, knowledge):
        return []
    span = tokens[phrase.start : phrase.end]
    inside = find(span, knowledge.glossary, has_diacritics=has_diacritics, longest=len(phrase) - 1)
    return [
        replace(each, start=each.start + phrase.start, end=each.end + phrase.start)
        for each in inside
        if not each.is_filler
    ]


def key_of(tokens: Sequence[Token]) -> Key:
    """How tables know a row of tokens."""
    return tuple(token.word.folded for token in tokens)


def _at(
    tokens: Sequence[Token], start: int, end: int, glossary: Glossary, *, has_diacritics: bool
) -> Found | None:
    span = tokens[start:end]
    key = key_of(span)
    readings = tuple(
        reading
        for reading in glossary.readings(key)
        if _agree(span, reading.exact) and not (has_diacritics and _could_be_vietnamese(reading, key))
    )
    places = glossary.places_named(key)
    return Found(start, end, readings, tuple(places)) if readings or places else None


def _agree(span: Sequence[Token], exact: Sequence[str]) -> bool:
    """A single syllable must have the diacritics of the table or none at all; of a longer phrase one syllable
    may have others, which is a slip, not another phrase."""
    others = sum(token.word.exact not in (None, form) for token, form in zip(span, exact, strict=False))
    return others == 0 or (len(span) > 1 and others == 1)


def _could_be_vietnamese(reading: Reading, key: Key) -> bool:
    """An English word among Vietnamese ones is one only if no Vietnamese syllable is written so."""
    return reading.kind is Kind.ENGLISH and not reading.is_reverse and all(map(is_possible, key))
