"""Vietnamese text: two languages of one text, and the one way to fold accents."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")

# Eth is what some keyboards and old converters write for đ; the zero-width space and the byte-order
# mark are invisible left-overs of word processors.
_REPLACED = str.maketrans({"ð": "đ", "Ð": "Đ", "\u200b": None, "\ufeff": None, "\u00a0": " "})
_REPLACEABLE = re.compile("[ðÐ\u200b\ufeff\u00a0]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ud800-\udfff\ufffe\uffff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """One text in Vietnamese (may be empty only where a field is optional) and, perhaps, English."""

    vi: str
    en: str | None = None

    def in_language(self, language: Language) -> str:
        """The text in `language`, or in Vietnamese where there is no translation."""
        return self.en if language == "en" and self.en else self.vi

    def __bool__(self) -> bool:
        return bool(self.vi or self.en)


def nfc(text: str) -> str:
    """Composed Unicode with đ for eth and without invisible left-overs; length may change."""
    if text.isascii():
        return text
    # Translating costs twenty times as much as looking whether there is anything to translate.
    return unicodedata.normalize("NFC", text.translate(_REPLACED) if _REPLACEABLE.search(text) else text)


def clean(text: str) -> str:
    """Text as it may be stored: NFC, no control, bidi-override or surrogate characters, single spaces,
    line feeds kept, trimmed."""
    without = _UNWANTED.sub("", nfc(text.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n".join(line.strip() for line in _SPACES.sub(" ", without).split("\n")).strip()


def clean_line(text: str) -> str:
    """`clean`, on one line: for titles, names and other labels."""
    return " ".join(clean(text).split())


@lru_cache(maxsize=65536)
def _fold_word(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", nfc(word).casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("đ", "d")


def fold(text: str) -> str:
    """Lower case without accents, đ as d: `fold("Đà Nẵng") == "da nang"`. Not for display."""
    return " ".join(_fold_word(word) for word in text.split(" "))


def slugify(text: str, max_length: int = 80) -> str:
    """Letters a-z, digits and single hyphens, cut at a word's end; empty when nothing is left."""
    slug = _NOT_SLUG.sub("-", fold(text)).strip("-")
    if len(slug) <= max_length:
        return slug
    return slug[: max_length + 1].rpartition("-")[0].strip("-") or slug[:max_length]


def ascii_name(text: str) -> str:
    """Printable ASCII for a file name or a header, keeping case: Đ becomes D, what is unknown `_`."""
    folded = (
        "".join(c for c in unicodedata.normalize("NFD", nfc(text)) if not unicodedata.combining(c))
        .replace("đ", "d")
        .replace("Đ", "D")
    )
    return "".join(c if c.isascii() and c.isprintable() else "_" for c in folded)
