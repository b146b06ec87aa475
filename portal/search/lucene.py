"""The part of Lucene's query language that clients of CKAN use, parsed into our own conditions.

`title:"a b"`, `+a -b`, AND, OR, NOT, && || !, parentheses, `field:(a OR b)`, wildcards, `[a TO b]`, `{a TO b}`,
escapes. Words side by side must all hold. Boosts and fuzziness are read and change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from portal.errors import Invalid
from portal.search.clauses import (
    ANY_LETTER,
    EVERYTHING,
    AllOf,
    AnyOf,
    Between,
    Clause,
    Match,
    Not,
    Present,
    Words,
)
from portal.text import LocalizedText

MAX_LETTERS = 8_000
MAX_CLAUSES = 300
MAX_DEPTH = 25
# A wildcard among free words is looked for where short values are.
_WILD_FIELDS = ("title", "tags", "name")

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<open>\() | (?P<close>\))
    | (?P<and>AND(?=[\s(]|$)|&&) | (?P<or>OR(?=[\s(]|$)|\|\|) | (?P<not>NOT(?=[\s(]|$)|!)
    | (?P<plus>\+) | (?P<minus>-)
    | (?P<field>[\w.]+):(?P<bare_field>)
    | "(?P<quoted>(?:[^"\\]|\\.)*)"(?:~[\d.]*)?(?:\^[\d.]*)?
    | (?P<range>[\[{]\s*(?P<low>"[^"]*"|[^\s"\]}]+)\s+TO\s+(?P<high>"[^"]*"|[^\s"\]}]+)\s*[\]}])(?:\^[\d.]*)?
    | (?P<term>(?:[^\s()"\[\]{}\\^~]|\\.)+)(?:~[\d.]*)?(?:\^[\d.]*)?
    | (?P<suffix>[~^][\d.]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class QueryNotUnderstood(Invalid):
    """A query breaks the rules of its language, or goes beyond the part of it that is offered."""

    message = LocalizedText("Câu truy vấn không đúng cú pháp.", "The query is not well-formed.")


class FieldNotSearchable(Invalid):
    """There is no such field to search in."""

    def __init__(self, name: str) -> None:
        shown = name[:100]
        super().__init__(LocalizedText(f"Không có trường {shown}.", f"undefined field {shown}"))


IsField = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    parts: tuple[str, ...] = ()


def parse(text: str, is_field: IsField, *, lenient: bool = False) -> Clause:
    """The conditions that a query states. `lenient`: words before a colon that name no field are words, as
    when a person types them. Raises QueryNotUnderstood, FieldNotSearchable."""
    if len(text) > MAX_LETTERS:
        raise QueryNotUnderstood(
            LocalizedText(f"Dài quá {MAX_LETTERS} ký tự.", f"Longer than {MAX_LETTERS} characters.")
        )
    if "{!" in text:
        raise QueryNotUnderstood(
            LocalizedText("Không nhận tham số cục bộ {!…}.", "Local parameters ({!...}) are not supported.")
        )
    parser = _Parser(list(_tokens(text, is_field, lenient=lenient)))
    if parser.peek() is None:
        return EVERYTHING
    clause = parser.whole(None)
    if parser.peek() is not None:
        raise QueryNotUnderstood
    return clause


def _tokens(text: str, is_field: IsField, *, lenient: bool) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise QueryNotUnderstood
        kind = next(name for name, value in found.groupdict().items() if value is not None)
        place = found.end()
        if kind == "field":
            yield from _named(found["field"], is_field, lenient=lenient)
        elif kind == "range":
            yield _Token("range", found["range"], (found["low"], found["high"]))
        elif kind not in ("space", "suffix"):
            yield _Token(kind, found[kind])


def _named(name: str, is_field: IsField, *, lenient: bool) -> Iterator[_Token]:
    if is_field(name):
        yield _Token("field", name)
    elif lenient:
        yield _Token("term", name)
    else:
        raise FieldNotSearchable(name)


class _Parser:
    """Recursive descent: or, and, not, then one condition."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0
        self._clauses = 0

    def peek(self) -> _Token | None:
        """The token that comes next."""
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def whole(self, field: str | None) -> Clause:
        """Alternatives until the end, or until a parenthesis closes; `field` is what bare words belong to."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryNotUnderstood
        alternatives = [self._all(field)]
        while self._take("or"):
            alternatives.append(self._all(field))
        self._depth -= 1
        return alternatives[0] if len(alternatives) == 1 else AnyOf(tuple(alternatives))

    def _all(self, field: str | None) -> Clause:
        found: list[Clause] = []
        while (token := self.peek()) is not None and token.kind not in ("or", "close"):
            if found:
                self._take("and")
            found.append(self._one(field))
        if not found:
            raise QueryNotUnderstood
        joined = _joined(found)
        return joined[0] if len(joined) == 1 else AllOf(tuple(joined))

    def _one(self, field: str | None) -> Clause:
        self._clauses += 1
        if self._clauses > MAX_CLAUSES:
            raise QueryNotUnderstood
        self._take("plus")
        is_negated = False
        while self._take("not") or self._take("minus"):
            is_negated = not is_negated
        clause = self._condition(field)
        return Not(clause) if is_negated else clause

    def _condition(self, field: str | None) -> Clause:
        token = self._next()
        match token.kind:
            case "open":
                inner = self.whole(field)
                if not self._take("close"):
                    raise QueryNotUnderstood
                return inner
            case "field":
                return self._of_field(token.text)
            case "quoted":
                return _phrase(field, _plain(token.text))
            case "range":
                return _range(field, token)
            case "term":
                return _term(field, token.text)
        raise QueryNotUnderstood

    def _of_field(self, name: str) -> Clause:
        following = self.peek()
        if following is not None and following.kind in ("minus", "plus"):
            # A value may begin with a sign: `num_tags:-1`.
            self._next()
        if self.peek() is not None and self._tokens[self._place].kind == "field":
            raise QueryNotUnderstood
        value = self._condition(name)
        if following is not None and following.kind == "minus" and isinstance(value, Match):
            return Match(name, (f"-{value.pieces[0]}", *value.pieces[1:]))
        return value

    def _next(self) -> _Token:
        token = self.peek()
        if token is None:
            raise QueryNotUnderstood
        self._place += 1
        return token

    def _take(self, kind: str) -> bool:
        token = self.peek()
        if token is None or token.kind != kind:
            return False
        self._place += 1
        return True


def _joined(clauses: Sequence[Clause]) -> list[Clause]:
    """Free words side by side are one question: syllables alone say little."""
    joined: list[Clause] = []
    for clause in clauses:
        before = joined[-1] if joined else None
        if isinstance(clause, Words) and isinstance(before, Words):
            joined[-1] = Words(f"{before.typed} {clause.typed}")
        else:
            joined.append(clause)
    return joined


def _phrase(field: str | None, text: str) -> Clause:
    if field is None:
        bare = text.replace('"', " ")
        return Words(f'"{bare}"')
    return Match(field, (text,))


def _term(field: str | None, raw: str) -> Clause:
    if field in (None, "*") and raw in ("*", "*:*"):
        return EVERYTHING
    if field is not None and raw == "*":
        return Present(field)
    pieces = _pieces(raw)
    is_wild = len(pieces) > 1 or ANY_LETTER in pieces[0]
    if field is not None:
        return Match(field, pieces)
    if is_wild:
        return AnyOf(tuple(Match(each, pieces) for each in _WILD_FIELDS))
    # A minus that was escaped, or stands inside, excludes nothing.
    return Words(pieces[0].lstrip("-"))


def _pieces(raw: str) -> tuple[str, ...]:
    """A term between its wildcards, escapes taken away."""
    pieces = [""]
    place = 0
    while place < len(raw):
        letter = raw[place]
        if letter == "\\" and place + 1 < len(raw):
            place += 1
            pieces[-1] += raw[place]
        elif letter == "*":
            pieces.append("")
        else:
            pieces[-1] += ANY_LETTER if letter == "?" else letter
        place += 1
    return tuple(pieces)


def _range(field: str | None, token: _Token) -> Clause:
    if field is None:
        raise QueryNotUnderstood
    low, high = (_bound(each) for each in token.parts)
    if low is None and high is None:
        return Present(field)
    return Between(field, low, high, token.text.startswith("["), token.text.endswith("]"))


def _bound(raw: str) -> str | None:
    text = _plain(raw.strip('"'))
    return None if text == "*" else text


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
