"""One thing, several documents: 303 to the one that the Accept header prefers, 406 with a list of what exists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Response, redirect, request

from portal import links
from portal.http import context
from portal.http.problems import Problem, answer
from portal.text import LANGUAGES, Language, LocalizedText

_NOT_ACCEPTABLE = LocalizedText(
    "Không có dạng nào đúng với tiêu đề Accept; trường “available” liệt kê các dạng hiện có.",
    "There is no form that the Accept header allows; `available` lists those that exist.",
)


@dataclass(frozen=True, slots=True)
class Document:
    """One form of a thing and its own address."""

    media_type: str
    path: str


def see_document(documents: Sequence[Document]) -> Response:
    """303 to the best of `documents`, which stand in our own order of preference."""
    base_url = context.portal().settings.public_url
    chosen = _preferred(documents)
    if chosen is None:
        available = [
            {"media_type": each.media_type, "url": links.absolute(base_url, each.path)} for each in documents
        ]
        return answer(Problem(406, "not-acceptable", _NOT_ACCEPTABLE, facts={"available": available}))
    # Flask makes its own Response; werkzeug's types promise less.
    response = redirect(links.absolute(base_url, chosen.path), 303)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Link"] = alternates(
        (links.absolute(base_url, each.path), each.media_type) for each in documents
    )
    return response  # type: ignore[return-value]


def page_language() -> Language:
    """The language of a page for people, by Accept-Language."""
    return "en" if request.accept_languages.best_match(LANGUAGES, default="vi") == "en" else "vi"


def alternates(documents: Iterable[tuple[str, str]]) -> str:
    """A Link header that names other forms by full address and media type."""
    return ", ".join(f'<{url}>; rel="alternate"; type="{media_type}"' for url, media_type in documents)


def _preferred(documents: Sequence[Document]) -> Document | None:
    accepted = request.accept_mimetypes
    if not accepted:
        return documents[0]
    best = max(documents, key=lambda each: accepted.quality(each.media_type))
    return best if accepted.quality(best.media_type) > 0 else None
