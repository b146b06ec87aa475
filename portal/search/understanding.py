"""From what a person typed to a query, step by step; `docs/search.md` has an example of each.

Syllables, "quoted phrases" and -exclusions are all the syntax there is. Phrases of the tables come first,
then keyboards left off, place names, and slips of the keys; whatever was repaired can be undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from portal.catalog.models import WordKind as Kind
from portal.search import phrases, repair
from portal.search.analysis import singular
from portal.search.knowledge import Knowledge
from portal.search.phrases import Found
from portal.search.query import Alternative, Concept, Query, Word
from portal.search.tokens import MAX_LETTERS, MAX_SYLLABLES, Token, quoted, take_apart
from portal.search.weights import (
    ALTERNATIVE_WEIGHTS,
    DOUBTED_WEIGHT,
    FILLER_WEIGHT,
    GUESS_SHARE,
    REVERSE_WEIGHTS,
    SYLLABLE_SHARE,
)
from portal.search.words import Glossary, Key, PlaceName, Reading
from portal.text import fold

__all__ = ["MAX_LETTERS", "MAX_SYLLABLES", "Recognised", "Understanding", "understand"]

# Alternatives of one concept beside what was typed: bounds the work of the engine.
MAX_ALTERNATIVES = 6
# A province or a district that was divided is found by more names than that.
MAX_PLACE_ALTERNATIVES = 10
_SHOWN_PLACES = 2

_YEAR = re.compile(r"(?:19|20)\d\d")
_NOTHING_KNOWN = Knowledge()


@dataclass(frozen=True, slots=True)
class Recognised:
    """Something in a query that a filter could hold. `kind` is year or place; `text` is what was meant;
    `value` is the value of `facet`."""

    kind: str
    text: str
    facet: str
    value: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood. `tokens` are as mended; `literal` is a query that takes them as they were typed,
    empty when nothing was repaired. `doubts`: for places in `tokens`, syllables that may have been meant."""

    query: Query
    tokens: tuple[Token, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    literal: str = ""
    doubts: Mapping[int, str] = field(default_factory=dict)


def understand(typed: str, knowledge: Knowledge = _NOTHING_KNOWN) -> Understanding:
    """The query of a text of any length and content; what is over the limits is left out."""
    parts = take_apart(typed)
    tokens: Sequence[Token] = parts.tokens
    found = phrases.find(tokens, knowledge.glossary, has_diacritics=parts.has_diacritics)
    for step in repair.STEPS:
        mended = step(tokens, _taken(tokens, found), knowledge)[:MAX_SYLLABLES]
        if mended != list(tokens):
            tokens = mended
            found = phrases.find(tokens, knowledge.glossary, has_diacritics=parts.has_diacritics)
    found = phrases.divided(tokens, found, knowledge, has_diacritics=parts.has_diacritics)
    doubts = _doubts(tokens, found, knowledge)
    concepts = _weighed(list(_concepts(tokens, found, doubts, knowledge.glossary)))
    is_repaired = any(token.is_repaired for token in tokens)
    return Understanding(
        query=Query(
            concepts=concepts,
            phrases=parts.phrases,
            excluded=parts.excluded,
            pairs=tuple(dict.fromkeys((a.word, b.word) for a, b in pairwise(tokens))),
        ),
        tokens=tuple(tokens),
        recognised=tuple(_recognised(tokens, found)),
        literal=_literal(tokens) if is_repaired else "",
        doubts=doubts,
    )


def _taken(tokens: Sequence[Token], found: Sequence[Found]) -> list[bool]:
    """Which tokens are in a phrase of several; a phrase of one may still be a part of a misspelt name."""
    taken = [False] * len(tokens)
    for phrase in found:
        taken[phrase.start : phrase.end] = [len(phrase) > 1] * len(phrase)
    return taken


def _concepts(
    tokens: Sequence[Token], found: Sequence[Found], doubts: Mapping[int, str], glossary: Glossary
) -> Iterator[Concept]:
    """Phrases and the single syllables between them."""
    at = {phrase.start: phrase for phrase in found}
    place = 0
    while place < len(tokens):
        phrase = at.get(place)
        if phrase is None:
            yield _single(tokens[place], doubts.get(place))
            place += 1
        elif phrase.is_filler:
            yield from (_light(token, phrase) for token in tokens[phrase.start : phrase.end])
            place = phrase.end
        else:
            yield _of_phrase(tokens[phrase.start : phrase.end], phrase, glossary)
            place = phrase.end


def _doubts(tokens: Sequence[Token], found: Sequence[Found], knowledge: Knowledge) -> dict[int, str]:
    """Known syllables outside phrases that are probably slips, and what was meant."""
    in_phrases = {place for phrase in found for place in range(phrase.start, phrase.end)}
    free = (place for place in range(len(tokens)) if place not in in_phrases)
    return {place: meant for place in free if (meant := repair.doubted(tokens, place, knowledge))}


def _single(token: Token, meant: str | None) -> Concept:
    alternatives = [Alternative((token.word,))]
    if token.joined:
        alternatives.append(Alternative((token.joined,)))
    one = singular(token.word.folded)
    if one:
        alternatives.append(Alternative((Word(one),), ALTERNATIVE_WEIGHTS[Kind.SPELLING]))
    if meant:
        alternatives.append(Alternative((Word(meant),), DOUBTED_WEIGHT))
    is_light = len(token.word.folded) == 1 and not token.word.folded.isdigit()
    return Concept(tuple(alternatives), FILLER_WEIGHT if is_light else 1.0, token.typed)


def _light(token: Token, phrase: Found) -> Concept:
    """Typed without the diacritics of the filler it may be something else: do is also đo."""
    is_guess = len(phrase) == 1 and token.word.exact is None and not phrase.is_typed_exactly
    weight = FILLER_WEIGHT / GUESS_SHARE if is_guess else FILLER_WEIGHT
    return Concept((Alternative((token.word,)),), weight, token.typed)


def _of_phrase(span: Sequence[Token], phrase: Found, glossary: Glossary) -> Concept:
    words = tuple(token.word for token in span)
    own = [Alternative(words, adjacent=len(words) > 1)]
    if len(words) == 1 and span[0].joined:
        own.append(Alternative((span[0].joined,)))
    others = _others(span, phrase, glossary)
    limit = MAX_PLACE_ALTERNATIVES if phrase.places else MAX_ALTERNATIVES
    return Concept((*own, *others[:limit]), 1.0, " ".join(token.typed for token in span if token.typed))


def _others(span: Sequence[Token], phrase: Found, glossary: Glossary) -> list[Alternative]:
    """What else the phrase may be called, the surest first; also in the short forms of other words."""
    best: dict[Key, Alternative] = {}
    for reading in phrase.readings:
        alternative = _alternative(span, reading)
        _keep(best, alternative)
        if reading.kind is Kind.ENGLISH and not reading.is_reverse:
            # The singular of a plural, which the tables have.
            singular = tuple(Word(form) for form in reading.exact)
            _keep(best, Alternative(singular, ALTERNATIVE_WEIGHTS[Kind.SPELLING], adjacent=len(singular) > 1))
        for further in glossary.readings(_key(reading.words)):
            # Never through a short form to something else: Đà Nẵng is ĐN, but no enterprise for it.
            if further.kind is Kind.SPELLING or (further.kind is Kind.ABBREVIATION and further.is_reverse):
                short = _alternative((), further)
                _keep(best, replace(short, weight=short.weight * alternative.weight))
    best.pop(phrases.key_of(span), None)
    return sorted(best.values(), key=lambda each: -each.weight)


def _keep(best: dict[Key, Alternative], alternative: Alternative) -> None:
    key = _key(alternative.words)
    if key not in best or best[key].weight < alternative.weight:
        best[key] = alternative


def _key(words: Sequence[Word]) -> Key:
    return tuple(word.folded for word in words)


def _alternative(span: Sequence[Token], reading: Reading) -> Alternative:
    weight = reading.weight
    if weight is None or reading.is_reverse:
        usual = ALTERNATIVE_WEIGHTS[reading.kind]
        weight = (REVERSE_WEIGHTS.get(reading.kind, usual) if reading.is_reverse else usual) * (weight or 1.0)
    if len(span) == 1 and span[0].word.exact is None and not reading.exact[0].isascii():
        weight *= GUESS_SHARE
    if len(reading.words) == 1 and reading.words[0].exact:
        weight *= SYLLABLE_SHARE
    # Who asks for Hải Châu means its Bình Hiên, and no Bình Hiến elsewhere.
    return Alternative(
        reading.words, weight, adjacent=len(reading.words) > 1, is_exact=reading.kind is Kind.PLACE
    )


def _weighed(concepts: list[Concept]) -> tuple[Concept, ...]:
    """Each concept once; a query of fillers alone means them."""
    unique = list({concept.alternatives: concept for concept in concepts}.values())
    if all(concept.weight < 1 for concept in unique):
        return tuple(Concept(each.alternatives, 1.0, each.typed) for each in unique)
    return tuple(unique)


def _recognised(tokens: Sequence[Token], found: Sequence[Found]) -> Iterator[Recognised]:
    for token in tokens:
        if _YEAR.fullmatch(token.word.folded):
            yield Recognised("year", token.word.folded, "year", token.word.folded)
    for phrase in found:
        before = tokens[phrase.start - 1].word.folded if phrase.start else ""
        for place in _likeliest(phrase.places, before):
            yield Recognised("place", f"{place.unit} {place.name}".strip(), "place", place.code)


def _likeliest(places: Sequence[PlaceName], before: str) -> Sequence[PlaceName]:
    """The units of a name, those of the kind named before it (quận …) first."""
    named = [place for place in places if before and fold(place.unit).endswith(before)]
    return (named or list(places))[:_SHOWN_PLACES]


def _literal(tokens: Sequence[Token]) -> str:
    """What was typed, with what was repaired in quotation marks: so it is taken as it stands."""
    pieces = []
    for (is_quoted, is_repaired, scope), group in groupby(
        tokens, key=lambda each: (each.is_quoted, each.is_repaired, each.scope)
    ):
        typed = [token.typed for token in group if token.typed]
        if is_repaired:
            pieces += [f'"{each}"' for each in typed]
        elif typed:
            pieces.append(quoted(typed, scope) if is_quoted else " ".join(typed))
    return " ".join(pieces)
