"""Our query tree over the arrays: which places match and how well. BM25F, summed term by term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from portal.search.engines.whoosh.arrays import Array
from portal.search.engines.whoosh.generation import Generation
from portal.search.query import Alternative, Concept, Phrase, Query, Word
from portal.search.weights import EXACT_BONUS, PAIR_BONUS, REQUIRED_SHARE

# Sums of shares are floats: what is just at the limit is over it.
_TOLERANCE = 1e-4
# Scores are kept to this many steps, so that the same documents in other parts tie alike.
STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Ranking:
    """By place: `scores` (whole steps), `main`: belongs to the results; `related`: matches something.
    `relaxed`: nothing held the required share."""

    scores: Array
    main: Array
    related: Array
    relaxed: bool


def rank(generation: Generation, query: Query) -> Ranking:
    """Score every living document; without concepts all that is not excluded matches equally."""
    allowed = _allowed(generation, query)
    if not query.concepts:
        nothing = np.zeros(generation.size, dtype=np.int32)
        return Ranking(nothing, allowed, np.zeros(generation.size, dtype=bool), relaxed=False)
    scores = np.zeros(generation.size, dtype=np.float32)
    share = np.zeros(generation.size, dtype=np.float32)
    whole = sum(concept.weight for concept in query.concepts)
    for concept in query.concepts:
        found = _of_concept(generation, concept)
        share += np.float32(concept.weight / whole) * (found > 0)
        scores += np.float32(concept.weight) * found
    for first, second in query.pairs:
        _add(generation, "pairs", _pair(first, second), scores, PAIR_BONUS)
    share[~allowed] = 0
    best = float(share.max(initial=0))
    relaxed = 0 < best < REQUIRED_SHARE - _TOLERANCE
    main = share >= min(REQUIRED_SHARE, best) - _TOLERANCE if best else np.zeros_like(allowed)
    return Ranking(np.rint(scores * STEPS).astype(np.int32), main, (share > 0) & ~main, relaxed)


def _allowed(generation: Generation, query: Query) -> Array:
    allowed = generation.alive.copy()
    for phrase in query.phrases:
        allowed &= _with_phrase(generation, phrase)
    for phrase in query.excluded:
        allowed &= ~_with_phrase(generation, phrase)
    return allowed


def _of_concept(generation: Generation, concept: Concept) -> Array:
    """The best of the alternatives, 0 where none is found."""
    best = _of_alternative(generation, concept.alternatives[0])
    for alternative in concept.alternatives[1:]:
        np.maximum(best, _of_alternative(generation, alternative), out=best)
    return best


def _of_alternative(generation: Generation, alternative: Alternative) -> Array:
    total = _of_word(generation, alternative.words[0])
    if len(alternative.words) > 1:
        everywhere = total > 0
        for word in alternative.words[1:]:
            found = _of_word(generation, word)
            everywhere &= found > 0
            total += found
        if alternative.adjacent:
            everywhere &= _with_pairs(generation, alternative.words)
        total[~everywhere] = 0
    if alternative.weight != 1:
        total *= np.float32(alternative.weight)
    return total


def _of_word(generation: Generation, word: Word) -> Array:
    scores = np.zeros(generation.size, dtype=np.float32)
    _add(generation, "folded", word.folded, scores, 1.0)
    if word.exact is not None:
        _add(generation, "exact", word.exact, scores, EXACT_BONUS)
    return scores


def _add(generation: Generation, space: str, term: str, scores: Array, weight: float) -> None:
    postings = generation.postings(space, term)
    factor = np.float32(weight * generation.rarity(postings))
    for window, docs, weights in postings:
        # A list has each document once, so plain indexed addition is right.
        scores[window][docs] += weights.astype(np.float32) * factor


def _with_phrase(generation: Generation, phrase: Phrase) -> Array:
    found = np.ones(generation.size, dtype=bool)
    for word in phrase.words:
        found &= _with(generation, "exact" if word.exact else "folded", word.exact or word.folded)
    return found & _with_pairs(generation, phrase.words)


def _with_pairs(generation: Generation, words: Sequence[Word]) -> Array:
    found = np.ones(generation.size, dtype=bool)
    for first, second in pairwise(words):
        found &= _with(generation, "pairs", _pair(first, second))
    return found


def _with(generation: Generation, space: str, term: str) -> Array:
    found = np.zeros(generation.size, dtype=bool)
    for window, docs, _ in generation.postings(space, term):
        found[window][docs] = True
    return found


def _pair(first: Word, second: Word) -> str:
    return f"{first.folded} {second.folded}"
