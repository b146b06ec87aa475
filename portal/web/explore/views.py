"""The addresses of tables: the page, and the same as a frame for other sites."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from portal import links
from portal.catalog.services.datasets import Withdrawn
from portal.catalog.services.tables import TableNotFound, schema_of, visible_table
from portal.catalog.table_queries import FoundTable
from portal.http.answers import degraded, public
from portal.http.context import actor
from portal.http.headers import FRAMEABLE
from portal.http.rows import parquet_of, row_process
from portal.tables.query import RowQuery
from portal.tables.rows import Page
from portal.text import LANGUAGES
from portal.web.context import visit
from portal.web.errors import withdrawn_answer
from portal.web.explore.chart import Ask
from portal.web.explore.page import TablePage, table_page
from portal.web.explore.state import tidied, with_query

Answer = Response | AnyResponse


def table(reference: str) -> Answer:
    """The page of a table."""
    return _answer(reference, "pages/table.html")


def embed(reference: str) -> Answer:
    """The same, bare, for a frame in another site: the only pages that may be framed."""
    answer = _answer(reference, "pages/table_embed.html")
    answer.headers["Content-Security-Policy"] = FRAMEABLE
    return answer


def _answer(reference: str, template: str) -> Answer:
    here = visit()
    pairs = list(request.args.items(multi=True))
    uuid = _uuid(reference)
    if str(uuid) != reference or sorted(tidied(pairs)) != sorted(pairs):
        # One address for one state: what forms send along empty is left out.
        path = request.path.replace(reference, str(uuid))
        return redirect(with_query(path, tidied(pairs)), 302)
    try:
        found = visible_table(here.session, actor(), uuid, hide_illustrative=here.hide_illustrative)
    except Withdrawn as withdrawn:
        return withdrawn_answer(here, withdrawn.dataset)
    page = table_page(here, found, pairs, _asker(found))
    response = make_response(render_template(template, page=page))
    return _finished(response, page, found)


def _finished(response: Response, page: TablePage, found: FoundTable) -> Response:
    if page.trouble is None:
        return public(response, version=found.dataset.version)
    degraded()
    if page.trouble.retry_after is not None:
        response.status_code = 503
        response.headers["Retry-After"] = str(page.trouble.retry_after)
    return response


def _asker(found: FoundTable) -> Ask:
    schema = schema_of(found.table)

    def ask(query: RowQuery, *, with_shapes: bool = False) -> Page:
        return row_process().page(query, schema, parquet_of(found.table), with_shapes=with_shapes)

    return ask


def _uuid(reference: str) -> UUID:
    try:
        return UUID(reference)
    except ValueError:
        raise TableNotFound from None


def add_rules(blueprint: Blueprint) -> None:
    """Adds the addresses of tables in both languages."""
    for language in LANGUAGES:
        rule = f"{links.TABLE_PAGES[language]}/<reference>"
        blueprint.add_url_rule(rule, f"table_{language}", table)
        blueprint.add_url_rule(f"{rule}/embed", f"table_embed_{language}", embed)
