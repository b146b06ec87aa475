"""API v1: the cell that answers a question, with all that one must know to use it."""

from __future__ import annotations

from portal import links
from portal.exchange.v1_parts import Form, table_reference
from portal.exchange.values import JsonObject, day, day_or_instant
from portal.search.answers.finding import Answer
from portal.text import LANGUAGES


def answer(found: Answer, form: Form) -> JsonObject:
    """The value, what it is of, and where it stands."""
    query = found.row_query
    start, end = found.period
    page = {f"page_{each}": form.link(f"{links.table_page(found.table, each)}?{query}") for each in LANGUAGES}
    return {
        "value": found.value,
        "type": found.column.type.value,
        "unit": found.column.unit,
        "column": {"key": found.column.key, "name": found.column.name},
        "row": found.row,
        "names": [
            {"key": each.column.key, "name": each.column.name, "value": each.cell, "text": each.spoken}
            for each in found.names
        ],
        "table": table_reference(found.table, found.table_name, found.table_rows, found.table_columns, form),
        "dataset": {
            "id": str(found.dataset),
            "slug": found.slug,
            **form.text("title", found.title),
            **form.text("agency", found.agency),
            "modified": day_or_instant(found.modified),
            "temporal": {"start": day(start), "end": day(end)} if start or end else None,
        },
        "links": {"row": form.link(f"{links.api('tables', found.table, 'rows')}?{query}"), **page},
    }
