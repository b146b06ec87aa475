"""Texts that can be found by how any of their syllables begins: sorted places in mapped bytes, nothing loaded.

Every syllable of a text (the first few) starts a suffix. Suffixes are sorted by their folded letters, so that
all that begin alike stand side by side; the best of them are found through the highest rank of every block.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from portal.search import analysis
from portal.search.engines.whoosh.arrays import Array
from portal.search.prefix import MAX_STARTS, beginnings

VERSION = 1
"""Raise it when the same texts give other tables."""

_BLOCK = 256
_BEGINS = np.uint32(1 << 31)
MAX_WEIGHT = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class SuffixTable:
    """`letters`: the folded syllables of entry after entry, each entry ended by a zero; `starts`: where each
    entry begins. By suffix, sorted: `places` in `letters`, `first` (the number of its first syllable with
    diacritics), `ranks` (the highest bit where the text begins there, then the entry's weight). `peaks`: the
    highest rank of each block of suffixes. `words`: all first syllables, sorted; `word_starts`: where each
    begins."""

    letters: Array
    starts: Array
    places: Array
    first: Array
    ranks: Array
    peaks: Array
    words: Array
    word_starts: Array

    def __len__(self) -> int:
        return len(self.starts) - 1

    def beginning(self, prefix: bytes) -> slice:
        """The suffixes that begin with `prefix`."""

        def head(place: int) -> bytes:
            return self.letters[place : place + len(prefix)].tobytes()

        low = bisect_left(self.places, prefix, key=head)
        # No letter is 0xFF: it sorts behind everything that begins with the prefix.
        high = bisect_left(self.places, True, lo=low, key=lambda place: head(place) != prefix)
        return slice(low, high)

    def syllables(self, exact: str, *, is_whole: bool) -> range:
        """The numbers of first syllables that begin with `exact`, or that it is."""
        wanted = exact.encode("utf-8", "replace")
        low = bisect_left(range(self._word_count), wanted, key=self._word)
        if is_whole:
            return range(low, low + int(low < self._word_count and self._word(low) == wanted))
        high = bisect_left(
            range(self._word_count),
            True,
            lo=low,
            key=lambda number: not self._word(number).startswith(wanted),
        )
        return range(low, high)

    def best(self, within: slice, count: int, *, first: range | None = None) -> tuple[Array, Array]:
        """The entries of the `count` highest ranked suffixes, best first, and their ranks; an entry may come
        twice. `first` leaves only suffixes whose first syllable is among these."""
        found = self._highest(within, count) if first is None else self._exact(within, first)
        ranks = self.ranks[found]
        if len(found) > count:
            chosen = np.argpartition(ranks, len(found) - count)[-count:]
            found, ranks = found[chosen], ranks[chosen]
        order = np.lexsort((found, -ranks.astype(np.int64)))
        entries: Array = self._entries(found[order])
        return entries, ranks[order]

    @property
    def _word_count(self) -> int:
        return len(self.word_starts) - 1

    def _word(self, number: int) -> bytes:
        return self.words[self.word_starts[number] : self.word_starts[number + 1]].tobytes()

    def _highest(self, within: slice, count: int) -> Array:
        """Suffixes among which the highest `count` are: those of the blocks with the highest peaks."""
        low, high = within.start, within.stop
        first_block, end_block = -(-low // _BLOCK), high // _BLOCK
        if end_block - first_block <= count:
            return np.arange(low, high)
        peaks = self.peaks[first_block:end_block]
        blocks = first_block + np.argpartition(peaks, len(peaks) - count)[-count:]
        inner = (blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
        edges = np.arange(low, first_block * _BLOCK), np.arange(end_block * _BLOCK, high)
        return np.concatenate((inner, *edges))

    def _exact(self, within: slice, first: range) -> Array:
        numbers = self.first[within]
        found: Array = within.start + np.flatnonzero((numbers >= first.start) & (numbers < first.stop))
        return found

    def _entries(self, suffixes: Array) -> Array:
        entries: Array = np.searchsorted(self.starts, self.places[suffixes], side="right") - 1
        return entries


def build(texts: Sequence[str], weights: Sequence[int], *, with_leads: bool = False) -> SuffixTable:
    """The table of `texts`; the heavier of two that begin alike comes first. `with_leads`: they are names,
    which begin anew behind words of rank."""
    letters = bytearray()
    starts, places, ranks = [0], [], []
    first: list[bytes] = []
    for text, weight in zip(texts, weights, strict=True):
        found = analysis.syllables(analysis.normalise(text))
        begins = beginnings([each.folded for each in found]) if with_leads else {0}
        for number, syllable in enumerate(found):
            if number < MAX_STARTS:
                places.append(len(letters))
                first.append(syllable.exact.encode("utf-8", "replace"))
                ranks.append(min(weight, MAX_WEIGHT) | (int(_BEGINS) if number in begins else 0))
            letters += syllable.folded.encode("utf-8", "replace") + b" "
        letters += b"\0"
        starts.append(len(letters))
    words = sorted(set(first))
    number_of = {word: number for number, word in enumerate(words)}
    return _sorted(
        bytes(letters),
        np.array(starts, dtype=np.int64),
        np.array(places, dtype=np.int64),
        np.array([number_of[word] for word in first], dtype=np.int32),
        np.array(ranks, dtype=np.uint32),
        words,
    )


def merge(tables: Sequence[SuffixTable], kept: Sequence[Array]) -> SuffixTable:
    """One table of the entries `kept` of each, in their order; no text is read again."""
    pieces = [_moved(table, entries) for table, entries in zip(tables, kept, strict=True)]
    letters = [letters for letters, *_ in pieces]
    offsets = np.cumsum([0, *(len(each) for each in letters)])
    starts = [piece[1] + offset for piece, offset in zip(pieces, offsets, strict=False)]
    places = [piece[2] + offset for piece, offset in zip(pieces, offsets, strict=False)]
    words, numbers = _joined_words(tables)
    first = [numbers[number][piece[3]] for number, piece in enumerate(pieces)]
    return _sorted(
        b"".join(each.tobytes() for each in letters),
        np.append(np.concatenate(starts), offsets[-1]),
        np.concatenate(places),
        np.concatenate(first),
        np.concatenate([piece[4] for piece in pieces]),
        words,
    )


def named(table: SuffixTable, prefix: str) -> dict[str, Array]:
    """The arrays of a table by name, to be stored."""
    return {f"{prefix}.{each.name}": getattr(table, each.name) for each in fields(table)}


def stored(arrays: Mapping[str, Array], prefix: str) -> SuffixTable:
    """The table of stored arrays."""
    return SuffixTable(**{each.name: arrays[f"{prefix}.{each.name}"] for each in fields(SuffixTable)})


def _joined_words(tables: Sequence[SuffixTable]) -> tuple[list[bytes], list[Array]]:
    """All first syllables, and for each table the new numbers of its own."""
    each = [[table._word(number) for number in range(table._word_count)] for table in tables]
    words = sorted(set().union(*each))
    number_of = {word: number for number, word in enumerate(words)}
    return words, [np.array([number_of[word] for word in own], dtype=np.int32) for own in each]


def _moved(table: SuffixTable, entries: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Letters, starts, places, first and ranks of some entries, moved together."""
    lengths = np.diff(table.starts)
    living = np.zeros(len(table), dtype=bool)
    living[entries] = True
    shift = np.cumsum(np.where(living, 0, lengths))
    owner = np.searchsorted(table.starts, table.places, side="right") - 1
    keep = living[owner] if len(table) else np.zeros(0, dtype=bool)
    return (
        table.letters[np.repeat(living, lengths)],
        (table.starts[:-1] - shift)[living],
        table.places[keep] - shift[owner[keep]],
        table.first[keep],
        table.ranks[keep],
    )


def _sorted(
    letters: bytes, starts: Array, places: Array, first: Array, ranks: Array, words: Sequence[bytes]
) -> SuffixTable:
    ends = starts[np.searchsorted(starts, places, side="right")] if len(places) else places
    keys = [letters[place:end] for place, end in zip(places.tolist(), ends.tolist(), strict=True)]
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
    ranks = ranks[order] if len(order) else ranks
    return SuffixTable(
        letters=np.frombuffer(letters, dtype=np.uint8),
        starts=starts,
        places=places[order].astype(_width(len(letters))),
        first=first[order],
        ranks=ranks,
        peaks=_peaks(ranks),
        words=np.frombuffer(b"".join(words), dtype=np.uint8),
        word_starts=np.cumsum([0, *(len(word) for word in words)], dtype=np.int64),
    )


def _peaks(ranks: Array) -> Array:
    if not len(ranks):
        return ranks
    peaks: Array = np.maximum.reduceat(ranks, np.arange(0, len(ranks), _BLOCK))
    return peaks


def _width(size: int) -> np.dtype[np.int32] | np.dtype[np.int64]:
    return np.dtype(np.int32) if size < 2**31 else np.dtype(np.int64)
