"""How a mended query is written for people: syllables with the diacritics that titles give them most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from portal.search import analysis
from portal.search.tokens import Token, quoted
from portal.search.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Correction:
    """`shown` was looked for in place of what was typed; `literal` is the query that looks for just that."""

    shown: str
    literal: str


def correction(understood: Understanding, titles: Sequence[str]) -> Correction | None:
    """What was repaired, if anything; `titles` are those of the results."""
    if not understood.literal:
        return None
    return Correction(_written(understood.tokens, {}, titles), understood.literal)


def suggestions(understood: Understanding, titles: Sequence[str]) -> tuple[str, ...]:
    """What may have been meant instead of what was looked for."""
    if not understood.doubts:
        return ()
    return (_written(understood.tokens, understood.doubts, titles),)


def _written(tokens: Sequence[Token], doubts: Mapping[int, str], titles: Sequence[str]) -> str:
    """The tokens as text; those that were quoted stay so."""
    folded = [doubts.get(place, token.word.folded) for place, token in enumerate(tokens)]
    texts = [
        _with_diacritics(folded, place, token, titles)
        if token.is_repaired or place in doubts
        else token.typed
        for place, token in enumerate(tokens)
    ]
    pieces = []
    together = groupby(zip(tokens, texts, strict=True), key=lambda pair: (pair[0].is_quoted, pair[0].scope))
    for (is_quoted, scope), group in together:
        words = [text for _, text in group]
        pieces.append(quoted(words, scope) if is_quoted else " ".join(words))
    return " ".join(pieces)


def _with_diacritics(folded: Sequence[str], place: int, token: Token, titles: Sequence[str]) -> str:
    if token.word.exact:
        return token.word.exact
    before = folded[place - 1] if place else ""
    after = folded[place + 1] if place + 1 < len(folded) else ""
    seen: Counter[str] = Counter()
    for title in titles:
        text = analysis.normalise(title)
        found = analysis.syllables(text)
        for at, each in enumerate(found):
            if each.folded == folded[place]:
                beside = (at > 0 and found[at - 1].folded == before) or (
                    at + 1 < len(found) and found[at + 1].folded == after
                )
                seen[text[each.start : each.end]] += 10 if beside else 1
    return seen.most_common(1)[0][0] if seen else folded[place]
