"""One state of the index, opened: a few parts seen as one row of places, and which places are dead."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from portal.search.documents import Stamp
from portal.search.engines.whoosh.arrays import Array
from portal.search.engines.whoosh.completions import Names, build_names
from portal.search.engines.whoosh.part import FacetColumn, Part
from portal.search.facets import FACET_NAMES
from portal.search.fields import IN_ROWS
from portal.search.weights import FRESHNESS_PRIOR, USE_PRIOR
from portal.search.words import Glossary

_YEAR_SECONDS = 365.25 * 86_400
# Terms whose places stay at hand, and how many places one may have for it: some megabytes at most.
_REMEMBERED = 4_000
_SHORT = 500
_NOWHERE = (np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part and the file that holds it."""

    name: str
    checksum: int
    part: Part
    dead: Array
    """Places of documents that were deleted or replaced since."""

    @property
    def alive(self) -> int:
        """How many documents still count."""
        return len(self.part) - len(self.dead)

    def alive_places(self) -> Array:
        """The places within the part of those that count."""
        alive = np.ones(len(self.part), dtype=bool)
        alive[self.dead] = False
        return np.flatnonzero(alive)


@dataclass(frozen=True, slots=True)
class StoredWords:
    """The tables of words and the file that holds them."""

    name: str
    checksum: int
    glossary: Glossary


@dataclass(frozen=True, slots=True)
class StoredNames:
    """Names and the checksum of their file."""

    checksum: int
    names: Names


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The values of a facet over all parts: `of_part[i][code]` is the place in `values` of part i's code."""

    values: tuple[str, ...]
    place_of: Mapping[str, int]
    of_part: tuple[Array, ...]


class Generation:
    """Immutable; a place is a position in the row of all parts' documents. Safe for many threads."""

    def __init__(
        self,
        number: int,
        recipe: str,
        stored: Sequence[StoredPart],
        words: StoredWords,
        names: StoredNames | None = None,
    ) -> None:
        self.number = number
        self.words = words
        self._sparse: dict[tuple[str, str], tuple[Array, Array]] = {}
        self.recipe = recipe
        self.stored = tuple(stored)
        self.stored_names = names
        self.names = names.names if names else build_names(())
        self.parts = tuple(each.part for each in stored)
        self.offsets = tuple(np.cumsum([0, *(len(part) for part in self.parts)]).tolist())
        self.size = self.offsets[-1]
        self.living = sum(each.alive for each in stored)
        self.ids = _joined([part.ids for part in self.parts], np.int64)
        self.recency = _joined([part.recency for part in self.parts], np.int64)
        self.alive = np.ones(self.size, dtype=bool)
        for offset, each in zip(self.offsets, stored, strict=False):
            self.alive[offset + each.dead] = False

    @cached_property
    def vocabularies(self) -> Mapping[str, Vocabulary]:
        """The values of every facet."""
        return {name: _vocabulary([part.facets[name] for part in self.parts]) for name in FACET_NAMES}

    @cached_property
    def popularity(self) -> Array:
        """How much each place is used."""
        return _joined([part.popularity for part in self.parts], np.float32)

    @cached_property
    def prior(self) -> Array:
        """What each place's score is multiplied by before words are looked at: 1 to 1.1."""
        prior = np.ones(self.size, dtype=np.float32)
        modified = _joined([part.modified for part in self.parts], np.int64)
        if modified.any():
            years = (modified.max() - modified) / _YEAR_SECONDS
            prior += np.where(modified > 0, FRESHNESS_PRIOR / (1 + years), 0).astype(np.float32)
        if self.popularity.any():
            use = np.log1p(self.popularity)
            prior += (USE_PRIOR * use / use.max()).astype(np.float32)
        return prior

    @cached_property
    def facet_totals(self) -> Mapping[str, Mapping[str, int]]:
        """How many living documents have each value, by facet and value."""
        totals: dict[str, dict[str, int]] = {name: {} for name in FACET_NAMES}
        for _, window, part in self.windows():
            alive = self.alive[window]
            for name, column in part.facets.items():
                counts = np.bincount(column.codes[alive[column.docs]], minlength=len(column.values))
                for value, count in zip(column.values, counts.tolist(), strict=True):
                    totals[name][value] = totals[name].get(value, 0) + count
        return totals

    def prepare(self) -> None:
        """Makes now what is otherwise made when it is first needed."""
        _ = (self.vocabularies, self.prior, self.facet_totals)
        self.words.glossary.prepare()

    def versions(self) -> Mapping[int, Stamp]:
        """The versions of every living dataset by id."""
        found: dict[int, Stamp] = {}
        for stored in self.stored:
            alive, part = stored.alive_places(), stored.part
            stamps = zip(part.versions[alive].tolist(), part.tables_versions[alive].tolist(), strict=True)
            found.update(zip(part.ids[alive].tolist(), map(Stamp._make, stamps), strict=True))
        return found

    def windows(self) -> Iterator[tuple[int, slice, Part]]:
        """Every part with its number and its places."""
        for number, part in enumerate(self.parts):
            yield number, slice(self.offsets[number], self.offsets[number + 1]), part

    def postings(self, space: str, term: str) -> list[tuple[slice, Array, Array]]:
        """Where a term occurs: for each part with it, the part's places, positions within, and weights."""
        letters = term.encode("utf-8", "replace")
        found = []
        for _, window, part in self.windows():
            lexicon = part.lexicons[space]
            rows = lexicon.find(letters)
            if rows is not None:
                found.append((window, lexicon.docs[rows], lexicon.weights[rows]))
        return found

    def count(self, folded: str) -> int:
        """See `knowledge.Terms`."""
        return self._count("folded", folded) or self._count("values", IN_ROWS + folded)

    def exact_count(self, exact: str) -> int:
        """See `knowledge.Terms`."""
        return self._count("exact", exact)

    def pair_count(self, first: str, second: str) -> int:
        """See `knowledge.Terms`."""
        return self._count("pairs", f"{first} {second}") or self._count("values", f"{first} {second}")

    def near(self, folded: str) -> set[str]:
        """See `knowledge.Terms`."""
        return {
            part.lexicons["folded"].term(place).decode()
            for part in self.parts
            for place in part.slips.near(folded)
        }

    def _count(self, space: str, term: str) -> int:
        return sum(len(docs) for _, docs, _ in self.postings(space, term))

    def sparse(self, space: str, term: str) -> tuple[Array, Array]:
        """The places that have a term, ascending, and what it is worth there: weight times rarity."""
        key = (space, term)
        found = self._sparse.get(key)
        if found is None:
            found = self._weighed(space, term)
            if len(self._sparse) >= _REMEMBERED:
                self._sparse.clear()
            if len(found[0]) <= _SHORT:
                self._sparse[key] = found
        return found

    def _weighed(self, space: str, term: str) -> tuple[Array, Array]:
        postings = self.postings(space, term)
        if not postings:
            return _NOWHERE
        docs = [docs + np.int32(window.start) if window.start else docs for window, docs, _ in postings]
        weights = [weights.astype(np.float32) for _, _, weights in postings]
        count = sum(map(len, docs))
        # How much finding a term says (BM25's idf); counts include the few dead.
        rarity = np.float32(math.log(1 + (self.size - count + 0.5) / (count + 0.5)))
        if len(docs) == 1:
            return docs[0], weights[0] * rarity
        return np.concatenate(docs), np.concatenate(weights) * rarity


def _joined(pieces: Sequence[Array], kind: type[np.generic]) -> Array:
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=kind)


def _vocabulary(columns: Sequence[FacetColumn]) -> Vocabulary:
    place_of: dict[str, int] = {}
    of_part = tuple(
        np.array([place_of.setdefault(value, len(place_of)) for value in column.values], dtype=np.int64)
        for column in columns
    )
    return Vocabulary(tuple(place_of), place_of, of_part)
