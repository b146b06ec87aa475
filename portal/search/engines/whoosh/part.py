"""A part of the index: some documents, never changed once written. A generation is a few parts together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from portal.search.analysis import collation_key
from portal.search.documents import SearchDocument
from portal.search.engines.whoosh import arrays, completions, slips
from portal.search.engines.whoosh.arrays import Array, Damaged, Stored
from portal.search.engines.whoosh.completions import Completions
from portal.search.engines.whoosh.inverter import SPACES, Postings, invert
from portal.search.engines.whoosh.slips import Slips
from portal.search.facets import FACET_NAMES
from portal.search.fields import weigh

# Recency and id in one number, so that an order by it has no ties; ids stay far below this.
_ID_RANGE = 2**30
_LAST_SECOND = 2**33 - 1


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The terms of one kind: binary search in mapped bytes, nothing is loaded."""

    letters: Array
    term_starts: Array
    starts: Array
    docs: Array
    weights: Array

    def __len__(self) -> int:
        return len(self.term_starts) - 1

    def term(self, place: int) -> bytes:
        """The term at a place of the sorted lexicon."""
        return self.letters[self.term_starts[place] : self.term_starts[place + 1]].tobytes()

    def terms(self) -> list[bytes]:
        """All terms in order."""
        letters, ends = self.letters.tobytes(), self.term_starts.tolist()
        return [letters[start:end] for start, end in pairwise(ends)]

    def find(self, term: bytes) -> slice | None:
        """Where the postings of a term are."""
        place = bisect_left(range(len(self)), term, key=self.term)
        if place == len(self) or self.term(place) != term:
            return None
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


@dataclass(frozen=True, slots=True)
class FacetColumn:
    """The values of one facet: document `docs[i]` has `values[codes[i]]`; it may come often or never."""

    values: tuple[str, ...]
    docs: Array
    codes: Array


@dataclass(frozen=True, slots=True)
class Part:
    """`ids`, `versions`, `tables_versions`, `modified`, `issued`, `popularity` by place; `title_order` is the rank
    of a title within the part, equal for equal titles; its keys tell the order across parts."""

    ids: Array
    versions: Array
    tables_versions: Array
    modified: Array
    issued: Array
    popularity: Array
    title_order: Array
    title_keys: tuple[Array, Array]
    lexicons: Mapping[str, Lexicon]
    facets: Mapping[str, FacetColumn]
    slips: Slips
    completions: Completions
    recency: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    def title_key(self, place: int) -> bytes:
        """What sorts the title of a document among all."""
        letters, starts = self.title_keys
        return letters[starts[place] : starts[place + 1]].tobytes()


def build(documents: Sequence[SearchDocument]) -> Part:
    """A part in memory of documents with different ids."""
    postings = invert(map(weigh, documents))
    return assemble(
        columns={
            "ids": np.array([document.id for document in documents], dtype=np.int64),
            "versions": np.array([document.version for document in documents], dtype=np.int64),
            "tables_versions": np.array([each.tables_version for each in documents], dtype=np.int64),
            "modified": np.array([document.modified for document in documents], dtype=np.int64),
            "issued": np.array([document.issued for document in documents], dtype=np.int64),
            "popularity": np.array([document.popularity or 0.0 for document in documents], dtype=np.float32),
        },
        title_keys=[collation_key(document.title.vi) for document in documents],
        lexicons={space: _lexicon(postings[space]) for space in SPACES},
        facets={name: _facet(name, documents) for name in FACET_NAMES},
        completions=completions.build(documents),
    )


def assemble(
    *,
    columns: Mapping[str, Array],
    title_keys: Sequence[bytes],
    lexicons: Mapping[str, Lexicon],
    facets: Mapping[str, FacetColumn],
    completions: Completions,
) -> Part:
    """A part from its pieces; orders and joined keys are derived here."""
    ranks = {key: rank for rank, key in enumerate(sorted(set(title_keys)))}
    return Part(
        ids=columns["ids"],
        versions=columns["versions"],
        tables_versions=columns["tables_versions"],
        modified=columns["modified"],
        issued=columns["issued"],
        popularity=columns["popularity"],
        title_order=np.array([ranks[key] for key in title_keys], dtype=np.int32),
        title_keys=joined_bytes(title_keys),
        lexicons=lexicons,
        facets=facets,
        slips=slips.build(lexicons["folded"].terms()),
        completions=completions,
        recency=_recency(columns["modified"], columns["ids"]),
    )


def write(part: Part, path: Path) -> int:
    """Store a part in one synced file; returns the checksum."""
    named: dict[str, Array] = {
        "ids": part.ids,
        "versions": part.versions,
        "tables_versions": part.tables_versions,
        "modified": part.modified,
        "issued": part.issued,
        "popularity": part.popularity,
        "recency": part.recency,
        "title.order": part.title_order,
        "title.letters": part.title_keys[0],
        "title.starts": part.title_keys[1],
        "slips.hashes": part.slips.hashes,
        "slips.terms": part.slips.terms,
    }
    for space, lexicon in part.lexicons.items():
        named[f"{space}.letters"] = lexicon.letters
        named[f"{space}.term_starts"] = lexicon.term_starts
        named[f"{space}.starts"] = lexicon.starts
        named[f"{space}.docs"] = lexicon.docs
        named[f"{space}.weights"] = lexicon.weights
    for name, facet in part.facets.items():
        named[f"facet.{name}.docs"] = facet.docs
        named[f"facet.{name}.codes"] = facet.codes
    named |= completions.named(part.completions)
    return arrays.write(path, {"facets": {name: facet.values for name, facet in part.facets.items()}}, named)


def read(path: Path, checksum: int, *, mapped_from: int = arrays.MAPPED_FROM) -> Part:
    """A part from its file, mapped when it has as many bytes. Raises arrays.Damaged, for one of another version as
    well."""
    stored = arrays.read(path, checksum, mapped_from=mapped_from)
    try:
        return _from(stored)
    except KeyError as error:
        raise Damaged(f"{path.name}: has no {error}") from error


def _from(stored: Stored) -> Part:
    at = stored.arrays
    return Part(
        ids=at["ids"],
        versions=at["versions"],
        tables_versions=at["tables_versions"],
        modified=at["modified"],
        issued=at["issued"],
        popularity=at["popularity"],
        recency=at["recency"],
        title_order=at["title.order"],
        title_keys=(at["title.letters"], at["title.starts"]),
        lexicons={space: Lexicon(*(at[f"{space}.{name}"] for name in _LEXICON_ARRAYS)) for space in SPACES},
        facets={
            name: FacetColumn(tuple(values), at[f"facet.{name}.docs"], at[f"facet.{name}.codes"])
            for name, values in stored.facts["facets"].items()
        },
        slips=Slips(at["slips.hashes"], at["slips.terms"]),
        completions=completions.stored(at),
    )


_LEXICON_ARRAYS = ("letters", "term_starts", "starts", "docs", "weights")


def joined_bytes(pieces: Sequence[bytes]) -> tuple[Array, Array]:
    """All pieces in one array of bytes, and where each starts (one more than pieces)."""
    starts = np.zeros(len(pieces) + 1, dtype=np.int64)
    np.cumsum([len(piece) for piece in pieces], out=starts[1:])
    return np.frombuffer(b"".join(pieces), dtype=np.uint8), starts


def _lexicon(postings: Postings) -> Lexicon:
    letters, term_starts = joined_bytes(postings.terms)
    return Lexicon(letters, term_starts, postings.starts, postings.docs, postings.weights)


def _facet(name: str, documents: Sequence[SearchDocument]) -> FacetColumn:
    codes: dict[str, int] = {}
    entries = [
        (place, codes.setdefault(value, len(codes)))
        for place, document in enumerate(documents)
        for value in dict.fromkeys(document.facets.get(name, ()))
    ]
    table = np.array(entries, dtype=np.int32).reshape(-1, 2)
    return FacetColumn(tuple(codes), np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1]))


def _recency(modified: Array, ids: Array) -> Array:
    seconds = np.clip(modified, 0, _LAST_SECOND)
    recency: Array = seconds * _ID_RANGE + (_ID_RANGE - 1 - ids)
    return recency
