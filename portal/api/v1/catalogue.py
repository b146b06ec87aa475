"""The catalogue as a whole: what it is, what changed in it, and the description of this API."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from portal import links
from portal.api.v1 import parameters
from portal.api.v1.answers import form, respond, same_list
from portal.api.v1.describing import describes
from portal.api.v1.lists import CatalogueForm, ChangeList
from portal.catalog import public_queries, queries
from portal.catalog.changes import catalogue_version
from portal.catalog.models import Vocabulary
from portal.exchange import v1_parts
from portal.exchange.v1_parts import Form
from portal.exchange.values import JsonObject, JsonValue
from portal.http import answers, context
from portal.http.specification import specification
from portal.text import LANGUAGES, LocalizedText

blueprint = Blueprint("catalogue", __name__, url_prefix="/api/v1", description="The catalogue as a whole.")

NAME = LocalizedText("Cổng dữ liệu mở thành phố Đà Nẵng", "Da Nang Open Data Portal")


@describes(blueprint, "/catalogue", answer=CatalogueForm, parameters=[parameters.LANG])
def show_catalogue() -> Response:
    """Name, version and size of the catalogue"""
    shape, session = form(), context.session()
    version = catalogue_version(session)
    epoch, _, newest = version.rpartition("-")
    document: JsonObject = {
        **shape.text("title", NAME),
        "version": version,
        "epoch": epoch,
        "newest_change_id": int(newest),
        "counts": {
            "datasets": queries.published_count(
                session, hide_illustrative=context.portal().settings.hide_illustrative
            ),
            "agencies": len(queries.agencies(session)),
            "themes": len(queries.concepts(session, Vocabulary.THEME)),
            "places": len(queries.places(session, current_only=True)),
        },
        "languages": list(LANGUAGES),
        "links": _links(shape),
    }
    return respond(document)


@describes(blueprint, "/changes", answer=ChangeList, parameters=parameters.CHANGES)
def list_changes() -> Response:
    """What changed since you last asked

    Keep `next_since` and `epoch`; ask again with `since`. Another `epoch` means that the catalogue was
    restored from a backup: read it whole again.
    """
    shape, session = form(), context.session()
    since = parameters.number("since", default=0, minimum=0)
    limit = parameters.number(
        "limit", default=parameters.DEFAULT_CHANGES, minimum=1, maximum=parameters.MAX_CHANGES
    )
    epoch, _, newest = catalogue_version(session).rpartition("-")
    found = public_queries.public_changes(
        session, since, limit=limit + 1, hide_illustrative=context.portal().settings.hide_illustrative
    )
    items: list[JsonValue] = [v1_parts.change(each, shape) for each in found[:limit]]
    has_more = len(found) > limit
    # Without more to come, the changes that the reader may not see are passed over too.
    next_since = found[limit - 1].id if has_more else max(since, int(newest))
    document: JsonObject = {
        "items": items,
        "since": since,
        "newest_id": int(newest),
        "next_since": next_since,
        "has_more": has_more,
        "epoch": epoch,
    }
    pages = {"next": same_list("limit", "lang", since=next_since)} if has_more else None
    return respond(document, pages=pages)


@describes(blueprint, "/openapi.json", answer=None, parameters=[])
def show_openapi() -> Response:
    """The description of this API (OpenAPI 3.1)"""
    return answers.public(Response(specification(), mimetype="application/json"))


def _links(shape: Form) -> JsonObject:
    return {
        "self": shape.link(links.api("catalogue")),
        "datasets": shape.link(links.api("datasets")),
        "agencies": shape.link(links.api("agencies")),
        "places": shape.link(links.api("places")),
        "changes": shape.link(links.api("changes")),
        "description": shape.link(links.api("openapi.json")),
        **{f"page_{each}": shape.link(links.page("home", each)) for each in LANGUAGES},
        **{
            f"concepts_{each.value.replace('-', '_')}": shape.link(links.api("concepts", each.value))
            for each in Vocabulary
        },
    }
