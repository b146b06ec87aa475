"""Our query tree over the arrays: which places match and how well. BM25F, summed term by term.

What was typed is scored over whole posting lists. Other words for it are looked for by their rarest pair of
syllables, so that the many that occur nowhere cost a look-up each; only when little or nothing is found does a
second pass give parts of them a value too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from portal.search.engines.whoosh.arrays import Array
from portal.search.engines.whoosh.generation import Generation
from portal.search.fields import scoped
from portal.search.query import Alternative, Concept, Phrase, Query, Word
from portal.search.weights import (
    EXACT_BONUS,
    NEAREST_SHARE,
    PAIR_BONUS,
    PART_SHARE,
    REQUIRED_SHARE,
    SHARE_POWER,
)

# Sums of shares are floats: what is just at the limit is over it.
_TOLERANCE = 1e-4
# Scores are kept to this many steps, so that the same documents in other parts tie alike.
STEPS = 10_000
# With fewer results than this, what holds parts of other words is worth looking for.
_FEW = 10


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
    ranking = _ranked(generation, query, allowed, _quickly)
    if ranking.relaxed or np.count_nonzero(ranking.main) < _FEW:
        ranking = _ranked(generation, query, allowed, _with_parts)
    return ranking


def _ranked(generation: Generation, query: Query, allowed: Array, look: Look) -> Ranking:
    whole_weight = sum(concept.weight for concept in query.concepts)
    scores = np.zeros(generation.size, dtype=np.float32)
    share = np.zeros(generation.size, dtype=np.float32)
    loose = np.zeros(generation.size, dtype=np.float32)
    wholes: list[Array] = []
    for concept in query.concepts:
        found = _Found(generation.size)
        for alternative in concept.alternatives:
            look(generation, found, alternative, concept)
        _add_rows(generation, found, concept, query)
        scores += found.scores * np.float32(concept.weight)
        share += found.whole * np.float32(concept.weight / whole_weight)
        loose += found.part * np.float32(concept.weight / whole_weight)
        wholes.append(found.whole)
    for first, second in query.pairs:
        docs, weights = generation.sparse("pairs", _pair(first, second))
        scores[docs] += weights * np.float32(PAIR_BONUS)
    share[~allowed] = 0
    loose[~allowed] = 0
    # Things of one length hold the same share of the syllables as of the concepts.
    lengths = {len(concept.alternatives[0].words) for concept in query.concepts}
    held = share if len(lengths) == 1 else _syllables_held(query, wholes, allowed)
    main = np.minimum(share, held) >= REQUIRED_SHARE - _TOLERANCE
    relaxed = False
    if not main.any():
        # A phrase says more than a syllable: the nearest is what has most of what was typed.
        most = max(float(held.max(initial=0)), NEAREST_SHARE)
        main = held >= most - _TOLERANCE
        relaxed = bool(main.any())
    scores *= np.maximum(share, loose) ** SHARE_POWER * generation.prior
    return Ranking(np.rint(scores * STEPS).astype(np.int32), main, (loose > 0) & ~main, relaxed)


def _syllables_held(query: Query, wholes: Sequence[Array], allowed: Array) -> Array:
    """By place: the share of the syllables asked for whose concepts are there whole."""
    weights = [concept.weight * len(concept.alternatives[0].words) for concept in query.concepts]
    held = np.zeros(len(allowed), dtype=np.float32)
    for whole, weight in zip(wholes, weights, strict=True):
        held += whole * np.float32(weight / sum(weights))
    held[~allowed] = 0
    return held


class _Found:
    """By place: the best score of a concept's alternatives, whether one of them is there whole, and the share
    of one that is there at all."""

    def __init__(self, size: int) -> None:
        self.scores = np.zeros(size, dtype=np.float32)
        self.whole = np.zeros(size, dtype=bool)
        self.part = np.zeros(size, dtype=np.float32)

    def add(self, docs: Array, scores: Array, whole: Array | bool, part: Array | float) -> None:
        """Another alternative, at `docs`, which has no place twice."""
        self.scores[docs] = np.maximum(self.scores[docs], scores)
        self.whole[docs] |= whole
        self.part[docs] = np.maximum(self.part[docs], part)


Look = Callable[[Generation, _Found, Alternative, Concept], None]


def _quickly(generation: Generation, found: _Found, alternative: Alternative, concept: Concept) -> None:
    """What was typed with its parts, other words only where they are whole."""
    words = alternative.words
    if len(words) == 1:
        _add_word(generation, found, alternative, concept)
    elif alternative.adjacent and words != concept.alternatives[0].words:
        docs = _places_of_pairs(generation, words)
        if alternative.is_exact:
            docs = docs[_is_written_so(generation, words, docs)]
        if len(docs):
            scores = np.sum([_scores_at(generation, word, docs) for word in words], axis=0)
            found.add(docs, scores * _factor(alternative, concept), True, 1.0)
    else:
        _with_parts(generation, found, alternative, concept)


def _with_parts(generation: Generation, found: _Found, alternative: Alternative, concept: Concept) -> None:
    """All words of an alternative, and for less some of them."""
    words = alternative.words
    if len(words) == 1:
        _add_word(generation, found, alternative, concept)
        return
    total = np.zeros(generation.size, dtype=np.float32)
    count = np.zeros(generation.size, dtype=np.uint8)
    for word in words:
        docs, weights = generation.sparse("folded", word.folded)
        total[docs] += weights
        count[docs] += 1
        if word.exact is not None:
            docs, weights = generation.sparse("exact", word.exact)
            total[docs] += weights * np.float32(EXACT_BONUS)
    docs = np.flatnonzero(count)
    is_whole = count[docs] == len(words)
    if alternative.adjacent:
        is_whole &= np.isin(docs, _places_of_pairs(generation, words), assume_unique=True)
    if alternative.is_exact:
        docs, is_whole = _only(_is_written_so(generation, words, docs), docs, is_whole)
    scores = total[docs] * np.where(is_whole, np.float32(1), np.float32(PART_SHARE))
    part = np.where(is_whole, np.float32(1), count[docs] * np.float32(PART_SHARE / len(words)))
    found.add(docs, scores * _factor(alternative, concept), is_whole, part)


def _add_rows(generation: Generation, found: _Found, concept: Concept, query: Query) -> None:
    """What was typed, in the rows of tables. A lone syllable counts there beside a neighbour that was typed, or as
    the whole of a cell."""
    if concept.weight < 1:
        return
    words = concept.alternatives[0].words
    if len(words) > 1:
        docs = _places_of_pairs(generation, words, "values")
        scores = np.sum(
            [_values_at(generation, "values", _pair(*each), docs) for each in pairwise(words)], axis=0
        )
        found.add(docs, scores, True, 1.0)
        return
    terms = [words[0].folded, *(_pair(*pair) for pair in query.pairs if words[0] in pair)]
    for term in terms:
        docs, scores = generation.sparse("values", term)
        found.add(docs, scores, True, 1.0)


def _is_written_so(generation: Generation, words: Sequence[Word], docs: Array) -> Array:
    """Which of `docs` have every word with its diacritics."""
    so = np.ones(len(docs), dtype=bool)
    for word in words:
        if word.exact is not None:
            so &= _values_at(generation, "exact", word.exact, docs) > 0
    return so


def _only(kept: Array, *arrays: Array) -> list[Array]:
    return [array[kept] for array in arrays]


def _factor(alternative: Alternative, concept: Concept) -> np.float32:
    """A score is the mean over an alternative's words, times the words typed: saying a thing in more words is
    not more of it."""
    typed = len(concept.alternatives[0].words)
    return np.float32(alternative.weight * typed / len(alternative.words))


def _add_word(generation: Generation, found: _Found, alternative: Alternative, concept: Concept) -> None:
    (word,) = alternative.words
    docs, weights = generation.sparse("folded", word.folded)
    if word.exact is not None:
        weights = weights + _values_at(generation, "exact", word.exact, docs) * np.float32(EXACT_BONUS)
    found.add(docs, weights * _factor(alternative, concept), True, 1.0)


def _scores_at(generation: Generation, word: Word, docs: Array) -> Array:
    scores = _values_at(generation, "folded", word.folded, docs)
    if word.exact is not None:
        scores = scores + _values_at(generation, "exact", word.exact, docs) * np.float32(EXACT_BONUS)
    return scores


def _values_at(generation: Generation, space: str, term: str, docs: Array) -> Array:
    """What a term is worth at each of `docs`, 0 where it is not."""
    having, weights = generation.sparse(space, term)
    if not len(having):
        return np.zeros(len(docs), dtype=np.float32)
    places = np.minimum(np.searchsorted(having, docs), len(having) - 1)
    values: Array = np.where(having[places] == docs, weights[places], np.float32(0))
    return values


def _places_of_pairs(generation: Generation, words: Sequence[Word], space: str = "pairs") -> Array:
    """Where all neighbours of a phrase stand side by side: the rarest pair's places that all others have."""
    found: list[Array] = []
    for first, second in pairwise(words):
        docs, _ = generation.sparse(space, _pair(first, second))
        if not len(docs):
            return docs
        found.append(docs)
    found.sort(key=len)
    places = found[0]
    for others in found[1:]:
        places = np.intersect1d(places, others, assume_unique=True)
    return places


def _allowed(generation: Generation, query: Query) -> Array:
    allowed = generation.alive.copy()
    for phrase in query.phrases:
        allowed &= _with_phrase(generation, phrase) | _with_rows(generation, phrase)
    for phrase in query.excluded:
        allowed &= ~_with_phrase(generation, phrase)
    return allowed


def _with_phrase(generation: Generation, phrase: Phrase) -> Array:
    found = np.ones(generation.size, dtype=bool)
    if phrase.scope:
        for term in scoped(phrase.scope, [word.folded for word in phrase.words]):
            found &= _with(generation, "pairs", term)
        return found
    for word in phrase.words:
        found &= _with(generation, "exact" if word.exact else "folded", word.exact or word.folded)
    for first, second in pairwise(phrase.words):
        found &= _with(generation, "pairs", _pair(first, second))
    return found


def _with_rows(generation: Generation, phrase: Phrase) -> Array:
    """Where the words of a phrase stand side by side in the rows of tables."""
    found = np.zeros(generation.size, dtype=bool)
    if len(phrase.words) > 1 and not phrase.scope:
        found[_places_of_pairs(generation, phrase.words, "values")] = True
    elif phrase.words and not phrase.scope:
        found[generation.sparse("values", phrase.words[0].folded)[0]] = True
    return found


def _with(generation: Generation, space: str, term: str) -> Array:
    found = np.zeros(generation.size, dtype=bool)
    found[generation.sparse(space, term)[0]] = True
    return found


def _pair(first: Word, second: Word) -> str:
    return f"{first.folded} {second.folded}"
