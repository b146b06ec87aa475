"""The first places of an order, without sorting the rest; ties always fall the same way."""

from __future__ import annotations

import numpy as np

from portal.search.engines.base import Sort
from portal.search.engines.whoosh.arrays import Array
from portal.search.engines.whoosh.generation import Generation


def first_places(generation: Generation, places: Array, scores: Array, sort: Sort, count: int) -> Array:
    """The first `count` of `places` in an order: by score, date of change, use or title; then the last
    modified first, then the lower id."""
    recency = generation.recency[places]
    if sort == "title":
        return _by_title(generation, places, count)
    if sort == "relevance":
        return places[top(scores[places], recency, count)]
    if sort == "used":
        return places[top(generation.popularity[places], recency, count)]
    return places[top(recency, recency, count)]


def top(primary: Array, secondary: Array, count: int) -> Array:
    """Positions of the `count` largest by `primary`, then by `secondary`, which has no equals; in order."""
    chosen = np.arange(len(primary))
    if count < len(primary):
        limit = np.partition(primary, len(primary) - count)[len(primary) - count]
        above = np.flatnonzero(primary > limit)
        tied = np.flatnonzero(primary == limit)
        wanted = count - len(above)
        if wanted < len(tied):
            tied = tied[np.argpartition(secondary[tied], len(tied) - wanted)[len(tied) - wanted :]]
        chosen = np.concatenate((above, tied))
    return chosen[np.lexsort((secondary[chosen], primary[chosen]))[::-1]]


def _by_title(generation: Generation, places: Array, count: int) -> Array:
    """Ranks order titles within a part; the few candidates of each part are then merged by their keys."""
    candidates: list[tuple[bytes, int, int]] = []
    for _, window, part in generation.windows():
        inside = places[(places >= window.start) & (places < window.stop)]
        recency = generation.recency[inside]
        for place in inside[top(-part.title_order[inside - window.start], recency, count)].tolist():
            candidates.append((part.title_key(place - window.start), -int(generation.recency[place]), place))
    return np.array([place for _, _, place in sorted(candidates)[:count]], dtype=np.int64)
