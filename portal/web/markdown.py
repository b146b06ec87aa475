"""Descriptions: Markdown to sanitised HTML, and to a plain excerpt."""

from __future__ import annotations

from collections.abc import Iterator
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
# Longer descriptions are cut before parsing: no reader needs more, and parsing must stay cheap.
MAX_CHARACTERS = 50_000


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # Markup in the source is shown as typed; pictures would be fetched from foreign hosts.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    return parser.disable("image")


def render(source: str) -> Markup:
    """Sanitised HTML. Every heading is an h3, since it stands under the h2 of its section."""
    parser = _parser()
    tokens = parser.parse(source[:MAX_CHARACTERS])
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
    words = next(_paragraphs(_parser().parse(source[: max_characters * 20])), "")
    text = " ".join(words.split())
    if len(text) <= max_characters:
        return text
    return text[: max_characters + 1].rpartition(" ")[0].rstrip(" ,;:.-–") + "…"


def _paragraphs(tokens: list[Token]) -> Iterator[str]:
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open" and token.type == "inline":
            yield "".join(_inline(token.children or []))


def _inline(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        yield " " if token.type in ("softbreak", "hardbreak") else token.content
