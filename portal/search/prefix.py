"""The beginning of something, as a person types it: what it can be the beginning of, and where it stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from portal.search import analysis
from portal.search.analysis import Syllable
from portal.text import clean_line, fold, nfc

MIN_LETTERS = 2
MAX_LETTERS = 100
MAX_SYLLABLES = 12
MAX_STARTS = 8
"""How many syllables of a text, from its first, it can be found by."""

# What stands before the name proper: "hai ch" begins "Phường Hải Châu" as much as "phuong h" does.
_LEADS = (
    ("uy", "ban", "nhan", "dan"),
    ("people", "s", "committee", "of"),
    ("department", "of"),
    ("thanh", "pho"),
    ("thi", "tran"),
    ("thi", "xa"),
    ("dac", "khu"),
    ("phuong",),
    ("quan",),
    ("huyen",),
    ("tinh",),
    ("xa",),
    ("so",),
)
_MOST_LEADS = 2
# What may follow a name that is typed to its end.
_TAILS = frozenset({"", "ward", "commune", "city", "district", "town", "province", "special zone"})


class Match(NamedTuple):
    """Letters `start` to `end` of a text are what was typed; `is_exact`: with every diacritic that was."""

    start: int
    end: int
    syllable: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Prefix:
    """`folded`: the letters that a suffix begins with, one of these (tỉ may become tỉnh, or be tỷ). `last`: the
    last syllable as typed, `endings` its folded letters; `is_whole` when it has ended."""

    typed: tuple[Syllable, ...]
    folded: tuple[str, ...]
    is_whole: bool
    last: str
    endings: tuple[str, ...]

    @property
    def first(self) -> tuple[str, ...]:
        """The ways to write the first syllable with its diacritics; none where it was typed without."""
        ways = [self.typed[0].exact, *(() if self.first_is_whole else (self.last,))]
        return tuple(dict.fromkeys(way for way in ways if way != fold(way)))

    @property
    def first_is_whole(self) -> bool:
        """Whether the first syllable is typed to its end."""
        return self.is_whole or len(self.typed) > 1

    def match(self, text: str, starts: int = MAX_STARTS) -> Match | None:
        """The best place among the first `starts` of an NFC text: exact before folded, early before late."""
        found = analysis.syllables(text)
        size, best = len(self.typed), None
        for start in range(min(starts, len(found) - size + 1)):
            if self._ends_in(found[start + size - 1].folded):
                match = self._at(text, found, start)
                if match is not None and match.is_exact:
                    return match
                best = best or match
        return best

    def _at(self, text: str, found: Sequence[Syllable], start: int) -> Match | None:
        window = found[start : start + len(self.typed)]
        if any(a.folded != b.folded for a, b in zip(window, self.typed[:-1], strict=False)):
            return None
        last = window[-1]
        written = text[last.start : last.end].lower()
        whole = all(_agree(a, b) for a, b in zip(self.typed[:-1], window, strict=False))
        exact = _agree(self.typed[-1], last) or (
            not self.is_whole and (written.startswith(self.last) or last.exact.startswith(self.last))
        )
        end = last.end if self.is_whole else min(last.end, last.start + len(self.last))
        return Match(window[0].start, end, start, whole and (exact or self.last in self.endings))

    def _ends_in(self, folded: str) -> bool:
        return folded in self.endings if self.is_whole else folded.startswith(self.endings)


def read_prefix(typed: str) -> Prefix | None:
    """The prefix that somebody has typed so far; None for less than two letters."""
    text = clean_line(typed[: 4 * MAX_LETTERS])[:MAX_LETTERS]
    found = analysis.syllables(text)[:MAX_SYLLABLES]
    if sum(len(each.folded) for each in found) < MIN_LETTERS:
        return None
    last = nfc(text[found[-1].start : found[-1].end]).lower()
    is_whole = typed[-1:].isspace() or found[-1].end < len(text)
    endings = (found[-1].folded,) if is_whole else tuple(sorted({fold(last), found[-1].folded}))
    head = " ".join([each.folded for each in found[:-1]] + [""])
    space = " " if is_whole else ""
    return Prefix(tuple(found), tuple(f"{head}{each}{space}" for each in endings), is_whole, last, endings)


def beginnings(folded: Sequence[str]) -> set[int]:
    """The syllables that count as the beginning of a name: the first, and those behind words of rank."""
    found, place = {0}, 0
    for _ in range(_MOST_LEADS):
        lead = next((each for each in _LEADS if tuple(folded[place : place + len(each)]) == each), None)
        if lead is None or place + len(lead) >= len(folded):
            break
        place += len(lead)
        found.add(place)
    return found


def is_whole_name(text: str, match: Match) -> bool:
    """Whether nothing of the name is left to type."""
    return text[match.end :].strip().lower() in _TAILS


def _agree(typed: Syllable, written: Syllable) -> bool:
    """Diacritics that were typed must be there; those that were not may."""
    return typed.exact in (typed.folded, written.exact)
