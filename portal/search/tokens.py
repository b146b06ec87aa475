"""What was typed, taken apart: syllables with what they stand in ("quoted", -excluded), before any meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.search import analysis
from portal.search.analysis import Syllable
from portal.search.query import Phrase, Scope, Word
from portal.text import Language, clean_line, fold

MAX_LETTERS = 200
MAX_SYLLABLES = 12
MAX_EXCLUDED = 4

# What stands before a colon: cột, column; tệp, file. Told apart by their first letter.
_SCOPES: dict[str, Scope] = {"c": "column", "t": "file", "f": "file"}
SCOPE_NAMES: dict[Scope, dict[Language, str]] = {
    "column": {"vi": "cột", "en": "column"},
    "file": {"vi": "tệp", "en": "file"},
}
# The parts of what was typed: -"a phrase", "a phrase", -word, word, column:word, column: "a phrase".
_PART = re.compile(
    r"(?P<minus>(?<!\S)-)?(?:(?:(?<!\S)|(?<=-))(?P<scope>c[ộo]t|columns?|t[ệe]p|files?):\s?)?"
    r'(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))',
    re.IGNORECASE,
)
_QUOTES = str.maketrans("“”„«»", '"""""')


@dataclass(frozen=True, slots=True)
class Token:
    """One syllable. `joined` is a form that it begins (Wi-Fi: wifi). Quoted tokens are taken as they stand.
    `typed` is what stood there before a repair; several tokens of one word typed have it in the first."""

    word: Word
    typed: str
    joined: Word | None = None
    is_quoted: bool = False
    is_repaired: bool = False
    scope: Scope = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """A query taken apart. `phrases` are required, `excluded` forbidden."""

    tokens: tuple[Token, ...]
    phrases: tuple[Phrase, ...]
    excluded: tuple[Phrase, ...]

    @property
    def has_diacritics(self) -> bool:
        """Whether any syllable was typed with its diacritics."""
        return any(token.word.exact for token in self.tokens)


def take_apart(typed: str) -> Typed:
    """The parts of a text of any length and content; what is over the limits is left out."""
    text = clean_line(typed[: 4 * MAX_LETTERS])[:MAX_LETTERS].translate(_QUOTES)
    tokens: list[Token] = []
    phrases: list[Phrase] = []
    excluded: list[Phrase] = []
    for part in _PART.finditer(text):
        scope = _SCOPES[fold(part["scope"])[0]] if part["scope"] else ""
        is_quoted = part["quoted"] is not None or scope != ""
        typed = part["quoted"] if part["quoted"] is not None else part["plain"]
        found = _tokens(typed, is_quoted=is_quoted, scope=scope)
        phrase = Phrase(tuple(token.word for token in found), scope)
        if part["minus"]:
            excluded.append(phrase)
            continue
        tokens.extend(found)
        if is_quoted and found:
            phrases.append(phrase)
    return Typed(
        tokens=tuple(tokens[:MAX_SYLLABLES]),
        phrases=tuple(_within_limit(phrases)),
        excluded=tuple(phrase for phrase in excluded if phrase.words)[:MAX_EXCLUDED],
    )


def word_of(syllable: Syllable) -> Word:
    """A syllable as it is looked for."""
    return Word(syllable.folded, syllable.exact if syllable.exact != syllable.folded else None)


def quoted(words: Sequence[str], scope: Scope = "", language: Language = "vi") -> str:
    """Words as a required phrase is typed."""
    lead = f"{SCOPE_NAMES[scope][language]}:" if scope else ""
    return f'{lead}"{" ".join(words)}"'


def _tokens(text: str, *, is_quoted: bool, scope: Scope) -> list[Token]:
    found = analysis.syllables(text)[:MAX_SYLLABLES]
    joined = dict(analysis.joined(text, found))
    return [
        Token(
            word_of(syllable),
            text[syllable.start : syllable.end],
            joined=word_of(joined[position]) if position in joined else None,
            is_quoted=is_quoted,
            scope=scope,
        )
        for position, syllable in enumerate(found)
    ]


def _within_limit(phrases: Sequence[Phrase]) -> list[Phrase]:
    kept, left = [], MAX_SYLLABLES
    for phrase in phrases:
        if left <= 0:
            break
        kept.append(Phrase(phrase.words[:left], phrase.scope))
        left -= len(phrase.words)
    return kept
