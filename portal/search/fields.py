"""Which parts of a document are searched, and what each of its terms is worth by `weights`.

A document's score for a syllable is BM25F: the occurrences in each group of fields, weighted and divided by
the group's length, are added and then saturated. Lengths are compared with a fixed pivot, not with the
present average: a record's score does not change because others are published, and all but the rarity of the
syllable is known when the document is indexed.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from portal.search import analysis
from portal.search.analysis import Syllable, singular
from portal.search.documents import SearchDocument
from portal.search.weights import K1, KEYWORDS, PROSE, TITLE, FieldGroup

# Pairs of prose are indexed up to here: quoted phrases are looked for in leads, not in the small print.
PAIRED_PROSE = 200
# Raise it when indexes hold something else than before.
LAYOUT = 3

# Where a word begins inside a name: tenTruong, DiaChi.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SATURATION_CEILING = K1 + 1


def recipe() -> str:
    """A short name of everything that an index was made with; another recipe needs another index."""
    parts = (LAYOUT, analysis.VERSION, TITLE, KEYWORDS, PROSE, K1, PAIRED_PROSE)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A document's terms with their saturated weights (0 to 2.2). `exact` holds only syllables that carry
    diacritics, since no others can be typed exactly; `pairs` are two folded syllables and a space."""

    folded: dict[str, float]
    exact: dict[str, float]
    pairs: dict[str, float]


def texts_of(document: SearchDocument) -> Iterator[tuple[FieldGroup, str]]:
    """Every searched text of a document with the group it counts in."""
    yield TITLE, document.title.vi
    yield TITLE, document.title.en or ""
    for text in (*document.keywords, *document.alternatives):
        yield KEYWORDS, text
    for text in (*document.columns, *document.resources):
        yield KEYWORDS, spaced(text)
    yield PROSE, document.description.vi
    yield PROSE, document.description.en or ""
    for text in (*document.publishers, *document.themes, *document.places):
        yield PROSE, text


def weigh(document: SearchDocument) -> Weighed:
    """The terms of a document and what each is worth."""
    folded: dict[FieldGroup, Counter[str]] = {group: Counter() for group in (TITLE, KEYWORDS, PROSE)}
    exact: dict[FieldGroup, Counter[str]] = {group: Counter() for group in folded}
    pairs: dict[FieldGroup, Counter[str]] = {group: Counter() for group in folded}
    lengths = dict.fromkeys(folded, 0)
    for group, text in texts_of(document):
        text = analysis.normalise(text)
        found = analysis.syllables(text)
        lengths[group] += len(found)
        folded[group].update(each.folded for each in found)
        exact[group].update(each.exact for each in found if each.exact != each.folded)
        joined = list(analysis.joined(text, found))
        folded[group].update(each.folded for _, each in joined)
        folded[group].update(_singulars(found))
        near = found[:PAIRED_PROSE] if group is PROSE else found
        pairs[group].update(f"{a.folded} {b.folded}" for a, b in pairwise(near))
        pairs[group].update(f"{a.folded} {one}" for a, b in pairwise(near) if (one := singular(b.folded)))
        pairs[group].update(_pairs_of_joined(near, (each for each in joined if each[0] < len(near))))
    for scope, names in (("column", document.columns), ("file", document.resources)):
        for name in names:
            pairs[KEYWORDS].update(_scoped(scope, name))
    return Weighed(*(_saturated(counts, lengths) for counts in (folded, exact, pairs)))


def _singulars(found: Iterable[Syllable]) -> Iterator[str]:
    """fishing vessels are found as fishing vessel."""
    return (one for each in found if (one := singular(each.folded)))


def scoped(scope: str, words: Sequence[str]) -> list[str]:
    """The terms that a name of `scope` with these words side by side has, all of them."""
    return [f"{scope}:{' '.join(pair)}" for pair in pairwise(words)] or [f"{scope}:{word}" for word in words]


def _scoped(scope: str, name: str) -> set[str]:
    """The terms by which only names of `scope` are found."""
    text = analysis.normalise(spaced(name))
    found = analysis.syllables(text)
    words = [each.folded for each in found]
    whole = [each.folded for _, each in analysis.joined(text, found)]
    singles = {term for word in (*words, *whole, "".join(words)) for term in scoped(scope, [word])}
    return singles | set(scoped(scope, words))


def spaced(name: str) -> str:
    """tenTruong and TenTruong as two words, with the whole beside them; other names as they are."""
    parted = _HUMP.sub(" ", name)
    return name if parted == name else f"{parted} {name}"


def _pairs_of_joined(found: Sequence[Syllable], joined: Iterable[tuple[int, Syllable]]) -> Iterator[str]:
    """Wi-Fi công cộng has wifi beside công."""
    for place, whole in joined:
        if place:
            yield f"{found[place - 1].folded} {whole.folded}"
        after = next((each for each in found[place:] if each.start >= whole.end), None)
        if after:
            yield f"{whole.folded} {after.folded}"


def _saturated(counts: dict[FieldGroup, Counter[str]], lengths: dict[FieldGroup, int]) -> dict[str, float]:
    total: dict[str, float] = {}
    for group, counter in counts.items():
        share = group.length_share
        unit = group.weight / max(group.floor, 1 - share + share * lengths[group] / group.pivot)
        for term, occurrences in counter.items():
            total[term] = total.get(term, 0.0) + occurrences * unit
    return {term: frequency * _SATURATION_CEILING / (frequency + K1) for term, frequency in total.items()}
