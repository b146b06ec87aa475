"""Which terms are a slip of the keys away: a delete-1 dictionary as two sorted arrays, kept with each part.

A term stands under the hash of every form that it has without one of its letters. Comparing a syllable with
every term of a lexicon took 69 ms, this takes a fraction of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np

from portal.search import analysis
from portal.search.engines.whoosh.arrays import Array

# Slips are looked for in words; numbers, codes and what is longer than any syllable are as they are.
LONGEST = 16
SHORTEST = 2


class Slips(NamedTuple):
    """`hashes` ascend; `terms[i]` is the place in the lexicon of a term with the form of `hashes[i]`."""

    hashes: Array
    terms: Array

    def near(self, syllable: str) -> Iterator[int]:
        """Places of terms that share a form with a syllable; hashes may collide, so compare again."""
        forms = [_hash(form) for form in analysis.shortened(syllable)]
        starts = np.searchsorted(self.hashes, np.array(forms, dtype=np.uint32), side="left").tolist()
        for form, start in zip(forms, starts, strict=True):
            while start < len(self.hashes) and self.hashes[start] == form:
                yield int(self.terms[start])
                start += 1


def build(terms: Sequence[bytes]) -> Slips:
    """The dictionary of a lexicon."""
    hashes: list[int] = []
    places: list[int] = []
    for place, letters in enumerate(terms):
        if SHORTEST <= len(letters) <= LONGEST and letters.isalpha():
            forms = [_hash(form) for form in analysis.shortened(letters.decode())]
            hashes += forms
            places += [place] * len(forms)
    order = np.argsort(np.array(hashes, dtype=np.uint32), kind="stable")
    return Slips(np.array(hashes, dtype=np.uint32)[order], np.array(places, dtype=np.int32)[order])


def _hash(form: str) -> int:
    return crc32(form.encode())
