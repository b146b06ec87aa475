"""API v1: a page of rows, as objects, as arrays and as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from portal.exchange.values import JsonObject, JsonValue
from portal.tables.cells import csv_text, guarded
from portal.tables.query import Measure, RowQuery
from portal.tables.rows import MARK, Page
from portal.tables.schema import Schema

TEXTS = "_texts"
"""Where a row keeps the cells that did not fit; no key of a column begins with an underscore."""


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What an answer tells beside its rows. `next`: the address of the page behind it."""

    table: str
    version: int
    is_illustrative: bool
    limit: int
    next: str | None


def objects(page: Page, columns: list[JsonValue], facts: RowFacts) -> JsonObject:
    """Each row an object by key; `_texts` in those with cells that did not fit."""
    rows: list[JsonValue] = [
        {**dict(zip(page.keys, row, strict=True)), **({TEXTS: dict(texts)} if texts else {})}
        for row, texts in zip(page.rows, page.texts, strict=True)
    ]
    return {**_head(page, columns, facts), "rows": rows}


def arrays(page: Page, columns: list[JsonValue], facts: RowFacts) -> JsonObject:
    """Each row an array in the order of the columns; `texts` names row (from 0) and key of cells that did not fit."""
    texts: list[JsonValue] = [
        {"row": index, "key": key, "text": text}
        for index, found in enumerate(page.texts)
        for key, text in found.items()
    ]
    return {**_head(page, columns, facts), "rows": [list(row) for row in page.rows], "texts": texts}


def comma_separated(page: Page, columns: list[str], *, marked: bool) -> bytes:
    """The rows under the columns' own names; a cell that did not fit is its text. `marked`: a column tells that the
    figures are made up."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([*map(guarded, columns), *([MARK["name"]] if marked else [])])
    mark = [csv_text(True)] if marked else []
    for row, texts in zip(page.rows, page.texts, strict=True):
        cells = (texts.get(key, value) for key, value in zip(page.keys, row, strict=True))
        writer.writerow([*map(csv_text, cells), *mark])
    return buffer.getvalue().encode("utf-8", "replace")


def answer_columns(query: RowQuery, schema: Schema) -> list[JsonValue]:
    """The columns of an answer, in order: of the table, or groups and their figures."""
    fields = query.group if query.is_grouped else query.select
    found: list[JsonValue] = [
        {"key": each.key, "name": each.name, "type": each.type.value, "unit": each.unit} for each in fields
    ]
    return found + [_measured(each) for each in query.measures]


def answer_names(query: RowQuery) -> list[str]:
    """What stands above the columns of an answer for people."""
    fields = query.group if query.is_grouped else query.select
    return [*(each.name for each in fields), *(each.name for each in query.measures)]


def _measured(measure: Measure) -> JsonObject:
    field = measure.field
    kind, unit = "integer", None
    if field is not None and measure.function != "distinct":
        unit = field.unit
        kind = field.type.value if measure.function in ("min", "max") else "decimal"
    return {"key": measure.name, "name": measure.name, "type": kind, "unit": unit}


def _head(page: Page, columns: list[JsonValue], facts: RowFacts) -> JsonObject:
    return {
        "table": facts.table,
        "version": facts.version,
        "illustrative": facts.is_illustrative,
        "total": page.total,
        "limit": facts.limit,
        "next": facts.next,
        "after": page.next,
        "columns": columns,
    }
