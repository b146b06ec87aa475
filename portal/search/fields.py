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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from portal.search import analysis
from portal.search.analysis import Syllable, singular
from portal.search.documents import SearchDocument
from portal.search.weights import K1, KEYWORDS, PROSE, TITLE, VALUE_WEIGHT, FieldGroup

# Pairs of prose are indexed up to here: quoted phrases are looked for in leads, not in the small print.
PAIRED_PROSE = 200
# Raise it when indexes hold something else than before.
LAYOUT = 4

IN_ROWS = "~"
"""Before a syllable, as a term: it stands in some row."""

# Where a word begins inside a name: tenTruong, DiaChi.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SATURATION_CEILING = K1 + 1
_GROUPS = (TITLE, KEYWORDS, PROSE)


def recipe() -> str:
    """A short name of everything that an index was made with; another recipe needs another index."""
    parts = (LAYOUT, analysis.VERSION, TITLE, KEYWORDS, PROSE, VALUE_WEIGHT, K1, PAIRED_PROSE)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A document's terms with their saturated weights (0 to 2.2). `exact` holds only syllables that carry
    diacritics, since no others can be typed exactly; `pairs` are two folded syllables and a space. `values` tell
    what stands in the rows: pairs, cells of one syllable, and, behind IN_ROWS, that a syllable occurs at all."""

    folded: dict[str, float]
    exact: dict[str, float]
    pairs: dict[str, float]
    values: dict[str, float]


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
    read = {group: _Read() for group in _GROUPS}
    for group, text in texts_of(document):
        if text:
            paired = PAIRED_PROSE if group is PROSE else None
            read[group].add(_short_terms(text, paired) if len(text) <= _SHORT else _terms(text, paired))
    for scope, names in (("column", document.columns), ("file", document.resources)):
        for name in names:
            read[KEYWORDS].pairs += _scoped(scope, name)
    units = [_unit(group, read[group].length) for group in _GROUPS]
    return Weighed(
        folded=_saturated(units, [read[group].folded for group in _GROUPS]),
        exact=_saturated(units, [read[group].exact for group in _GROUPS]),
        pairs=_saturated(units, [read[group].pairs for group in _GROUPS]),
        values=dict.fromkeys(_value_terms(document.values), _saturation(VALUE_WEIGHT)),
    )


def _value_terms(values: Sequence[str]) -> Iterator[str]:
    """The terms of texts in rows. Syllables by themselves are none: a list of streets has nearly all there are."""
    for value in values:
        text = analysis.normalise(value)
        found = analysis.syllables(text)
        words = [each.folded for each in found]
        yield from (f"{a} {b}" for a, b in pairwise(words))
        yield from (whole.folded for _, whole in analysis.joined(text, found))
        yield from (IN_ROWS + word for word in words)
        if len(words) == 1:
            yield words[0]


class _Terms(NamedTuple):
    """The terms of one text; `length` counts its syllables."""

    length: int
    folded: list[str]
    exact: list[str]
    pairs: list[str]


class _Read:
    """The terms of all texts of a group."""

    __slots__ = ("exact", "folded", "length", "pairs")

    def __init__(self) -> None:
        self.length = 0
        self.folded: list[str] = []
        self.exact: list[str] = []
        self.pairs: list[str] = []

    def add(self, terms: _Terms) -> None:
        self.length += terms.length
        self.folded += terms.folded
        self.exact += terms.exact
        self.pairs += terms.pairs


def _terms(text: str, paired: int | None) -> _Terms:
    """What a text gives; only its first `paired` syllables are paired."""
    text = analysis.normalise(text)
    found = analysis.syllables(text)
    near = found[:paired]
    terms = _Terms(
        len(found),
        [each.folded for each in found],
        [each.exact for each in found if each.exact != each.folded],
        [f"{a.folded} {b.folded}" for a, b in pairwise(near)],
    )
    # fishing vessels are found as fishing vessel.
    terms.folded.extend(one for each in found if (one := singular(each.folded)))
    terms.pairs.extend(f"{a.folded} {one}" for a, b in pairwise(near) if (one := singular(b.folded)))
    for place, whole in analysis.joined(text, found):
        terms.folded.append(whole.folded)
        if place < len(near):
            terms.pairs.extend(_pairs_of_joined(near, place, whole))
    return terms


# Names of agencies, themes, columns and files are the same in very many records.
_short_terms = lru_cache(maxsize=16_384)(_terms)
_SHORT = 120


def scoped(scope: str, words: Sequence[str]) -> list[str]:
    """The terms that a name of `scope` with these words side by side has, all of them."""
    return [f"{scope}:{' '.join(pair)}" for pair in pairwise(words)] or [f"{scope}:{word}" for word in words]


@lru_cache(maxsize=16_384)
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


def _pairs_of_joined(found: Sequence[Syllable], place: int, whole: Syllable) -> Iterator[str]:
    """Wi-Fi công cộng has wifi beside công."""
    if place:
        yield f"{found[place - 1].folded} {whole.folded}"
    after = next((each for each in found[place:] if each.start >= whole.end), None)
    if after:
        yield f"{whole.folded} {after.folded}"


def _unit(group: FieldGroup, length: int) -> float:
    """What one occurrence is worth in a group of so many syllables."""
    share = group.length_share
    return group.weight / max(group.floor, 1 - share + share * length / group.pivot)


def _saturated(units: Sequence[float], terms: Sequence[Sequence[str]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for unit, of_group in zip(units, terms, strict=True):
        for term, occurrences in Counter(of_group).items():
            total[term] = total.get(term, 0.0) + occurrences * unit
    return {term: _saturation(frequency) for term, frequency in total.items()}


def _saturation(frequency: float) -> float:
    return frequency * _SATURATION_CEILING / (frequency + K1)
