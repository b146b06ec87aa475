"""Several parts made one, without the documents that have died: arrays are moved, no text is read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from portal.search.engines.whoosh import completions
from portal.search.engines.whoosh.arrays import Array
from portal.search.engines.whoosh.inverter import SPACES
from portal.search.engines.whoosh.part import FacetColumn, Lexicon, Part, assemble, joined_bytes

# The newer parts are merged with an older one as soon as together they reach this share of it: parts stay few
# (about one for each fivefold growth) and a document is copied a handful of times in its life.
_GROWTH_SHARE = 0.25
# A part with more dead than this is rewritten.
_DEAD_SHARE = 0.3


def due(sizes: Sequence[tuple[int, int]]) -> int | None:
    """The first of the parts (oldest first, as (documents, dead)) to merge with all that follow it."""
    newer = 0
    first = None
    for place in range(len(sizes) - 1, -1, -1):
        documents, dead = sizes[place]
        alive = documents - dead
        if dead > _DEAD_SHARE * documents or (newer and newer >= _GROWTH_SHARE * alive):
            first = place
        newer += alive
    return first


def merge(parts: Sequence[Part], dead: Sequence[Array]) -> Part:
    """One part of what lives in `parts`, in their order; `dead` are the places to leave out of each."""
    moves = list(_moves(parts, dead))
    kept = [np.flatnonzero(move >= 0) for move in moves]
    names = parts[0].facets
    return assemble(
        columns={
            name: np.concatenate([getattr(part, name)[keep] for part, keep in zip(parts, kept, strict=True)])
            for name in ("ids", "versions", "tables_versions", "modified", "issued", "popularity")
        },
        title_keys=[
            part.title_key(place) for part, keep in zip(parts, kept, strict=True) for place in keep.tolist()
        ],
        lexicons={
            space: _merged_lexicon([part.lexicons[space] for part in parts], moves) for space in SPACES
        },
        facets={name: _merged_facet([part.facets[name] for part in parts], moves) for name in names},
        completions=completions.merge([part.completions for part in parts], moves),
    )


def _moves(parts: Sequence[Part], dead: Sequence[Array]) -> Iterator[Array]:
    """For each part the new place of every document, -1 for the dead."""
    offset = 0
    for part, gone in zip(parts, dead, strict=True):
        alive = np.ones(len(part), dtype=bool)
        alive[gone] = False
        move = np.cumsum(alive, dtype=np.int32) + np.int32(offset - 1)
        move[~alive] = -1
        offset += int(alive.sum())
        yield move


def _merged_lexicon(lexicons: Sequence[Lexicon], moves: Sequence[Array]) -> Lexicon:
    terms, ranks = _ranks([lexicon.terms() for lexicon in lexicons])
    counts = np.zeros(len(terms), dtype=np.int64)
    living = []
    for lexicon, move, rank in zip(lexicons, moves, ranks, strict=True):
        docs = move[lexicon.docs]
        keep = docs >= 0
        rank_of_posting = np.repeat(rank, np.diff(lexicon.starts))[keep]
        counts += np.bincount(rank_of_posting, minlength=len(terms))
        living.append((rank_of_posting, docs[keep], lexicon.weights[keep]))
    starts = np.zeros(len(terms) + 1, dtype=np.int64)
    np.cumsum(counts, out=starts[1:])
    docs, weights = _filled(starts, living)
    used = np.flatnonzero(counts)
    letters, term_starts = joined_bytes([terms[place] for place in used.tolist()])
    return Lexicon(letters, term_starts, np.append(starts[used], starts[-1]), docs, weights)


def _ranks(lexicons: Sequence[list[bytes]]) -> tuple[list[bytes], list[Array]]:
    """All terms in order, and for each lexicon the rank of each of its terms."""
    terms = sorted(set().union(*lexicons))
    rank_of = {term: rank for rank, term in enumerate(terms)}
    return terms, [np.array([rank_of[term] for term in each], dtype=np.int32) for each in lexicons]


def _filled(starts: Array, living: Sequence[tuple[Array, Array, Array]]) -> tuple[Array, Array]:
    """Postings of all parts in their places: parts come in order, so every list stays ascending."""
    docs = np.empty(int(starts[-1]), dtype=np.int32)
    weights = np.empty(int(starts[-1]), dtype=np.float16)
    free = starts[:-1].copy()
    for rank_of_posting, part_docs, part_weights in living:
        counts = np.bincount(rank_of_posting, minlength=len(free))
        first = np.concatenate(([0], np.cumsum(counts)[:-1])) if len(counts) else counts
        # Ranks ascend within a part, so a posting's place in its list is its place among those of its rank.
        places = free[rank_of_posting] + np.arange(len(rank_of_posting)) - first[rank_of_posting]
        docs[places] = part_docs
        weights[places] = part_weights
        free += counts
    return docs, weights


def _merged_facet(columns: Sequence[FacetColumn], moves: Sequence[Array]) -> FacetColumn:
    codes: dict[str, int] = {}
    docs, values = [], []
    for column, move in zip(columns, moves, strict=True):
        new_code = np.array([codes.setdefault(value, len(codes)) for value in column.values], dtype=np.int32)
        moved = move[column.docs]
        keep = moved >= 0
        docs.append(moved[keep])
        values.append(new_code[column.codes[keep]] if len(new_code) else column.codes[keep])
    return FacetColumn(tuple(codes), np.concatenate(docs), np.concatenate(values))
