"""From what a person typed to a query, step by step; `docs/search.md` has an example of each.

Syllables, "quoted phrases" and -exclusions are all the syntax there is. Phrases of the tables come first,
then keyboards left off, place names, and slips of the keys; whatever was repaired can be undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from portal.search import phrases, repair
from portal.search.knowledge import Knowledge
from portal.search.phrases import Found
from portal.search.query import Alternative, Concept, Query, Word
from portal.search.tokens import MAX_LETTERS, MAX_SYLLABLES, Token, take_apart
from portal.search.weights import (
    ALTERNATIVE_WEIGHTS,
    DOUBTED_WEIGHT,
    FILLER_WEIGHT,
    GUESS_SHARE,
    REVERSE_WEIGHTS,
    SCATTERED_WEIGHT,
)
from portal.search.words import PlaceName, Reading
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
    empty when nothing was repaired."""

    query: Query
    tokens: tuple[Token, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    literal: str = ""

    @property
    def is_repaired(self) -> bool:
        """Whether something else is looked for than was typed."""
        return bool(self.literal)


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
    concepts = _weighed(list(_concepts(tokens, found, knowledge)))
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
    )


def _taken(tokens: Sequence[Token], found: Sequence[Found]) -> list[bool]:
    taken = [False] * len(tokens)
    for phrase in found:
        taken[phrase.start : phrase.end] = [True] * (phrase.end - phrase.start)
    return taken


def _concepts(tokens: Sequence[Token], found: Sequence[Found], knowledge: Knowledge) -> Iterator[Concept]:
    """Phrases and the single syllables between them."""
    at = {phrase.start: phrase for phrase in found}
    place = 0
    while place < len(tokens):
        phrase = at.get(place)
        if phrase is None:
            yield _single(tokens, place, knowledge)
            place += 1
        elif phrase.is_filler:
            yield from (_light(token) for token in tokens[phrase.start : phrase.end])
            place = phrase.end
        else:
            yield _of_phrase(tokens[phrase.start : phrase.end], phrase)
            place = phrase.end


def _single(tokens: Sequence[Token], place: int, knowledge: Knowledge) -> Concept:
    token = tokens[place]
    alternatives = [Alternative((token.word,))]
    if token.joined:
        alternatives.append(Alternative((token.joined,)))
    meant = repair.doubted(tokens, place, knowledge)
    if meant:
        alternatives.append(Alternative((Word(meant),), DOUBTED_WEIGHT))
    is_light = len(token.word.folded) == 1 and not token.word.folded.isdigit()
    return Concept(tuple(alternatives), FILLER_WEIGHT if is_light else 1.0, token.typed)


def _light(token: Token) -> Concept:
    return Concept((Alternative((token.word,)),), FILLER_WEIGHT, token.typed)


def _of_phrase(span: Sequence[Token], phrase: Found) -> Concept:
    words = tuple(token.word for token in span)
    own = [Alternative(words, adjacent=len(words) > 1)]
    if len(words) > 1:
        own.append(Alternative(words, SCATTERED_WEIGHT))
    if len(words) == 1 and span[0].joined:
        own.append(Alternative((span[0].joined,)))
    weighed: dict[tuple[str, ...], Alternative] = {}
    for reading in phrase.readings:
        alternative = _alternative(span, reading)
        key = tuple(word.folded for word in reading.words)
        if key not in weighed or weighed[key].weight < alternative.weight:
            weighed[key] = alternative
    typed = tuple(word.folded for word in words)
    others = sorted(
        (each for key, each in weighed.items() if key != typed), key=lambda each: -each.weight
    )
    limit = MAX_PLACE_ALTERNATIVES if phrase.places else MAX_ALTERNATIVES
    return Concept((*own, *others[:limit]), 1.0, " ".join(token.typed for token in span if token.typed))


def _alternative(span: Sequence[Token], reading: Reading) -> Alternative:
    weight = reading.weight
    if weight is None or reading.is_reverse:
        usual = ALTERNATIVE_WEIGHTS[reading.kind]
        weight = (REVERSE_WEIGHTS.get(reading.kind, usual) if reading.is_reverse else usual) * (weight or 1.0)
    if len(span) == 1 and span[0].word.exact is None and reading.exact[0] != span[0].word.folded:
        weight *= GUESS_SHARE
    return Alternative(reading.words, weight, adjacent=len(reading.words) > 1)


def _weighed(concepts: list[Concept]) -> tuple[Concept, ...]:
    """Each concept once; a query of fillers alone means them."""
    unique = list({concept.alternatives: concept for concept in concepts}.values())
    if all(concept.weight == FILLER_WEIGHT for concept in unique):
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
    """What was typed, what was repaired in quotation marks: so it is taken as it stands."""
    return " ".join(
        f'"{token.typed}"' if token.is_repaired or token.is_quoted else token.typed
        for token in tokens
        if token.typed
    )
