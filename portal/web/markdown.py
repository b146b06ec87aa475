"""Descriptions: Markdown to sanitised HTML, and to a plain excerpt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
# What a lead can say without loss; a link, for one, must stay a link.
_PLAIN = {"text", "softbreak", "strong_open", "strong_close", "em_open", "em_close"}
# Longer descriptions are cut before parsing: no reader needs more, and parsing must stay cheap.
MAX_CHARACTERS = 50_000


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # Markup in the source is shown as typed; pictures would be fetched from foreign hosts.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    return parser.disable("image")


@dataclass(frozen=True, slots=True)
class Description:
    """A description in two parts: a plain `lead`, and as HTML what the lead leaves out or cuts short."""

    lead: str
    html: Markup


def describe(source: str, lead_characters: int) -> Description:
    """The first paragraph as lead; all of it again below only when the lead lost something of it."""
    tokens = _parser().parse(source[:MAX_CHARACTERS])
    lead = _cut(next(_paragraphs(tokens, deepest=0), ""), lead_characters)
    opening = tokens[:3]
    is_whole = (
        len(opening) == 3
        and opening[0].type == "paragraph_open"
        and all(each.type in _PLAIN for each in opening[1].children or [])
        and not lead.endswith("…")
    )
    return Description(lead, _html(tokens[3:] if is_whole else tokens))


def render(source: str) -> Markup:
    """Sanitised HTML. Every heading is an h3, since it stands under the h2 of its section."""
    return _html(_parser().parse(source[:MAX_CHARACTERS]))


def _html(tokens: list[Token]) -> Markup:
    parser = _parser()
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3"
    html = parser.renderer.render(tokens, parser.options, {})
    return Markup(
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel="nofollow noopener ugc",
        )
    )


def excerpt(source: str, max_characters: int = 220) -> str:
    """Plain text of the first paragraph, cut at a word's end; escape it like any other text."""
    tokens = _parser().parse(source[: max_characters * 20])
    return _cut(next(_paragraphs(tokens), ""), max_characters)


def _cut(text: str, max_characters: int) -> str:
    text = " ".join(text.split())
    if len(text) <= max_characters:
        return text
    return text[: max_characters + 1].rpartition(" ")[0].rstrip(" ,;:.-–") + "…"


def _paragraphs(tokens: list[Token], *, deepest: int = 9) -> Iterator[str]:
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open" and before.level <= deepest:
            yield "".join(_inline(token.children or []))


def _inline(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        yield " " if token.type in ("softbreak", "hardbreak") else token.content
