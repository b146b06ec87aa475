"""How columns and cells of small tables are named in questions: as keys, rows of folded syllables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from portal.search import analysis
from portal.search.analysis import Syllable
from portal.search.query import Word
from portal.text import fold

MAX_SYLLABLES = 8
_MAX_LETTERS = 80
ANY_COLUMN = "*"
"""The key of a column that says nothing by its name: the rest of the table tells what its values are."""

SUBJECT = "*subject"
"""The key of a column whose cells say what the values are: indicators."""

_PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_STATED_UNIT = re.compile(r"[,;-]?\s*(?:đvt|đơn vị tính)\s*:.*$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_NOTHING_SAID = frozenset(
    {"gia tri", "so lieu", "so luong", "tong so", "value", "values", "number", "total", "count", "amount"}
)
_SUBJECTS = frozenset({"chi tieu", "ten chi tieu", "chi so", "noi dung", "indicator", "indicators", "item"})
# Longer ones first: a thị xã is no xã.
UNITS = (
    ("thanh", "pho"),
    ("thi", "tran"),
    ("thi", "xa"),
    ("dac", "khu"),
    ("phuong",),
    ("quan",),
    ("huyen",),
    ("tinh",),
    ("xa",),
    ("tp",),
)
"""Kinds of units as they stand before names, folded."""


@dataclass(frozen=True, slots=True)
class ColumnName:
    """What a column's name says: its words without unit and year, and the year."""

    words: tuple[Syllable, ...]
    year: str | None

    @property
    def key(self) -> str:
        """The words, or what stands for none that say anything."""
        key = key_of(self.words)
        return ANY_COLUMN if not key or key in _NOTHING_SAID else key


def key_of(words: Sequence[Syllable] | Sequence[Word]) -> str:
    """The key of a row of syllables."""
    return " ".join(word.folded for word in words)


def syllables(text: str) -> list[Syllable]:
    """The syllables of any text."""
    return analysis.syllables(analysis.normalise(text))


def without_unit(name: str, unit: str | None) -> str:
    """A column's name without the unit that stands in it."""
    plain = _STATED_UNIT.sub("", name)
    if unit:
        plain = _PARENTHESES.sub(lambda found: "" if _tells(found[1], unit) else found[0], plain)
    return plain.strip() or name


def column_name(name: str, unit: str | None) -> ColumnName:
    """What a name says once its unit is taken off: `Dân số năm 2024 (người)` are dân số, in 2024."""
    words = syllables(without_unit(name, unit))
    years = [each.folded for each in words if _YEAR.fullmatch(each.folded)]
    year = years[0] if len(years) == 1 else None
    return ColumnName(tuple(_without_year(words) if year else words), year)


def is_subject(name: str) -> bool:
    """Whether cells of a column so named say what the values of their rows are: indicators."""
    return key_of(syllables(_PARENTHESES.sub("", name))) in _SUBJECTS


def is_year(word: str) -> bool:
    """Whether a folded syllable is a year."""
    return _YEAR.fullmatch(word) is not None


@lru_cache(maxsize=8192)
def names_of(cell: str) -> tuple[tuple[Syllable, ...], ...]:
    """The ways to name a cell: as it stands, and without the kind of unit before a name."""
    words = tuple(syllables(cell)) if len(cell) <= _MAX_LETTERS else ()
    if not 0 < len(words) <= MAX_SYLLABLES:
        return ()
    folded = tuple(word.folded for word in words)
    unit = next((unit for unit in UNITS if folded[: len(unit)] == unit), ())
    # What is left must still be a name, and no number.
    return (words, words[len(unit) :]) if unit and len(words) > len(unit) + 1 else (words,)


def agree(typed: Sequence[Word], written: Sequence[Syllable]) -> bool:
    """Whether words are these syllables: letters always, diacritics where both have them."""
    return len(typed) == len(written) and all(
        word.folded == syllable.folded
        and (word.exact is None or syllable.exact in (word.exact, syllable.folded))
        for word, syllable in zip(typed, written, strict=True)
    )


def _tells(text: str, unit: str) -> bool:
    return fold(unit) in fold(text) or "đvt" in text.lower()


def _without_year(words: Sequence[Syllable]) -> Iterator[Syllable]:
    for place, word in enumerate(words):
        after = words[place + 1].folded if place + 1 < len(words) else ""
        if not is_year(word.folded) and not (word.folded in ("nam", "year") and is_year(after)):
            yield word
