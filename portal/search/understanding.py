"""From what a person typed to a query: syllables, "quoted phrases", -exclusions; nothing else is syntax."""

from __future__ import annotations

import re
from itertools import pairwise

from portal.search import analysis
from portal.search.analysis import Syllable
from portal.search.fields import FILLER_WEIGHT
from portal.search.query import Alternative, Concept, Phrase, Query, Word
from portal.text import clean_line

MAX_LETTERS = 200
MAX_SYLLABLES = 12
MAX_EXCLUDED = 4

# Words that name the kind of unit or only bind a sentence: found gladly, required never.
_FILLER_WORDS = (
    "quận huyện phường xã tỉnh thành phố thị trấn "
    "của tại các những cho về và ở trong theo là có được đến từ với "
    "the of in and for to a an on at by"
)
_FILLERS = frozenset(_FILLER_WORDS.split())
_FILLERS_FOLDED = frozenset(analysis.forms(word)[0] for word in _FILLERS)

# The parts of what was typed: -"a phrase", "a phrase", -word, word.
_PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))')


def understand(typed: str) -> Query:
    """The query of a text of any length and content; what is over the limits is left out."""
    text = clean_line(typed[: 4 * MAX_LETTERS])[:MAX_LETTERS].translate(_QUOTES)
    found: list[tuple[Syllable, Concept]] = []
    phrases: list[Phrase] = []
    excluded: list[Phrase] = []
    for part in _PART.finditer(text):
        quoted = part["quoted"]
        start = part.start("plain" if quoted is None else "quoted")
        concepts = _concepts(part["plain"] if quoted is None else quoted, start)
        words = tuple(_word(syllable) for syllable, _ in concepts)
        if part["minus"]:
            excluded.append(Phrase(words))
            continue
        found.extend(concepts)
        if quoted is not None and words:
            phrases.append(Phrase(words))
    found = found[:MAX_SYLLABLES]
    return Query(
        concepts=_weighted([concept for _, concept in found]),
        phrases=tuple(_within_limit(phrases)),
        excluded=tuple(phrase for phrase in excluded if phrase.words)[:MAX_EXCLUDED],
        pairs=tuple(dict.fromkeys((_word(a), _word(b)) for (a, _), (b, _) in pairwise(found))),
    )


_QUOTES = str.maketrans("“”„«»", '"""""')


def _concepts(text: str, offset: int) -> list[tuple[Syllable, Concept]]:
    found = analysis.syllables(text)[:MAX_SYLLABLES]
    joined = dict(analysis.joined(text, found))
    concepts = []
    for position, syllable in enumerate(found):
        alternatives = [Alternative((_word(syllable),))]
        if position in joined:
            alternatives.append(Alternative((_word(joined[position]),)))
        typed = text[syllable.start : syllable.end]
        place = syllable._replace(start=syllable.start + offset, end=syllable.end + offset)
        concepts.append((place, Concept(tuple(alternatives), typed=typed)))
    return concepts


def _word(syllable: Syllable) -> Word:
    return Word(syllable.folded, syllable.exact if syllable.exact != syllable.folded else None)


def _weighted(concepts: list[Concept]) -> tuple[Concept, ...]:
    """Each concept once, fillers light; a query of fillers alone means them."""
    unique = list({concept.alternatives: concept for concept in concepts}.values())
    if all(_is_filler(concept) for concept in unique):
        return tuple(unique)
    return tuple(
        Concept(each.alternatives, FILLER_WEIGHT, each.typed) if _is_filler(each) else each for each in unique
    )


def _is_filler(concept: Concept) -> bool:
    """Chợ is no filler though cho is; typed without diacritics it may be either and counts as one."""
    word = concept.alternatives[0].words[0]
    return word.exact in _FILLERS if word.exact else word.folded in _FILLERS_FOLDED


def _within_limit(phrases: list[Phrase]) -> list[Phrase]:
    kept, left = [], MAX_SYLLABLES
    for phrase in phrases:
        if left <= 0:
            break
        kept.append(Phrase(phrase.words[:left]))
        left -= len(phrase.words)
    return kept
