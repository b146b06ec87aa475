"""Actions that read rows of tables: CKAN's datastore over the tables that were read from files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from urllib.parse import urlencode

import orjson

from portal import links
from portal.api.ckan.asked_tables import AskedTable, asked_table
from portal.api.ckan.calls import Call, CallInvalid
from portal.api.ckan.registry import reads
from portal.api.ckan.row_inputs import read_asked
from portal.errors import Invalid
from portal.exchange.ckan_tables import schema_facts
from portal.exchange.values import JsonObject, JsonValue
from portal.http import context
from portal.http.rows import row_process
from portal.tables.query import Value
from portal.tables.rows import Page
from portal.text import LocalizedText

_FORMATS = ("objects", "lists", "csv", "tsv")
_DELIMITERS = {"csv": ",", "tsv": "\t"}
# Parameters that an answer repeats, and that its links carry.
_REPEATED = (
    "q",
    "full_text",
    "filters",
    "fields",
    "sort",
    "distinct",
    "plain",
    "language",
    "include_next_page",
)
_NO_SUCH_FORMAT = LocalizedText("Không có dạng này.", "Must be one of objects, lists, csv, tsv")
# Every row that is found holds all the words: none answers them better than another.
_RANK = 1.0


class SqlNotOffered(Invalid):
    """Rows are asked for in a language of our own, and never by SQL of strangers."""

    message = LocalizedText(
        "Cổng không nhận câu lệnh SQL, để mọi câu hỏi đều được kiểm tra và có giới hạn. Hãy dùng datastore_search "
        "(filters, q, fields, sort), hoặc API dòng dữ liệu /api/v1/tables/<id>/rows: có so sánh, and/or, gộp nhóm "
        "và tính tổng.",
        "SQL is not offered here, so that every question can be checked and bounded. Use datastore_search (filters, q, "
        "fields, sort), or the row API at /api/v1/tables/<id>/rows, which compares, nests and/or, groups and adds up.",
    )


@reads
def datastore_search(call: Call) -> JsonValue:
    """Rows of the table of the resource `resource_id` (or of a further table by its own id): `filters`, `q` (a text, or
    one for each field), `fields`, `sort`, `distinct`, `limit` (100, at most 10,000) and `offset`, `include_total`,
    `records_format` (objects, lists, csv, tsv)."""
    found = asked_table(context.session(), call.required("resource_id", "id"))
    kind = call.text("records_format") or "objects"
    if kind not in _FORMATS:
        raise CallInvalid(fields={"records_format": _NO_SUCH_FORMAT})
    asked = read_asked(call, found.fields)
    limit = asked.query.limit if call.number("limit", 1) else 0
    page = row_process().page(asked.query, found.fields.schema, found.parquet)
    rows = [[*row, *(_RANK for _ in asked.ranks)] for row in page.rows[:limit]]
    names = [*(field.name for field in asked.fields), *asked.ranks]
    ranks: list[JsonValue] = [{"id": name, "type": "float4"} for name in asked.ranks]
    return {
        **_told(call, found, kind, limit),
        "fields": [*found.fields.described(asked.fields), *ranks],
        "records": _records(names, rows, kind),
        **_pages(call, found, limit, page),
    }


@reads
def datastore_info(call: Call) -> JsonValue:
    """What the table of a resource (`resource_id`, or `id`) is: its rows and size, its fields with their types and what
    they mean."""
    found = asked_table(context.session(), call.required("resource_id", "id"))
    described = found.fields.described(found.fields.own)
    schemas = [{"schema": schema_facts(field)} for field in found.fields.own]
    fields: list[JsonValue] = [
        {**field, **(schema if call.flag("include_fields_schema", default=True) else {})}
        for field, schema in zip(described, schemas, strict=True)
        if isinstance(field, dict)
    ]
    if not call.flag("include_meta", default=True):
        return {"fields": fields}
    return {"meta": _meta(found), "fields": fields}


@reads
def datastore_search_sql(call: Call) -> JsonValue:
    """Not offered: rows are asked for by `datastore_search` and by the row API, never by SQL."""
    raise SqlNotOffered(fields={"sql": SqlNotOffered.message})


def _meta(found: AskedTable) -> JsonObject:
    return {
        "id": str(found.table.uuid),
        **({"illustrative": True} if found.is_illustrative else {}),
        "count": found.table.rows,
        "size": found.table.byte_size,
        "db_size": found.table.byte_size,
        "idx_size": 0,
        "table_type": "BASE TABLE",
        "aliases": [],
    }


def _told(call: Call, found: AskedTable, kind: str, limit: int) -> JsonObject:
    """What the answer repeats of the question, with the limit that was kept."""
    repeated = {name: call.data[name] for name in _REPEATED if name in call.data}
    offset = call.number("offset", 0)
    return {
        "resource_id": str(found.table.uuid),
        "include_total": call.flag("include_total", default=True),
        "records_format": kind,
        **({"illustrative": True} if found.is_illustrative else {}),
        "limit": limit,
        **({"offset": offset} if offset else {}),
        **repeated,
    }


def _pages(call: Call, found: AskedTable, limit: int, page: Page) -> JsonObject:
    """The total, and where further rows are."""
    given = {
        name: call.data[name] for name in (*_REPEATED, "include_total", "records_format") if name in call.data
    }
    asked = {"resource_id": str(found.table.uuid), **given, "limit": limit}
    offset = call.number("offset", 0)
    following = {**asked, "offset": offset + limit}
    has_more = limit > 0 and offset + len(page.rows) < page.total
    return {
        "_links": {"start": _address(asked), "next": _address(following)},
        **(
            {"total": page.total, "total_was_estimated": False}
            if call.flag("include_total", default=True)
            else {}
        ),
        **({"next_page": following} if has_more and call.flag("include_next_page") else {}),
    }


def _address(parameters: dict[str, JsonValue]) -> str:
    pairs = {
        name: value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in parameters.items()
    }
    return f"{links.ckan_action('datastore_search')}?{urlencode(pairs)}"


def _records(names: list[str], rows: list[list[Value]], kind: str) -> JsonValue:
    if kind == "objects":
        return [dict(zip(names, row, strict=True)) for row in rows]
    return rows if kind == "lists" else _delimited(rows, _DELIMITERS[kind])


def _delimited(rows: Iterable[list[Value]], delimiter: str) -> str:
    """Rows without a header, for programs: cells as they are."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return buffer.getvalue()


def _cell(value: Value) -> Value:
    return str(value).lower() if isinstance(value, bool) else value
