"""Our query tree over the arrays: which places match and how well. BM25F, summed term by term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from portal.search.engines.whoosh.arrays import Array
from portal.search.engines.whoosh.generation import Generation
from portal.search.query import Concept, Phrase, Query, Word
from portal.search.weights import EXACT_BONUS, PAIR_BONUS, PART_SHARE, REQUIRED_SHARE, SHARE_POWER

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
    whole = sum(concept.weight for concept in query.concepts)
    scores = np.zeros(generation.size, dtype=np.float32)
    share = np.zeros(generation.size, dtype=np.float32)
    loose = np.zeros(generation.size, dtype=np.float32)
    for concept in query.concepts:
        score, has_whole, part = _of_concept(generation, concept)
        scores += np.float32(concept.weight) * score
        share += np.float32(concept.weight / whole) * has_whole
        loose += np.float32(concept.weight / whole) * part
    for first, second in query.pairs:
        _add(generation, "pairs", _pair(first, second), scores, PAIR_BONUS)
    share[~allowed] = 0
    loose[~allowed] = 0
    main = share >= REQUIRED_SHARE - _TOLERANCE
    relaxed = not main.any() and bool(loose.any())
    if relaxed:
        main = loose >= float(loose.max()) - _TOLERANCE
    scores *= np.maximum(share, loose) ** SHARE_POWER
    scores *= generation.prior
    return Ranking(np.rint(scores * STEPS).astype(np.int32), main, (loose > 0) & ~main, relaxed)


def _allowed(generation: Generation, query: Query) -> Array:
    allowed = generation.alive.copy()
    for phrase in query.phrases:
        allowed &= _with_phrase(generation, phrase)
    for phrase in query.excluded:
        allowed &= ~_with_phrase(generation, phrase)
    return allowed


def _of_concept(generation: Generation, concept: Concept) -> tuple[Array, Array, Array]:
    """By place: the best score of the alternatives, whether one of them is there whole, and the share of one
    that is there at all. A score is the mean over an alternative's words, times the words typed: saying a
    thing in more words is not more of it."""
    typed = len(concept.alternatives[0].words)
    best = np.zeros(generation.size, dtype=np.float32)
    has_whole = np.zeros(generation.size, dtype=bool)
    part = np.zeros(generation.size, dtype=np.float32)
    for alternative in concept.alternatives:
        count = len(alternative.words)
        score, found = _of_words(generation, alternative.words)
        whole = found == count
        if alternative.adjacent:
            whole &= _with_pairs(generation, alternative.words)
        score *= np.float32(alternative.weight * typed / count)
        share = found * np.float32(PART_SHARE / count)
        share[whole] = 1
        score[~whole] *= np.float32(PART_SHARE)
        np.maximum(best, score, out=best)
        np.maximum(part, share, out=part)
        has_whole |= whole
    return best, has_whole, part


def _of_words(generation: Generation, words: Sequence[Word]) -> tuple[Array, Array]:
    """The sum over words, and how many of them are found."""
    total = np.zeros(generation.size, dtype=np.float32)
    found = np.zeros(generation.size, dtype=np.uint8)
    for word in words:
        score = _of_word(generation, word)
        total += score
        found += score > 0
    return total, found


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
