"""Vietnamese text as search sees it: syllables, each with a folded and an exact form and its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from portal.text import fold, nfc

# Part of the recipe of an index: raise it when the same text gives other tokens, and indexes rebuild.
VERSION = 2

# Syllables are short; what is longer is a hash or an attack and is cut, so that terms stay small.
MAX_SYLLABLE = 40

_SYLLABLE = re.compile(r"[^\W_]+")
# What joins two parts of one word (Wi-Fi, gia_dat) and what groups digits (1.000, 1 000 with no-break space).
_HYPHENS = frozenset({"-", "_", "\u2010", "\u2011", "\u2013"})
_DIGIT_GROUPS = frozenset({".", ",", "\u202f"})
# Few texts have any of these; looking costs a hundredth of going through all syllables.
_JOINABLE = re.compile("[^\\W_][-_.,\u2010\u2011\u2013\u202f][^\\W_]")

# m², CO₂ and PM₂.₅ are typed m2, CO2 and PM2.5.
_SMALL_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")

_FOLDED_LETTERS = {
    letter: fold(chr(letter))
    for letter in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00))
    if len(fold(chr(letter))) == 1
} | _SMALL_DIGITS

_SHORTEST_PLURAL = 4
# Endings of words that are no plural: access, bus, analysis.
_NO_PLURALS = ("ss", "us", "is")

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_VOWELS = frozenset("aăâeêioôơuưy")
_MARKED = "ơêôâăư"

# Spellings with i and with y are one word (tỉ lệ = tỷ lệ, bác sĩ = bác sỹ): a table, because elsewhere
# the letter tells words apart (tai, tay). Keys and values are folded.
_SPELLINGS = {
    "hi": "hy",
    "ki": "ky",
    "li": "ly",
    "mi": "my",
    "si": "sy",
    "ti": "ty",
    "qui": "quy",
}


class Syllable(NamedTuple):
    """One token. `exact` keeps diacritics (equal to `folded` where there are none); `start` and `end` are
    places in the text that was analysed, which must be NFC."""

    folded: str
    exact: str
    start: int
    end: int


def syllables(text: str) -> list[Syllable]:
    """The syllables of an NFC text in order, each form once (joined forms are left out)."""
    found = []
    for match in _SYLLABLE.finditer(text):
        folded, exact = forms(match.group()[:MAX_SYLLABLE])
        if folded:
            found.append(Syllable(folded, exact, *match.span()))
    return found


def normalise(text: str) -> str:
    """The form of a text whose places `Syllable.start` counts."""
    return nfc(text)


@lru_cache(maxsize=65536)
def forms(syllable: str) -> tuple[str, str]:
    """(folded, exact) of one syllable: old and new tone placement and both spellings with i and y agree."""
    plain = nfc(syllable).translate(_SMALL_DIGITS).lower()
    folded = fold(plain)
    exact = _place_tone(plain)
    spelling = _SPELLINGS.get(folded)
    if spelling is None:
        return folded, exact
    decomposed = unicodedata.normalize("NFD", exact).replace("i", "y")
    return spelling, unicodedata.normalize("NFC", decomposed)


def spellings(folded: str) -> tuple[str, ...]:
    """The folded forms that texts may have where the index has `folded`."""
    return (folded, *(written for written, indexed in _SPELLINGS.items() if indexed == folded))


@lru_cache(maxsize=2048)
def folded_in_place(text: str) -> str:
    """An NFC text folded letter by letter: every letter keeps its place. Letters that fold to several, or to
    none, stay as they are."""
    lower = text.lower()
    if lower.isascii():
        return lower
    return (lower if len(lower) == len(text) else text).translate(_FOLDED_LETTERS)


def joined(text: str, found: list[Syllable]) -> Iterator[tuple[int, Syllable]]:
    """The joined forms in a text: (place in `found` of its first part, the joined syllable).

    Wi-Fi gives wifi; 1.000.000 gives 1000000, its parts being digit groups of three.
    """
    if not _JOINABLE.search(text):
        return
    position = 0
    while position < len(found) - 1:
        last = _end_of_number(text, found, position)
        if last == position and text[found[position].end : found[position + 1].start] in _HYPHENS:
            last = position + 1
        if last > position:
            parts = found[position : last + 1]
            folded = "".join(part.folded for part in parts)[:MAX_SYLLABLE]
            exact = "".join(part.exact for part in parts)[:MAX_SYLLABLE]
            yield position, Syllable(folded, exact, parts[0].start, parts[-1].end)
        position = max(last, position + 1)


@lru_cache(maxsize=16384)
def singular(folded: str) -> str | None:
    """The singular of an English plural; None for anything else. No Vietnamese syllable ends in s."""
    if not folded.endswith("s") or len(folded) < _SHORTEST_PLURAL or not folded.isalpha():
        return None
    if folded.endswith(_NO_PLURALS):
        return None
    if folded.endswith("ies"):
        return f"{folded[:-3]}y"
    return folded[:-2] if folded.endswith(("ches", "shes", "sses", "xes")) else folded[:-1]


def _end_of_number(text: str, found: list[Syllable], position: int) -> int:
    first = found[position]
    if not (first.folded.isdigit() and len(first.folded) <= 3):
        return position
    while position + 1 < len(found):
        following = found[position + 1]
        between = text[found[position].end : following.start]
        if between not in _DIGIT_GROUPS or len(following.folded) != 3 or not following.folded.isdigit():
            break
        position += 1
    return position


def _place_tone(syllable: str) -> str:
    """The syllable with its tone mark where the newer orthography puts it: hoà and hòa agree."""
    if syllable.isascii():
        return syllable
    decomposed = unicodedata.normalize("NFD", syllable)
    tones = [character for character in decomposed if character in _TONES]
    if len(tones) != 1:
        return syllable
    bare = unicodedata.normalize("NFC", decomposed.replace(tones[0], ""))
    place = _tone_place(bare)
    if place is None:
        return syllable
    return unicodedata.normalize("NFC", bare[: place + 1] + tones[0] + bare[place + 1 :])


@lru_cache(maxsize=16384)
def _tone_place(bare: str) -> int | None:
    """Where the tone goes in a syllable without one; None when it has no vowel."""
    start = _length_of_onset(bare)
    places = [place for place in range(start, len(bare)) if bare[place] in _VOWELS]
    if not places:
        return None
    marked = [place for place in places if bare[place] in _MARKED]
    if marked:
        return marked[-1]  # ươ carries it on ơ
    if len(places) == 2:
        return places[1] if places[1] + 1 < len(bare) else places[0]
    return places[1] if len(places) >= 3 else places[0]


def _length_of_onset(bare: str) -> int:
    """2 for qu and gi before a vowel, whose second letter is no vowel of the syllable; else 0."""
    return 2 if bare[:2] in {"qu", "gi"} and len(bare) > 2 and bare[2] in _VOWELS else 0


_ALPHABET = {letter: place for place, letter in enumerate("0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", 2)}
_TONE_ORDER = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def collation_key(text: str) -> bytes:
    """Sorts as a Vietnamese dictionary does: letters first (a ă â … d đ …), then tones. 96 letters count."""
    letters, tones = bytearray(), bytearray()
    for character in " ".join(nfc(text).lower().split())[:96]:
        decomposed = unicodedata.normalize("NFD", character)
        tone = next((mark for mark in decomposed if mark in _TONES), "")
        letter = unicodedata.normalize("NFC", decomposed.replace(tone, "")) if tone else character
        if letter == " ":
            letters.append(1)
        elif letter in _ALPHABET or fold(letter) in _ALPHABET:
            letters.append(_ALPHABET.get(letter) or _ALPHABET[fold(letter)])
            tones.append(_TONE_ORDER.get(tone, 0) + 1)
        elif letter.isalnum():
            letters.extend(b"\xff" + letter.encode("utf-8", "replace"))
    return bytes(letters) + b"\x00" + bytes(tones)


def shortened(syllable: str) -> Iterator[str]:
    """A syllable and what it is without any one of its letters, each once: two syllables that share such a
    form are one slip of the keys apart, or two."""
    yield syllable
    seen = ""
    for place, letter in enumerate(syllable):
        # Leaving out either of two equal neighbours gives the same.
        if letter != seen:
            yield syllable[:place] + syllable[place + 1 :]
        seen = letter


def distance(first: str, second: str, limit: int = 2) -> int:
    """How many slips apart: letters left out, added, changed, or two neighbours exchanged. More than `limit`
    is told as `limit` + 1."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(second, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
    return min(row[-1], limit + 1)
