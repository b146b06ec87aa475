"""Finding the phrases of the tables in what was typed, the longest first, each syllable in one phrase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.catalog.models import WordKind as Kind
from portal.search.keyboards import is_possible
from portal.search.tokens import Token
from portal.search.words import Glossary, Key, PlaceName, Reading


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase at `start` to `end` of the tokens. `is_filler`: it asks for nothing by itself."""

    start: int
    end: int
    readings: tuple[Reading, ...]
    places: tuple[PlaceName, ...] = ()

    @property
    def is_filler(self) -> bool:
        """Whether nothing but a filler may be meant."""
        return any(reading.kind is Kind.FILLER for reading in self.readings)

    @property
    def is_typed_exactly(self) -> bool:
        """Whether the filler is written without diacritics."""
        return any(r.kind is Kind.FILLER and all(map(str.isascii, r.exact)) for r in self.readings)


def find(tokens: Sequence[Token], glossary: Glossary, *, has_diacritics: bool) -> list[Found]:
    """The phrases in the order of the tokens; they do not overlap. Quoted tokens are in none."""
    taken = [token.is_quoted for token in tokens]
    found: list[Found] = []
    for length in range(min(glossary.longest, len(tokens)), 0, -1):
        for start in range(len(tokens) - length + 1):
            end = start + length
            if any(taken[start:end]):
                continue
            phrase = _at(tokens, start, end, glossary, has_diacritics=has_diacritics)
            if phrase:
                found.append(phrase)
                taken[start:end] = [True] * length
    return sorted(found, key=lambda each: each.start)


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
