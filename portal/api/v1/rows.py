"""Rows of tables, a page at a time: filtered, sorted, grouped, searched."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from flask import Response
from flask_smorest import Blueprint

from portal.api.v1 import parameters
from portal.api.v1.asking import Asked, asked, limits_told, next_address
from portal.api.v1.describing import BYTES, describes, describes_files
from portal.api.v1.row_parameters import ROWS
from portal.api.v1.table_forms import RowArrays, RowPage
from portal.api.v1.tables import TABLE, VERSION
from portal.errors import NotFound
from portal.exchange import v1_rows
from portal.exchange.v1_exports import file_name
from portal.exchange.v1_rows import RowFacts
from portal.files.names import content_disposition
from portal.http.rows import row_process, tagged, unchanged
from portal.tables.rows import Page
from portal.text import LocalizedText

blueprint = Blueprint("rows", __name__, url_prefix="/api/v1", description="Rows of tables.")

_CSV = "text/csv; charset=utf-8; header=present"
_JSON = "application/json"
_MEDIA = {_JSON: {"oneOf": [RowPage, RowArrays]}, _CSV: BYTES}
_FORM = parameters.in_path(
    "form",
    "`json`: objects, as without it; `arrays.json`: each row an array in the order of `columns`; `csv`.",
    enum=["json", "arrays.json", "csv"],
)


class RowFormUnknown(NotFound):
    """Rows do not come in this form."""

    message = LocalizedText(
        "Không có dạng này. Hãy dùng rows, rows.json, rows.arrays.json hoặc rows.csv.",
        "There is no such form. Use rows, rows.json, rows.arrays.json or rows.csv.",
    )


@describes(blueprint, "/tables/<uuid>/rows", answer=RowPage, parameters=[TABLE, *ROWS])
def list_rows(uuid: str) -> Response:
    """Rows of a table

    Follow `next` (or the Link header) to read on: pages miss nothing and repeat nothing, however deep.
    `X-Total-Count` tells how many rows there are, `Row-Limits` what one answer may be. 503 with Retry-After
    when too much is asked at once or one question takes too long, 413 when a page is too large.
    """
    return _answer(asked(uuid, None, paged=True), "json", "rows")


@describes_files(blueprint, "/tables/<uuid>/rows.<form>", media=_MEDIA, parameters=[TABLE, _FORM, *ROWS])
def list_rows_as(uuid: str, form: str) -> Response:
    """Rows of a table in another form

    The address alone tells the form; Accept is not looked at.
    """
    return _answer(asked(uuid, None, paged=True), form, f"rows.{form}")


@describes(
    blueprint, "/tables/<uuid>/versions/<number>/rows", answer=RowPage, parameters=[TABLE, VERSION, *ROWS]
)
def list_version_rows(uuid: str, number: str) -> Response:
    """Rows of a table as it was in one file version"""
    return _answer(asked(uuid, number, paged=True), "json", "rows")


@describes_files(
    blueprint,
    "/tables/<uuid>/versions/<number>/rows.<form>",
    media=_MEDIA,
    parameters=[TABLE, VERSION, _FORM, *ROWS],
)
def list_version_rows_as(uuid: str, number: str, form: str) -> Response:
    """Rows of a table as it was in one file version, in another form"""
    return _answer(asked(uuid, number, paged=True), form, f"rows.{form}")


def _answer(question: Asked, form: str, name: str) -> Response:
    write = _FORMS.get(form)
    if write is None:
        raise RowFormUnknown
    tag = question.tag(form)
    known = unchanged(tag)
    if known is not None:
        return known
    page = row_process().page(question.query, question.schema, question.parquet)
    further = next_address(question.address.path(name), page.next) if page.next else None
    response = write(question, page, further)
    response.headers["X-Total-Count"] = str(page.total)
    response.headers["Row-Limits"] = limits_told()
    relations = {"describedby": question.url(), **({"next": further} if further else {})}
    response.headers["Link"] = ", ".join(f'<{url}>; rel="{relation}"' for relation, url in relations.items())
    return tagged(response, tag)


def _facts(question: Asked, further: str | None) -> RowFacts:
    found = question.found
    return RowFacts(
        str(found.table.uuid), found.file.number, question.is_illustrative, question.query.limit, further
    )


def _objects(question: Asked, page: Page, further: str | None) -> Response:
    columns = v1_rows.answer_columns(question.query, question.schema)
    document = v1_rows.objects(page, columns, _facts(question, further))
    return Response(orjson.dumps(document), mimetype=_JSON)


def _arrays(question: Asked, page: Page, further: str | None) -> Response:
    columns = v1_rows.answer_columns(question.query, question.schema)
    document = v1_rows.arrays(page, columns, _facts(question, further))
    return Response(orjson.dumps(document), mimetype=_JSON)


def _comma_separated(question: Asked, page: Page, further: str | None) -> Response:
    names = v1_rows.answer_names(question.query)
    body = v1_rows.comma_separated(page, names, marked=question.is_illustrative)
    response = Response(body, content_type=_CSV)
    name = file_name(question.found, question.address.version, "csv")
    response.headers["Content-Disposition"] = content_disposition(name, disposition="inline")
    return response


_FORMS: dict[str, Callable[[Asked, Page, str | None], Response]] = {
    "json": _objects,
    "arrays.json": _arrays,
    "csv": _comma_separated,
}
