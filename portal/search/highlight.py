"""Where a text matches a query: plain segments, so that whoever shows them escapes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from portal.search import analysis
from portal.search.query import Shown, Word

SNIPPET_LETTERS = 240

# What is looked at of a long text: enough for any lead, little enough for twenty hits on a page.
READ_LETTERS = 4_000
_SEPARATOR = "[-_.,\u2010\u2011\u2013\u202f]"
_SEPARATORS = re.compile(_SEPARATOR)
_SHORTEST_IN_PARTS = 3
# What may stand between the words of a phrase: spaces, a hyphen, a comma.
_BETWEEN = r"[\W_]{1,3}"
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
# Nearly all descriptions are plain, and this tells at a fraction of the cost.
_SOME_MARKUP = re.compile(r"[*_`~#><]|^\s{0,3}[-+]\s", re.MULTILINE)
_MARKUP = re.compile(
    r"^\s{0,3}(?:#{1,6}|>|[-*+])\s+|<[^>]{1,200}>",
    re.MULTILINE,
)
_EMPHASIS = re.compile(r"[*_`~]{2,}|`|(?<![\w*])\*(?=\w)|(?<=[\w.,)])\*(?![\w*])")

Words = tuple[Word, ...]


class Segment(NamedTuple):
    """A piece of a text. Segments of a text, put together, are the text."""

    text: str
    is_match: bool


class Span(NamedTuple):
    """Letters `start` to `end` of a text."""

    start: int
    end: int


def highlight(text: str, shown: Shown) -> tuple[Segment, ...]:
    """The whole text in segments; neighbouring matches are one."""
    text = analysis.normalise(text)
    return _segments(text, spans(text, shown), 0, len(text))


def snippet(text: str, shown: Shown, length: int = SNIPPET_LETTERS) -> tuple[Segment, ...]:
    """About `length` letters of a Markdown text without its marks, where most of the words are; the beginning
    when there are none. An ellipsis tells that something was left out."""
    text = plain(text)
    found = spans(text, shown)
    start, end = _window(text, found, length)
    segments = list(_segments(text, found, start, end))
    if start > 0:
        segments.insert(0, Segment("… ", False))
    if end < len(text):
        segments.append(Segment(" …", False))
    return tuple(segments)


def plain(markdown: str) -> str:
    """The words of a Markdown text on one line, cut where nobody reads on."""
    text = analysis.normalise(markdown[:READ_LETTERS])
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if _SOME_MARKUP.search(text):
        text = _EMPHASIS.sub("", _MARKUP.sub(" ", text))
    return " ".join(text.split())


def spans(text: str, shown: Shown) -> list[Span]:
    """Where an NFC text has what is shown, in order. A word typed with diacritics is shown where it stands so,
    and only if it stands so nowhere, where it stands without them or with others."""
    if not text or not shown:
        return []
    folded = analysis.folded_in_place(text)
    found = _found(text, folded, shown.whole)
    loose = () if found else tuple((word,) for word in shown.loose if (word,) not in shown.whole)
    return _found(text, folded, loose) if loose else found


def _found(text: str, folded: str, phrases: tuple[Words, ...]) -> list[Span]:
    pattern = _pattern(phrases)
    if pattern is None:
        return []
    found: dict[tuple[str, ...], list[Span]] = {}
    for span in _whole_matches(pattern, folded):
        found.setdefault(_key(folded[span.start : span.end]), []).append(span)
    squeezed = _squeezed(folded) if _may_be_in_parts(phrases, found) else ""
    matched: set[Span] = set()
    for phrase in phrases:
        places = found.get(tuple(word.folded for word in phrase), [])
        if not places and len(phrase) == 1:
            places = _in_parts(folded, squeezed, phrase[0].folded)
        if places and any(word.exact for word in phrase):
            exactly = [span for span in places if _is_exact(text[span.start : span.end], phrase)]
            places = exactly or places
        matched.update(places)
    return _joined(text, sorted(matched))


@lru_cache(maxsize=4096)
def _key(folded: str) -> tuple[str, ...]:
    return tuple(each.folded for each in analysis.syllables(folded))


@lru_cache(maxsize=4096)
def _is_exact(written: str, phrase: Words) -> bool:
    found = analysis.syllables(written)
    return all(word.exact in (None, each.exact) for word, each in zip(phrase, found, strict=False))


def _may_be_in_parts(phrases: tuple[Words, ...], found: Container[tuple[str, ...]]) -> bool:
    return any(
        len(phrase) == 1 and len(phrase[0].folded) >= _SHORTEST_IN_PARTS and (phrase[0].folded,) not in found
        for phrase in phrases
    )


def _in_parts(folded: str, squeezed: str, word: str) -> list[Span]:
    """Where a text has a word written in parts (Wi-Fi, 1.000); `squeezed` is the text without separators."""
    # Most texts have no such thing, and this tells at a fraction of the cost.
    if len(word) < _SHORTEST_IN_PARTS or word not in squeezed:
        return []
    return list(_whole_matches(_pattern_in_parts(word), folded))


@lru_cache(maxsize=2048)
def _squeezed(folded: str) -> str:
    return _SEPARATORS.sub("", folded)


def _whole_matches(pattern: re.Pattern[str], folded: str) -> Iterator[Span]:
    """Matches that begin where a word begins. A pattern that looks behind itself could not run to the next letter
    that a word may begin with, which is three times as fast."""
    place = 0
    while match := pattern.search(folded, place):
        start, end = match.span()
        if start and folded[start - 1].isalnum():
            place = start + 1
        else:
            yield Span(start, end)
            place = end


@lru_cache(maxsize=256)
def _pattern(phrases: tuple[Words, ...]) -> re.Pattern[str] | None:
    """Finds any of the phrases in a folded text, the longest first; None when there are none."""
    longest_first = sorted({_of_phrase(phrase) for phrase in phrases}, key=lambda each: (-len(each), each))
    return _to_the_end_of_a_word("|".join(longest_first)) if longest_first else None


def _of_phrase(phrase: Words) -> str:
    return _BETWEEN.join(_of_syllable(word.folded) for word in phrase)


def _of_syllable(folded: str) -> str:
    spellings = [re.escape(each) for each in analysis.spellings(folded)]
    return spellings[0] if len(spellings) == 1 else f"(?:{'|'.join(spellings)})"


@lru_cache(maxsize=256)
def _pattern_in_parts(word: str) -> re.Pattern[str]:
    return _to_the_end_of_a_word(f"{_SEPARATOR}?".join(map(re.escape, word)))


def _to_the_end_of_a_word(either: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{either})(?![^\W_])")


def _joined(text: str, matched: Sequence[Span]) -> list[Span]:
    """Overlapping spans, and spans with only a space between, as one."""
    result: list[Span] = []
    for span in matched:
        if result and text[result[-1].end : span.start] in {"", " "}:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def _segments(text: str, found: Sequence[Span], start: int, end: int) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    place = start
    for span in found:
        if span.end <= start or span.start >= end:
            continue
        first, last = max(span.start, start), min(span.end, end)
        if first > place:
            segments.append(Segment(text[place:first], False))
        segments.append(Segment(text[first:last], True))
        place = last
    if place < end:
        segments.append(Segment(text[place:end], False))
    return tuple(segments)


def _window(text: str, found: Sequence[Span], length: int) -> tuple[int, int]:
    """Start and end, at word boundaries, of the stretch that holds most matched letters."""
    if len(text) <= length:
        return 0, len(text)
    start = max((span.start for span in found), key=lambda at: _covered(found, at, at + length), default=0)
    # A little of what comes before, so that the match can be read in its sentence.
    start = max(0, min(start - length // 5, len(text) - length))
    if start > 0:
        start = text.find(" ", start, start + 40) + 1 or start
    end = min(len(text), start + length)
    if end < len(text):
        cut = text.rfind(" ", end - 40, end)
        end = cut if cut > start else end
    return start, end


def _covered(found: Sequence[Span], start: int, end: int) -> int:
    return sum(span.end - span.start for span in found if span.start >= start and span.end <= end)


def mentions(text: str, shown: Shown) -> bool:
    """Whether a text has any of the words, with or without diacritics."""
    return mentioning(shown)(text)


def mentioning(shown: Shown) -> Callable[[str], bool]:
    """`mentions` for many texts: what is looked for is prepared once."""
    phrases = (*shown.whole, *((word,) for word in shown.loose))
    pattern = _pattern(phrases)
    singles = [phrase[0].folded for phrase in phrases if len(phrase) == 1]

    def has_any(text: str) -> bool:
        folded = analysis.folded_in_place(analysis.normalise(text[:READ_LETTERS]))
        if pattern is None or next(_whole_matches(pattern, folded), None):
            return pattern is not None
        squeezed = _squeezed(folded)
        return squeezed != folded and any(_in_parts(folded, squeezed, each) for each in singles)

    return has_any
