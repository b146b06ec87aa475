"""OpenAPI 3.1 of one table alone: its columns as parameters with types and examples, its rows as a schema."""

from __future__ import annotations

from portal import links
from portal.catalog.services.tables import columns_of, schema_of
from portal.catalog.table_queries import FoundTable
from portal.exchange.dcat_shared import ILLUSTRATIVE
from portal.exchange.v1_exports import EXPORTS, export_kinds
from portal.exchange.v1_parts import Form
from portal.exchange.v1_rows import TEXTS
from portal.exchange.v1_table_parameters import (
    DescribedColumn,
    described_columns,
    page_parameters,
    question_parameters,
)
from portal.exchange.v1_tables import TableAddress
from portal.exchange.values import JsonObject, JsonValue
from portal.text import LocalizedText

_ROWS_SUMMARY = LocalizedText("Các dòng của bảng", "Rows of the table")
_EXPORT_SUMMARY = LocalizedText("Cả bảng thành một tệp", "The whole table as a file")
_TEXTS_WORDS = LocalizedText(
    "Ô không hợp kiểu của cột, theo khóa.", "Cells that did not fit the type of their column, by key."
)


def table_openapi(found: FoundTable, address: TableAddress, form: Form) -> JsonObject:
    """The description of this table's rows and exports, in the form's language."""
    schema = schema_of(found.table)
    columns = described_columns(columns_of(found.table), schema, found.distribution.columns)
    asked = question_parameters(columns, schema, form.language)
    rows: JsonObject = {
        "operationId": "rows",
        "summary": _ROWS_SUMMARY.in_language(form.language),
        "parameters": [*asked, *page_parameters(form.language)],
        "responses": _responses({"application/json": {"schema": _reference("Rows")}}),
    }
    exports: JsonObject = {
        address.path(f"export.{kind}"): {"get": _export(kind, asked, form)} for kind in export_kinds(schema)
    }
    return {
        "openapi": "3.1.0",
        "info": _info(found, form),
        "servers": [{"url": form.base_url}],
        "externalDocs": {"url": form.link(links.api("openapi.json"))},
        "paths": {address.path("rows"): {"get": rows}, **exports},
        "components": {"schemas": {"Row": _row(columns, form), "Rows": _ROWS, "Problem": _PROBLEM}},
    }


def _info(found: FoundTable, form: Form) -> JsonObject:
    title = found.dataset.title.in_language(form.language) or found.dataset.slug
    made_up = ILLUSTRATIVE.in_language(form.language) if found.dataset.illustrative else ""
    description = " ".join(filter(None, (made_up, *found.table.captions)))
    return {
        "title": f"{title} ({found.table.name})" if found.table.name else title,
        "version": str(found.file.number),
        **({"description": description} if description else {}),
        "x-illustrative": found.dataset.illustrative,
    }


def _export(kind: str, asked: list[JsonValue], form: Form) -> JsonObject:
    content: JsonObject = {
        EXPORTS[kind].media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
    }
    return {
        "operationId": f"export_{kind.replace('.', '_')}",
        "summary": f"{_EXPORT_SUMMARY.in_language(form.language)} ({kind})",
        "parameters": asked,
        "responses": _responses(content),
    }


def _responses(content: JsonObject) -> JsonObject:
    problem: JsonObject = {"application/problem+json": {"schema": _reference("Problem")}}
    return {
        "200": {"description": "OK", "content": content},
        "default": {"description": "RFC 9457", "content": problem},
    }


def _row(columns: list[DescribedColumn], form: Form) -> JsonObject:
    properties: JsonObject = {each.field.key: _property(each, form) for each in columns}
    texts: JsonObject = {
        "type": "object",
        "description": _TEXTS_WORDS.in_language(form.language),
        "additionalProperties": {"type": "string"},
    }
    return {"type": "object", "properties": {**properties, TEXTS: texts}}


def _property(each: DescribedColumn, form: Form) -> JsonObject:
    words = each.words.in_language(form.language)
    found = each.example
    return {
        **each.scalar,
        "type": [each.scalar["type"], "null"],
        "title": each.field.name,
        **({"description": words} if words else {}),
        **({"examples": [found]} if found is not None else {}),
        **({"x-unit": each.field.unit} if each.field.unit else {}),
        "x-type": each.field.type.value,
    }


def _reference(name: str) -> JsonObject:
    return {"$ref": f"#/components/schemas/{name}"}


_NULL_TEXT: JsonObject = {"type": ["string", "null"]}
_COLUMN: JsonObject = {
    "type": "object",
    "required": ["key", "name", "type", "unit"],
    "properties": {
        "key": {"type": "string"},
        "name": {"type": "string"},
        "type": {"type": "string"},
        "unit": _NULL_TEXT,
    },
}
_ROWS: JsonObject = {
    "type": "object",
    "required": [
        "table",
        "version",
        "illustrative",
        "total",
        "limit",
        "next",
        "after",
        "columns",
        "rows",
    ],
    "properties": {
        "table": {"type": "string", "format": "uuid"},
        "version": {"type": "integer"},
        "illustrative": {"type": "boolean"},
        "total": {"type": "integer"},
        "limit": {"type": "integer"},
        "next": {"type": ["string", "null"], "format": "uri"},
        "after": _NULL_TEXT,
        "columns": {"type": "array", "items": _COLUMN},
        "rows": {"type": "array", "items": _reference("Row")},
    },
}
_PROBLEM: JsonObject = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
