"""API v1: how a file was read, what is not sure of it, and the steward's word, for those who check a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portal import links
from portal.catalog.models import DataTable, Reading
from portal.catalog.services.readings import LastReading, overrides_of
from portal.catalog.services.tables import columns_of
from portal.exchange.v1_parts import Form, note, table_reference
from portal.exchange.values import JsonObject, JsonValue, instant
from portal.tables.reading import note_from
from portal.tables.refusals import Refusal
from portal.tables.values import Column, Overrides


def reading(found: LastReading, form: Form) -> JsonObject:
    """The whole form; members are null or empty before the first reading and for a link."""
    distribution, read = found.distribution, found.reading
    overrides = overrides_of(distribution)
    address = ("distributions", distribution.uuid)
    return {
        "distribution_id": str(distribution.uuid),
        "state": distribution.table_state,
        "file_version": found.number,
        "read_at": instant(read.read_at) if read else None,
        "format": read.format if read else None,
        "encoding": read.encoding if read else None,
        "samples": [dict(each) for each in read.samples] if read else [],
        "notes": _stored_notes(read.notes if read else (), form),
        "refusal": _refusal(read, form),
        "overrides": _overrides(overrides),
        "unknown_columns": _unknown(overrides, read),
        "tables": [_table(each, form) for each in read.tables] if read else [],
        "links": {
            "self": form.link(links.api(*address, "reading")),
            "distribution": form.link(links.api(*address)),
        },
    }


def _refusal(read: Reading | None, form: Form) -> JsonObject | None:
    if read is None or read.refusal_code is None:
        return None
    refusal = Refusal(read.refusal_code, read.refusal_values)
    return {
        "code": refusal.code,
        **form.text("message", refusal.message),
        **form.text("remedy", refusal.remedy),
    }


def _overrides(overrides: Overrides) -> JsonObject:
    return {
        "encoding": overrides.encoding,
        "delimiter": overrides.delimiter,
        "header_row": overrides.header_row,
        "columns": [
            {
                "name": each.name,
                "type": each.type.value if each.type else None,
                "decimal_mark": each.decimal_mark,
                "unit": each.unit,
            }
            for each in overrides.columns
        ],
    }


def _unknown(overrides: Overrides, read: Reading | None) -> list[JsonValue]:
    """Columns that the steward's word names and no table of the reading has."""
    if read is None:
        return []
    names = {column["name"] for table in read.tables for column in table.columns}
    return [each.name for each in overrides.columns if each.name not in names]


def _table(table: DataTable, form: Form) -> JsonObject:
    return {
        **table_reference(table.uuid, table.name, table.rows, len(table.columns), form),
        "captions": list(table.captions),
        "notes": _stored_notes(table.notes, form),
        "columns": [_column(each, form) for each in columns_of(table)],
    }


def _column(column: Column, form: Form) -> JsonObject:
    return {
        "key": column.key,
        "name": column.name,
        "type": column.type.value,
        "unit": column.unit,
        "derived": column.derived,
        "decisions": [note(each, form) for each in column.decisions],
        "warnings": [note(each, form) for each in column.warnings],
    }


def _stored_notes(stored: Iterable[Mapping[str, Any]], form: Form) -> list[JsonValue]:
    return [note(note_from(each), form) for each in stored]
