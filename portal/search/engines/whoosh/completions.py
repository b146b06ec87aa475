"""What a part and a generation know for suggestions: titles and columns of documents, names of other things."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from portal.search.documents import SearchDocument
from portal.search.engines.whoosh import arrays, suffixes
from portal.search.engines.whoosh.arrays import Array
from portal.search.engines.whoosh.suffixes import SuffixTable
from portal.search.names import Name

_POPULARITY_STEPS = 127
_RECENCY_BITS = 24
# Seconds since 1970 have 33 bits for a while.
_LOST_SECONDS = 33 - _RECENCY_BITS
# A column's name, not a sentence in the place of one.
_LONGEST_COLUMN = 80


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of columns, each once: name i is `texts[text_starts[i]:text_starts[i + 1]]` and stands in
    the documents `docs[starts[i]:starts[i + 1]]`."""

    texts: Array
    text_starts: Array
    starts: Array
    docs: Array
    table: SuffixTable

    def text(self, number: int) -> str:
        """A column's name as it was given."""
        return self.texts[self.text_starts[number] : self.text_starts[number + 1]].tobytes().decode()

    def documents(self, number: int) -> Array:
        """The places of the documents that have it."""
        return self.docs[self.starts[number] : self.starts[number + 1]]

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True)
class Completions:
    """Suggestions of one part. Entry i of `titles` is a title of the document at place `owners[i]`."""

    titles: SuffixTable
    owners: Array
    columns: Columns


@dataclass(frozen=True, slots=True)
class Names:
    """All names. Text i of `table` is one of `names[owners[i]]`."""

    names: tuple[Name, ...]
    table: SuffixTable
    owners: Array


def build(documents: Sequence[SearchDocument]) -> Completions:
    """The completions of documents, in their order."""
    texts, owners, weights = [], [], []
    columns: dict[str, list[int]] = {}
    for place, document in enumerate(documents):
        weight = _weight(document)
        for text in dict.fromkeys((document.title.vi, document.title.en or "")):
            if text:
                texts.append(text)
                owners.append(place)
                weights.append(weight)
        for column in dict.fromkeys(document.columns):
            if len(column) <= _LONGEST_COLUMN:
                columns.setdefault(column, []).append(place)
    return Completions(suffixes.build(texts, weights), np.array(owners, dtype=np.int32), _columns(columns))


def merge(pieces: Sequence[Completions], moves: Sequence[Array]) -> Completions:
    """One of several; `moves` are the new places of each one's documents, -1 for those left out."""
    kept = [np.flatnonzero(move[piece.owners] >= 0) for piece, move in zip(pieces, moves, strict=True)]
    owners = [move[piece.owners[keep]] for piece, move, keep in zip(pieces, moves, kept, strict=True)]
    columns: dict[str, list[int]] = {}
    for piece, move in zip(pieces, moves, strict=True):
        for number in range(len(piece.columns)):
            moved = move[piece.columns.documents(number)]
            living = moved[moved >= 0].tolist()
            if living:
                columns.setdefault(piece.columns.text(number), []).extend(living)
    return Completions(
        suffixes.merge([piece.titles for piece in pieces], kept),
        np.concatenate(owners).astype(np.int32),
        _columns(columns),
    )


def named(completions: Completions) -> dict[str, Array]:
    """The arrays of completions by name, to be stored in a part."""
    columns = completions.columns
    return {
        **suffixes.named(completions.titles, "titles"),
        "titles.owners": completions.owners,
        **suffixes.named(columns.table, "columns.names"),
        **{f"columns.{name}": getattr(columns, name) for name in _COLUMN_ARRAYS},
    }


def stored(at: Mapping[str, Array]) -> Completions:
    """The completions of a stored part."""
    columns = Columns(
        **{name: at[f"columns.{name}"] for name in _COLUMN_ARRAYS}, table=suffixes.stored(at, "columns.names")
    )
    return Completions(suffixes.stored(at, "titles"), at["titles.owners"], columns)


def build_names(names: Sequence[Name]) -> Names:
    """The names of all other things, ready to be completed."""
    texts, owners = [], []
    for number, name in enumerate(names):
        for text in dict.fromkeys((name.vi, name.en, *name.also)):
            if text:
                texts.append(text)
                owners.append(number)
    table = suffixes.build(texts, [0] * len(texts), with_leads=True)
    return Names(tuple(names), table, np.array(owners, dtype=np.int32))


def write_names(names: Names, path: Path) -> int:
    """Store names in one synced file; returns the checksum."""
    facts = {"names": [asdict(name) for name in names.names]}
    return arrays.write(path, facts, {**suffixes.named(names.table, "names"), "owners": names.owners})


def read_names(path: Path, checksum: int) -> Names:
    """Names from their file. Raises arrays.Damaged."""
    found = arrays.read(path, checksum)
    names = (Name(**{**each, "also": tuple(each["also"])}) for each in found.facts["names"])
    return Names(tuple(names), suffixes.stored(found.arrays, "names"), found.arrays["owners"])


_COLUMN_ARRAYS = ("texts", "text_starts", "starts", "docs")


def _weight(document: SearchDocument) -> int:
    """Used more, then changed later."""
    used = min(_POPULARITY_STEPS, int(8 * math.log2(1 + (document.popularity or 0))))
    recency = min(document.modified >> _LOST_SECONDS, (1 << _RECENCY_BITS) - 1)
    return used << _RECENCY_BITS | recency


def _columns(columns: Mapping[str, Sequence[int]]) -> Columns:
    texts = [text.encode("utf-8", "replace") for text in columns]
    return Columns(
        texts=np.frombuffer(b"".join(texts), dtype=np.uint8),
        text_starts=_running(len(text) for text in texts),
        starts=_running(len(docs) for docs in columns.values()),
        docs=np.array([place for docs in columns.values() for place in docs], dtype=np.int32),
        table=suffixes.build(list(columns), [len(docs) for docs in columns.values()]),
    )


def _running(lengths: Iterator[int]) -> Array:
    return np.cumsum([0, *lengths], dtype=np.int64)
