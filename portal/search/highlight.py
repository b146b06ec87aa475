"""Where a text matches a query: plain segments, so that whoever shows them escapes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from portal.search import analysis
from portal.search.query import Word

SNIPPET_LETTERS = 240

# What is looked at of a long text: enough for any lead, little enough for twenty hits on a page.
_READ_LETTERS = 6_000
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"[*_`~]{2,}|`|^\s{0,3}(?:#{1,6}|>|[-*+])\s+|<[^>]{1,200}>", re.MULTILINE)


class Segment(NamedTuple):
    """A piece of a text. Segments of a text, put together, are the text."""

    text: str
    is_match: bool


class Span(NamedTuple):
    """Letters `start` to `end` of a text."""

    start: int
    end: int


def highlight(text: str, words: Iterable[Word]) -> tuple[Segment, ...]:
    """The whole text in segments; neighbouring matches are one."""
    text = analysis.normalise(text)
    return _segments(text, spans(text, words), 0, len(text))


def snippet(text: str, words: Iterable[Word], length: int = SNIPPET_LETTERS) -> tuple[Segment, ...]:
    """About `length` letters of a Markdown text without its marks, where most of the words are; the beginning
    when there are none. An ellipsis tells that something was left out."""
    text = plain(text)
    found = spans(text, words)
    start, end = _window(text, found, length)
    segments = list(_segments(text, found, start, end))
    if start > 0:
        segments.insert(0, Segment("… ", False))
    if end < len(text):
        segments.append(Segment(" …", False))
    return tuple(segments)


def plain(markdown: str) -> str:
    """The words of a Markdown text on one line, cut where nobody reads on."""
    text = analysis.normalise(markdown[:_READ_LETTERS])
    return " ".join(_MARKUP.sub(" ", _LINK.sub(r"\1", text)).split())


def spans(text: str, words: Iterable[Word]) -> list[Span]:
    """Where an NFC text has one of the words, in order. A word typed with diacritics is shown where it stands
    so, and only if it stands so nowhere, where it stands without them or with others."""
    wanted = tuple(words)
    found = analysis.syllables(text)
    candidates = [*found, *(syllable for _, syllable in analysis.joined(text, found))]
    matched: set[Span] = set()
    for word in wanted:
        folded = [each for each in candidates if each.folded == word.folded]
        exact = [each for each in folded if word.exact and each.exact == word.exact]
        matched.update(Span(each.start, each.end) for each in exact or folded)
    return _joined(text, sorted(matched))


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


def mentions(text: str, words: Iterable[Word]) -> bool:
    """Whether a text has any of the words, with or without diacritics."""
    wanted = {word.folded for word in words}
    if not wanted:
        return False
    text = analysis.normalise(text[:_READ_LETTERS])
    found = analysis.syllables(text)
    return any(each.folded in wanted for each in found) or any(
        each.folded in wanted for _, each in analysis.joined(text, found)
    )
