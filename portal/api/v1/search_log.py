"""What people search for and do not find, for administrators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import fields

from portal.api.v1 import parameters, shapes
from portal.api.v1.describing import describes_private
from portal.api.v1.parameters import ParameterInvalid
from portal.catalog.policies import require_administrator
from portal.clock import city_date
from portal.exchange.values import JsonObject, JsonValue, day
from portal.http import actor, context
from portal.http.preconditions import answer
from portal.http.search_log import search_log
from portal.statistics.query_log import LISTS, List, QueryReport
from portal.text import LANGUAGES, Language, LocalizedText

blueprint = Blueprint("search_log", __name__, url_prefix="/api/v1", description="What is searched for.")

DEFAULT_DAYS = 30
MAX_DAYS = 3650
DEFAULT_LIMIT = 100
MAX_LIMIT = 1000
# A query that one person typed once may be about that person.
AT_LEAST = 2


class QueryForm(shapes.Shape):
    """A query over all days asked for, in lower case. `mean_rank`: the place of the opened results, 1 for the
    first."""

    query = shapes.text(null=False)
    query_language = fields.String(required=True)
    searches = shapes.whole()
    zero_results = shapes.whole()
    relaxed = shapes.whole()
    repaired = shapes.whole()
    clicks = shapes.whole()
    mean_rank = shapes.number()
    last_day = shapes.day()


class QueryList(shapes.Shape):
    """Queries since a day."""

    since = shapes.day()
    items = shapes.many(QueryForm)


def _parameter(name: str, description: str, **schema: Any) -> parameters.Parameter:
    return {"in": "query", "name": name, "description": description, "schema": schema}


@describes_private(
    blueprint,
    "/search-log",
    answer=QueryList,
    parameters=[
        _parameter(
            "list", "Which queries, the worst first.", type="string", enum=list(LISTS), default=LISTS[0]
        ),
        _parameter("days", "Of so many days, today among them.", type="integer", default=DEFAULT_DAYS),
        _parameter("at_least", "Asked at least so often.", type="integer", default=AT_LEAST),
        _parameter("language", "Asked on pages in this language.", type="string", enum=list(LANGUAGES)),
        _parameter("limit", "Queries in the answer.", type="integer", default=DEFAULT_LIMIT),
        parameters.LANG,
    ],
)
def list_queries() -> Response:
    """What was searched for without success

    `zero-results`: nothing was found; `low-clicks`: something was found and nothing of it opened; `searches`:
    everything, the commonest first. Counted by day, a few seconds behind; of nobody in particular.
    """
    parameters.language()
    require_administrator(actor.required())
    days = parameters.number("days", default=DEFAULT_DAYS, minimum=1, maximum=MAX_DAYS)
    since = city_date(context.portal().clock()) - timedelta(days=days - 1)
    found = search_log(current_app).log.report(
        _list(),
        since=since,
        limit=parameters.number("limit", default=DEFAULT_LIMIT, minimum=1, maximum=MAX_LIMIT),
        at_least=parameters.number("at_least", default=AT_LEAST, minimum=1),
        language=_language(),
    )
    items: list[JsonValue] = [_item(each) for each in found]
    return answer({"since": day(since), "items": items})


def _list() -> List:
    wanted = request.args.get("list", LISTS[0])
    for each in LISTS:
        if each == wanted:
            return each
    raise _only_one_of("list", LISTS)


def _language() -> Language | None:
    wanted = request.args.get("language")
    for each in LANGUAGES:
        if each == wanted:
            return each
    if wanted:
        raise _only_one_of("language", LANGUAGES)
    return None


def _only_one_of(name: str, values: tuple[str, ...]) -> ParameterInvalid:
    rule = LocalizedText(f"Chỉ nhận một trong: {', '.join(values)}.", f"Must be one of: {', '.join(values)}.")
    return ParameterInvalid(fields={name: rule})


def _item(report: QueryReport) -> JsonObject:
    return {
        "query": report.query,
        "query_language": report.language,
        "searches": report.counts.searches,
        "zero_results": report.counts.zero_results,
        "relaxed": report.counts.relaxed,
        "repaired": report.counts.repaired,
        "clicks": report.counts.clicks,
        "mean_rank": report.mean_rank,
        "last_day": day(report.last_day),
    }
