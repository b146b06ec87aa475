"""The audit trail, for administrators."""

from __future__ import annotations

from flask import Response, request
from flask_smorest import Blueprint

from portal.api.v1 import parameters
from portal.api.v1.answers import CURSOR_START, read_cursor, write_cursor
from portal.api.v1.describing import describes_private
from portal.api.v1.private_forms import AuditList, audit_entry
from portal.catalog.audit import entries
from portal.catalog.policies import require_administrator
from portal.exchange.values import JsonValue
from portal.http import actor, context
from portal.http.preconditions import answer

blueprint = Blueprint("audit", __name__, url_prefix="/api/v1", description="Who wrote what.")

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000
_FILTERS = {
    "kind": "Only rows of this kind: dataset, agency, concept, series, word, person, membership, token.",
    "key": "Only the row with this key.",
    "actor": "Only what this person (an e-mail address) or `system` wrote.",
}


@describes_private(
    blueprint,
    "/audit",
    answer=AuditList,
    parameters=[
        *(parameters.filter_by(name, text) for name, text in _FILTERS.items()),
        *parameters.listing("Entries", DEFAULT_LIMIT, MAX_LIMIT),
        parameters.LANG,
    ],
)
def list_audit() -> Response:
    """Every write, newest first

    `before` and `after` hold the changed columns; those of a dataset its versions, which its revisions tell.
    """
    parameters.language()
    require_administrator(actor.required())
    limit = parameters.number("limit", default=DEFAULT_LIMIT, minimum=1, maximum=MAX_LIMIT)
    wanted = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    filters = {name: (value,) for name, value in wanted.items()}
    before_id = read_cursor(request.args.get("cursor", CURSOR_START), filters) or None
    found = entries(context.session(), before_id=before_id, limit=limit + 1, **wanted)
    items: list[JsonValue] = [audit_entry(each) for each in found[:limit]]
    cursor = write_cursor(found[limit - 1].id, filters) if len(found) > limit else None
    return answer({"items": items, "next_cursor": cursor})
