"""Suggestions while somebody types."""

from __future__ import annotations

from flask import Response, request
from flask_smorest import Blueprint

from portal.api.v1 import parameters
from portal.api.v1.answers import form, respond
from portal.api.v1.describing import describes
from portal.api.v1.lists import SuggestionList
from portal.exchange.v1_parts import Form
from portal.exchange.values import JsonObject, JsonValue
from portal.http import answers, context
from portal.search.prefix import MAX_LETTERS
from portal.search.suggest import MAX_SHOWN, SHOWN, Suggestion, suggest

blueprint = Blueprint(
    "suggestions", __name__, url_prefix="/api/v1", description="Completion of what is typed."
)

# Long enough for somebody who types, deletes and types again; what was withdrawn is not offered for longer.
KEPT_SECONDS = 10


@describes(blueprint, "/suggest", answer=SuggestionList, parameters=parameters.SUGGEST)
def list_suggestions() -> Response:
    """What a beginning may be meant to become

    Titles, agencies, themes, places (former ones too) and names of columns that from one of their syllables
    on begin with `q`, diacritics or not; typed diacritics go first.
    """
    shape, settings = form(), context.portal().settings
    limit = parameters.number("limit", default=SHOWN, minimum=1, maximum=MAX_SHOWN)
    found = suggest(
        request.args.get("q", "")[: 2 * MAX_LETTERS],
        engine=context.portal().search,
        session=context.session(),
        language=shape.language,
        limit=limit,
        hide_illustrative=settings.hide_illustrative,
    )
    if not found.generation:
        answers.degraded()
    items: list[JsonValue] = [_item(each, shape) for each in found.entries]
    return respond({"items": items, "generation": found.generation}, seconds=KEPT_SECONDS)


def _item(entry: Suggestion, shape: Form) -> JsonObject:
    return {
        "text": entry.text,
        "language": entry.language,
        "kind": entry.kind,
        "url": shape.link(entry.target),
        "marks": [list(each) for each in entry.marks],
        "also": entry.also,
        "datasets": entry.datasets,
        "is_former": entry.is_former,
        "illustrative": entry.is_illustrative,
    }
