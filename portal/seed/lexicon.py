"""Reads the tables of words in `datasets/lexicon/`: one file for each kind of word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.catalog.models import WordKind as Kind
from portal.search.words import WordRow
from portal.seed.rows import CsvRow, read_rows

_COLUMNS = ("term", "alternative", "weight", "both_ways", "note")
_FILES = {
    "abbreviations.csv": Kind.ABBREVIATION,
    "synonyms.csv": Kind.SYNONYM,
    "spellings.csv": Kind.SPELLING,
    "english.csv": Kind.ENGLISH,
    "fillers.csv": Kind.FILLER,
}


@dataclass(frozen=True, slots=True)
class LexiconRow:
    """A word of the tables with what its file says about it."""

    word: WordRow
    note: str


def load_lexicon(folder: Path) -> list[LexiconRow]:
    """Every pair of words of `folder` (`datasets/`); a term and an alternative come once in a kind."""
    return [row for file, kind in _FILES.items() for row in _load(folder / "lexicon" / file, kind)]


def _load(path: Path, kind: Kind) -> Iterator[LexiconRow]:
    seen: set[tuple[str, str]] = set()
    for row in read_rows(path, _COLUMNS):
        for alternative in _alternatives(row, kind):
            pair = (row.text("term"), alternative)
            if pair in seen:
                raise row.error(
                    f"“{pair[0]}” – “{pair[1]}” đã có.", f"“{pair[0]}” – “{pair[1]}” is there already."
                )
            seen.add(pair)
            word = WordRow(pair[0], kind, alternative, _weight(row), bool(row.flag("both_ways")))
            yield LexiconRow(word, row.optional("note") or "")


def _alternatives(row: CsvRow, kind: Kind) -> tuple[str, ...]:
    alternatives = row.words("alternative")
    if kind is Kind.FILLER:
        return ("",)
    if not alternatives:
        raise row.error("cột alternative đang trống.", "column alternative is empty.")
    return alternatives


def _weight(row: CsvRow) -> float | None:
    weight = row.number("weight")
    if weight is not None and not 0 < weight <= 1:
        raise row.error(
            "cột weight phải lớn hơn 0 và không quá 1.", "column weight must be above 0, at most 1."
        )
    return weight
