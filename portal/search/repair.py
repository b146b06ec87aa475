"""Mending what was typed: keyboards left off, place names, slips of the keys, words run together.

Only syllables that neither the index nor the tables know are replaced. Each step runs after the phrases of
the tables were found, because a repair that comes first destroys what the tables would have understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from portal.search import analysis
from portal.search.keyboards import decode, is_possible, is_possible_bare
from portal.search.knowledge import Knowledge
from portal.search.query import Word
from portal.search.tokens import Token
from portal.search.words import Key

_SHORTEST_SLIP = 3
_LONG = 6
# Spellings offered for one syllable.
_OFFERED = 2
_SHORTEST_ALONE = 4
# How often a pair must stand in the index before a known syllable is doubted for its sake.
_SEEN_OFTEN = 2

Step = Callable[[Sequence[Token], Sequence[bool], Knowledge], list[Token]]
"""Tokens, which of them belong to a phrase of several already, and what is known: the tokens mended."""


def is_unknown(token: Token, knowledge: Knowledge) -> bool:
    """Whether neither index nor tables have a syllable; numbers and quoted words are as they are."""
    folded = token.word.folded
    if token.is_quoted or folded.isdigit() or token.joined or knowledge.glossary.is_known(folded):
        return False
    return knowledge.terms.count(folded) == 0


def is_strange(token: Token, before: str | None, after: str | None, knowledge: Knowledge) -> bool:
    """Whether a syllable, though it occurs without its diacritics, occurs with them nowhere, and never beside
    its neighbours: the vện of bệnh vện."""
    exact = token.word.exact
    if exact is None or token.is_quoted or token.is_repaired or (before is None and after is None):
        return False
    if knowledge.glossary.is_known_exactly(exact) or knowledge.terms.exact_count(exact):
        return False
    return not _pairs(token.word.folded, before, after, knowledge)


def keyboards(tokens: Sequence[Token], taken: Sequence[bool], knowledge: Knowledge) -> list[Token]:
    """Telex and VNI left undecoded: accepted when the index or the tables know what comes out."""
    mended = []
    for token, is_taken in zip(tokens, taken, strict=True):
        exact = decode(token.typed) if not is_taken and is_unknown(token, knowledge) else None
        folded = analysis.forms(exact)[0] if exact else ""
        if exact and (knowledge.terms.count(folded) or knowledge.glossary.is_known(folded)):
            token = replace(token, word=Word(folded, exact if exact != folded else None), is_repaired=True)
        mended.append(token)
    return mended


def names(tokens: Sequence[Token], taken: Sequence[bool], knowledge: Knowledge) -> list[Token]:
    """Place names with one slip in one syllable, when exactly one name is so near."""
    mended = list(tokens)
    free = [not is_taken and not token.is_quoted for token, is_taken in zip(tokens, taken, strict=True)]
    for length in (4, 3, 2):
        for start in range(len(tokens) - length + 1):
            span = range(start, start + length)
            name = (
                _name_near([mended[place] for place in span], knowledge)
                if all(free[p] for p in span)
                else None
            )
            if name:
                for place, folded in zip(span, name, strict=True):
                    mended[place], free[place] = _replaced(mended[place], folded), False
    return mended


def slips(tokens: Sequence[Token], taken: Sequence[bool], knowledge: Knowledge) -> list[Token]:
    """Unknown syllables replaced by the likeliest known one near by, or parted in two known ones."""
    mended: list[Token] = []
    for place, (token, is_taken) in enumerate(zip(tokens, taken, strict=True)):
        before = mended[-1].word.folded if mended else None
        after = tokens[place + 1].word.folded if place + 1 < len(tokens) else None
        if is_taken:
            mended.append(token)
        elif is_unknown(token, knowledge):
            mended += _parted(token, knowledge) or [_mended(token, before, after, knowledge)]
        elif is_strange(token, before, after, knowledge):
            meant = _seen_with(token.word.folded, before, after, knowledge)
            mended.append(_replaced(token, meant) if meant else token)
        else:
            mended.append(token)
    return mended


STEPS: tuple[Step, ...] = (keyboards, names, slips)


def doubted(tokens: Sequence[Token], place: int, knowledge: Knowledge) -> str | None:
    """What a known but rare syllable was probably meant to be: its pairs with both neighbours are unseen and
    those of the other are common."""
    token, terms = tokens[place], knowledge.terms
    folded = token.word.folded
    if token.is_quoted or token.is_repaired or token.joined or not _may_slip(folded):
        return None
    before = tokens[place - 1].word.folded if place else None
    after = tokens[place + 1].word.folded if place + 1 < len(tokens) else None
    if (before is None and after is None) or _pairs(folded, before, after, knowledge):
        return None
    meant = _seen_with(folded, before, after, knowledge)
    return meant if meant and _pairs(meant, before, after, knowledge) >= terms.count(folded) else None


def _seen_with(folded: str, before: str | None, after: str | None, knowledge: Knowledge) -> str | None:
    """The syllable one slip away that stands beside the neighbours most often, if it does so at all often."""
    near = _candidates(folded, 1, knowledge) if _may_slip(folded) else ()
    best = max(near, key=lambda each: (_pairs(each, before, after, knowledge), each), default=None)
    return best if best and _pairs(best, before, after, knowledge) >= _SEEN_OFTEN else None


def _name_near(span: Sequence[Token], knowledge: Knowledge) -> Key | None:
    key = tuple(token.word.folded for token in span)
    if any(len(syllable) < 2 or not syllable.isalpha() for syllable in key):
        return None
    found: set[Key] = set()
    for place, syllable in enumerate(key):
        for name in knowledge.glossary.names.get((key[:place], key[place + 1 :]), ()):
            if analysis.distance(syllable, name[place], 1) == 1:
                found.add(name)
    if len(found) != 1 or all(knowledge.terms.pair_count(a, b) for a, b in pairwise(key)):
        return None
    return found.pop()


def _parted(token: Token, knowledge: Knowledge) -> list[Token] | None:
    """xebuyt as xe buyt: the two that stand together most often, if any do."""
    letters, terms = token.word.folded, knowledge.terms
    if token.word.exact or not letters.isalpha() or len(letters) < _SHORTEST_ALONE:
        return None
    halves = [(letters[:cut], letters[cut:]) for cut in range(2, len(letters) - 1)]
    best = max(halves, key=lambda pair: terms.pair_count(*pair), default=None)
    if best is None or terms.pair_count(*best) < _SEEN_OFTEN:
        return None
    first, second = best
    return [
        replace(token, word=Word(first), is_repaired=True),
        replace(token, word=Word(second), typed="", is_repaired=True),
    ]


def _mended(token: Token, before: str | None, after: str | None, knowledge: Knowledge) -> Token:
    folded, terms = token.word.folded, knowledge.terms
    if not _may_slip(folded):
        return token
    near = _candidates(folded, 2 if len(folded) >= _LONG else 1, knowledge)
    if token.word.exact and is_possible(token.word.exact):
        # Typed with care and well formed: rather a word that nobody published about than another word.
        near = {each for each in near if each[0] == folded[0]}
    has_neighbours = before is not None or after is not None

    def likelihood(each: str) -> tuple[bool, int, bool, int, str]:
        fits = _fits(each, before, after, knowledge)
        slip = analysis.distance(folded, each)
        often = _pairs(each, before, after, knowledge) + terms.count(each)
        return fits, -slip, each[0] == folded[0], often, each

    best = max(near, key=likelihood, default=None)
    if best is None:
        return token
    if has_neighbours and not _fits(best, before, after, knowledge):
        # Beside bão, Noru is a name that nobody published about, and no slip for what never stands there.
        beside_known = any(each and terms.count(each) for each in (before, after))
        if beside_known or len(folded) < _SHORTEST_ALONE or is_possible_bare(folded):
            return token
    return _replaced(token, best)


def nearest(token: Token, knowledge: Knowledge) -> list[str]:
    """Known syllables that may have been meant, the likeliest first, wherever they stand."""
    folded = token.word.folded
    near = _candidates(folded, 2 if len(folded) >= _LONG else 1, knowledge) if _may_slip(folded) else ()
    often = knowledge.terms.count
    known = (each for each in near if often(each))
    return sorted(known, key=lambda each: (analysis.distance(folded, each), -often(each), each))[:_OFFERED]


def _candidates(folded: str, limit: int, knowledge: Knowledge) -> set[str]:
    forms: Iterable[str] = analysis.shortened(folded)
    near = {each for form in forms for each in knowledge.glossary.shortened.get(form, ())}
    near.update(knowledge.terms.near(folded))
    return {each for each in near if 0 < analysis.distance(folded, each, limit) <= limit}


def _pairs(folded: str, before: str | None, after: str | None, knowledge: Knowledge) -> int:
    terms = knowledge.terms
    return (terms.pair_count(before, folded) if before else 0) + (
        terms.pair_count(folded, after) if after else 0
    )


def _fits(folded: str, before: str | None, after: str | None, knowledge: Knowledge) -> bool:
    """Whether a syllable is known beside one of its neighbours, from the index or from the tables."""
    beside = {(before, folded), (folded, after)}
    return bool(_pairs(folded, before, after, knowledge)) or not beside.isdisjoint(knowledge.glossary.pairs)


def _may_slip(folded: str) -> bool:
    return len(folded) >= _SHORTEST_SLIP and folded.isascii() and folded.isalpha()


def _replaced(token: Token, folded: str) -> Token:
    return token if token.word.folded == folded else replace(token, word=Word(folded), is_repaired=True)
