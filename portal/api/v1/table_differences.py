"""What differs between two versions of a table."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import fields, validate

from portal import links
from portal.api.v1 import parameters, shapes
from portal.api.v1.answers import form, same_list
from portal.api.v1.describing import BYTES, describes, describes_files
from portal.api.v1.tables import TABLE
from portal.catalog.table_queries import FoundTable
from portal.exchange.table_differences import as_csv, as_json
from portal.exchange.v1_parts import Form
from portal.exchange.values import JsonObject, instant, json_bytes
from portal.files.names import content_disposition
from portal.http.rows import tagged, unchanged
from portal.http.table_differences import Asked, asked_versions
from portal.tables.differences.question import question_from, token, version_from
from portal.tables.differences.sentences import WHY
from portal.tables.differences.values import DEFAULT_LISTED, KINDS, MAX_LISTED, Differences, Question
from portal.tables.values import ColumnType
from portal.text import LANGUAGES

blueprint = Blueprint(
    "table_differences", __name__, url_prefix="/api/v1", description="Versions of tables compared."
)

_CSV = "text/csv; charset=utf-8; header=present"
_KEPT = ("from", "to", "key", "change", "limit", "lang")


def _query(name: str, description: str, **schema: object) -> parameters.Parameter:
    return {"in": "query", "name": name, "description": description, "schema": schema}


def _parameters(listed: int) -> list[parameters.Parameter]:
    return [
        TABLE,
        _query(
            "from",
            "Number of the older file version; by default the one before `to`.",
            type="integer",
            minimum=1,
        ),
        _query(
            "to",
            "Number of the newer file version; by default the newest that has the table.",
            type="integer",
            minimum=1,
        ),
        _query(
            "key",
            "Columns that tell rows apart, by their keys in the newer version, between commas; by default they "
            "are found.",
            type="string",
        ),
        _query("change", "Only rows with this change.", type="string", enum=list(KINDS)),
        _query(
            "limit",
            "Rows listed in one answer; counts are always whole.",
            type="integer",
            default=listed,
            minimum=1,
            maximum=MAX_LISTED,
        ),
        _query("after", "The last answer's `next`.", type="string"),
        parameters.LANG,
    ]


class ComparedVersionLinks(shapes.Shape):
    """The file as it was then."""

    download = shapes.url()


class ComparedVersion(shapes.Shape):
    """A file version and the table in it."""

    number = shapes.whole()
    file_name = shapes.text(null=False)
    added_at = shapes.instant()
    rows = shapes.whole()
    columns = shapes.whole()
    links = shapes.one(ComparedVersionLinks)


class DifferenceKey(shapes.Shape):
    """By which columns rows were told apart and why; no columns: by their whole content."""

    columns = shapes.texts()
    why = fields.String(required=True, validate=validate.OneOf(list(WHY)))
    reason = shapes.text(null=False)


class ColumnAsItWas(shapes.Shape):
    """A column in one of the versions."""

    key = shapes.text(null=False)
    name = shapes.text(null=False)
    type = fields.Enum(ColumnType, by_value=True, required=True)
    unit = shapes.text()


class ColumnDifference(shapes.Shape):
    """A column and what became of it: nothing, `added`, `removed`, or any of `renamed`, `type`, `unit`. Numbers of
    rows (STT) are not compared."""

    changes = fields.List(
        fields.String(validate=validate.OneOf(["added", "removed", "renamed", "type", "unit"])), required=True
    )
    before = shapes.one(ColumnAsItWas, null=True)
    after = shapes.one(ColumnAsItWas, null=True)
    changed_cells = shapes.whole()
    is_compared = fields.Boolean(required=True)


class ChangeCounts(shapes.Shape):
    """How many."""

    added = shapes.whole()
    removed = shapes.whole()
    changed = shapes.whole()
    unchanged = shapes.whole()


class RowCounts(ChangeCounts):
    """`before` and `after` count all rows, the others leave totals out."""

    before = shapes.whole()
    after = shapes.whole()
    changed_cells = shapes.whole()


class CellDifference(shapes.Shape):
    """A cell before and after; `before_text` and `after_text` where it did not fit its column. `column` is the key in
    the newer version."""

    column = shapes.text(null=False)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)
    before_text = fields.String()
    after_text = fields.String()


class RowDifference(shapes.Shape):
    """A row: `cells` when it was changed, `values` (and `texts` that did not fit) when it was added or removed. Rows
    are numbered from 1 in their own version."""

    change = fields.String(required=True, validate=validate.OneOf(KINDS))
    before_row = shapes.whole(null=True)
    after_row = shapes.whole(null=True)
    is_total = fields.Boolean(required=True)
    key = shapes.object()
    cells = fields.List(fields.Nested(CellDifference))
    values = fields.Dict()
    texts = fields.Dict(keys=fields.String(), values=fields.String())


class DifferencesLinks(shapes.Shape):
    """The same as a page and as CSV."""

    csv = shapes.url()
    page_vi = shapes.url()
    page_en = shapes.url()


class DifferencesForm(shapes.Shape):
    """What differs. `next` asks for the rows behind these; null at the end."""

    table_id = shapes.uuid()
    from_ = fields.Nested(ComparedVersion, required=True, data_key="from")
    to = shapes.one(ComparedVersion)
    illustrative = fields.Boolean(required=True)
    is_same = fields.Boolean(required=True)
    summary = shapes.text(null=False)
    summary_i18n = shapes.both()
    key = shapes.one(DifferenceKey)
    columns = shapes.many(ColumnDifference)
    rows = shapes.one(RowCounts)
    totals = shapes.one(ChangeCounts)
    changes = shapes.many(RowDifference)
    next = shapes.text()
    links = shapes.one(DifferencesLinks)


@describes(
    blueprint,
    "/tables/<uuid>/differences",
    answer=DifferencesForm,
    parameters=_parameters(DEFAULT_LISTED),
)
def show_differences(uuid: str) -> Response:
    """What differs between two versions of a table

    Columns that were added, removed, renamed or have another type or unit; rows that were added, removed or
    changed, with the cells before and after. The order of rows and columns is no difference, nor is the way
    in which a number is written. Changed rows come first, then those added, then those removed, each in the
    order of the table.
    """
    shape, asked, question = form(), _versions(uuid), _question(DEFAULT_LISTED)
    tag = asked.tag("json", request.query_string)
    known = unchanged(tag)
    if known is not None:
        return known
    found = asked.differences(question)
    document: JsonObject = {
        "table_id": str(asked.versions.after.table.uuid),
        "from": _version(asked.versions.before, shape),
        "to": _version(asked.versions.after, shape),
        "illustrative": asked.versions.after.dataset.illustrative,
        **as_json(found, asked.before, asked.after, shape.language),
        "links": _links(asked, shape),
    }
    return tagged(_linked(Response(json_bytes(document), mimetype="application/json"), found), tag)


@describes_files(
    blueprint, "/tables/<uuid>/differences.csv", media={_CSV: BYTES}, parameters=_parameters(MAX_LISTED)
)
def list_differences_csv(uuid: str) -> Response:
    """What differs between two versions of a table, as CSV

    A line for each column that differs, then one for each cell that was added, removed or changed. The Link
    header names the next page where there are more rows.
    """
    form()
    asked, question = _versions(uuid), _question(MAX_LISTED)
    tag = asked.tag("csv", request.query_string)
    known = unchanged(tag)
    if known is not None:
        return known
    found = asked.differences(question)
    lines = as_csv(found, with_columns="after" not in request.args)
    response = Response("".join(lines), content_type=_CSV)
    response.headers["Content-Disposition"] = content_disposition(_file_name(asked))
    return tagged(_linked(response, found), tag)


def _linked(response: Response, found: Differences) -> Response:
    if found.next:
        response.headers["Link"] = f'<{same_list(*_KEPT, after=token(found.next))}>; rel="next"'
    return response


def _file_name(asked: Asked) -> str:
    older, newer = asked.versions.before, asked.versions.after
    mark = "minh-hoa-" if newer.dataset.illustrative else ""
    return f"{mark}{newer.dataset.slug}-v{older.file.number}-v{newer.file.number}.csv"


def _versions(uuid: str) -> Asked:
    older, newer = (version_from(name, request.args.get(name, "").strip()) for name in ("from", "to"))
    return asked_versions(uuid, older, newer)


def _question(listed: int) -> Question:
    asked = {name: request.args.get(name, "").strip() for name in ("key", "change", "limit", "after")}
    return question_from(**asked, default_limit=listed)


def _version(found: FoundTable, shape: Form) -> JsonObject:
    file = found.file
    path = links.download_version(found.distribution.uuid, file.number, file.name)
    return {
        "number": file.number,
        "file_name": file.name,
        "added_at": instant(file.created_at),
        "rows": found.table.rows,
        "columns": len(found.table.columns),
        "links": {"download": shape.link(path)},
    }


def _links(found: Asked, shape: Form) -> JsonObject:
    uuid, pair = found.versions.after.table.uuid, _pair(found)
    return {
        "csv": shape.link(f"{links.api('tables', uuid, 'differences.csv')}?{urlencode(pair)}"),
        **{f"page_{each}": shape.link(links.table_changes(uuid, each, **pair)) for each in LANGUAGES},
    }


def _pair(found: Asked) -> dict[str, str | int]:
    return {"from": found.versions.before.file.number, "to": found.versions.after.file.number}
