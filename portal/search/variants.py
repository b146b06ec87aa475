"""Other questions for one that found nothing, each tried: it finds something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from portal.search import repair
from portal.search.engines.base import Reader
from portal.search.knowledge import Knowledge
from portal.search.query import Query
from portal.search.tokens import Token, Typed, take_apart
from portal.search.understanding import Understanding, understand

SHOWN = 4
# Questions of a kind tried at most: each costs a search.
_TRIED = 6
# And syllables in those questions: who typed many unknown words must not wait for all of their readings.
_READ = 24


def variants(typed: str, understood: Understanding, engine: Reader) -> tuple[str, ...]:
    """What may be asked instead, the nearest first; nothing where the words as typed find something."""
    if not understood.tokens or _finds(understood.query, engine):
        return ()
    knowledge = engine.knowledge()
    for candidates in (_respelt(take_apart(typed), knowledge), _shorter(understood.query)):
        found = [
            text for text in _affordable(candidates) if _finds(understand(text, knowledge).query, engine)
        ]
        if found:
            return tuple(found[:SHOWN])
    return ()


def _affordable(candidates: Iterable[str]) -> Iterator[str]:
    left = _READ
    for text in islice(dict.fromkeys(candidates), _TRIED):
        left -= len(text.split())
        if left < 0:
            return
        yield text


def _respelt(parts: Typed, knowledge: Knowledge) -> Iterator[str]:
    """The same words with nothing required or forbidden, then in another spelling."""
    if parts.phrases or parts.excluded:
        yield _text(parts.tokens)
    for place, token in enumerate(parts.tokens):
        if token.word.exact is None and repair.is_unknown(token, knowledge):
            for near in repair.nearest(token, knowledge):
                yield _text([*parts.tokens[:place], Token(token.word, near), *parts.tokens[place + 1 :]])


def _shorter(query: Query) -> Iterator[str]:
    """The things asked for one by one, the longest first."""
    things = {each.typed: len(each.alternatives[0].words) for each in query.concepts if each.weight == 1}
    if len(things) > 1:
        # A syllable by itself is hardly ever a question.
        yield from sorted((text for text, size in things.items() if size > 1), key=lambda text: -things[text])


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(token.typed for token in tokens if token.typed)


def _finds(query: Query, engine: Reader) -> bool:
    answer = engine.search(query, filters={}, sort="relevance", start=0, size=1, facets=())
    return answer.total > 0
