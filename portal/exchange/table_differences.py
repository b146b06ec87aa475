"""The differences between two versions of a table as others take them away: JSON for API v1, CSV for everybody."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from portal.exchange.values import JsonObject, JsonValue
from portal.tables.cells import csv_text
from portal.tables.differences.question import token
from portal.tables.differences.sentences import reason, summary
from portal.tables.differences.values import Cell, ColumnChange, Counts, Differences, RowChange, Version
from portal.tables.schema import Field
from portal.text import Language

CSV_COLUMNS = ("change", "before_row", "after_row", "is_total", "key", "column", "before", "after")


def as_json(found: Differences, before: Version, after: Version, language: Language) -> JsonObject:
    """What the API answers about the two versions, but for their names."""
    told, why = summary(found), reason(found)
    return {
        "is_same": found.is_empty,
        "summary": told.in_language(language),
        "summary_i18n": {"vi": told.vi, "en": told.en},
        "key": {
            "columns": [column.field.key for column in found.key],
            "why": found.why,
            "reason": why.in_language(language),
        },
        "columns": [_column(column) for column in found.columns],
        "rows": {
            "before": before.schema.rows,
            "after": after.schema.rows,
            **_counts(found.rows),
            "changed_cells": found.changed_cells,
        },
        "totals": _counts(found.totals),
        "changes": [_change(found, change) for change in found.listed],
        "next": token(found.next) if found.next else None,
    }


def as_csv(found: Differences, *, with_columns: bool) -> Iterator[str]:
    """A header, lines for columns that differ (on the first page), a line for each cell that was added, removed or
    changed."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for column in found.columns if with_columns else ():
        writer.writerows(_column_lines(column))
    for change in found.listed:
        writer.writerows(_change_lines(found, change))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _counts(counts: Counts) -> dict[str, int]:
    return {
        "added": counts.added,
        "removed": counts.removed,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
    }


def _column(column: ColumnChange) -> JsonObject:
    return {
        "changes": list(column.kinds),
        "before": _field(column.before),
        "after": _field(column.after),
        "changed_cells": column.changed_cells,
        "is_compared": not column.is_numbering and column.is_shared,
    }


def _field(field: Field | None) -> JsonObject | None:
    if field is None:
        return None
    return {"key": field.key, "name": field.name, "type": field.type.value, "unit": field.unit}


def _change(found: Differences, change: RowChange) -> JsonObject:
    plain: JsonObject = {
        "change": change.kind,
        "before_row": change.before_row,
        "after_row": change.after_row,
        "is_total": change.is_total,
        "key": {column.field.key: _said(cell) for column, cell in zip(found.key, change.key, strict=True)},
    }
    if change.kind == "changed":
        plain["cells"] = [
            {
                "column": cell.column.field.key,
                "before": cell.before.value,
                "after": cell.after.value,
                **_texts(before_text=cell.before, after_text=cell.after),
            }
            for cell in change.cells
        ]
    else:
        plain["values"] = {key: cell.value for key, cell in change.values.items()}
        texts = {key: cell.text for key, cell in change.values.items() if cell.text is not None}
        plain |= {"texts": texts} if texts else {}
    return plain


def _texts(**cells: Cell) -> dict[str, str]:
    return {name: cell.text for name, cell in cells.items() if cell.text is not None}


def _said(cell: Cell) -> JsonValue:
    return cell.text if cell.value is None else cell.value


def _line(*values: object) -> list[str]:
    return [csv_text(value) for value in values]


def _column_lines(column: ColumnChange) -> Iterator[list[str]]:
    told = {"renamed": "name", "type": "type", "unit": "unit"}
    for kind in column.kinds:
        attribute = told.get(kind, "name")
        before, after = (
            str(getattr(each, attribute) or "") if each else "" for each in (column.before, column.after)
        )
        yield _line(f"column-{kind}", None, None, None, None, column.field.key, before, after)


def _change_lines(found: Differences, change: RowChange) -> Iterator[list[str]]:
    key = "; ".join(csv_text(_said(cell)) for cell in change.key)
    head = (change.kind, change.before_row, change.after_row, change.is_total, key)
    for cell in change.cells:
        yield _line(*head, cell.column.field.key, _said(cell.before), _said(cell.after))
    for name, own in change.values.items() if change.kind != "changed" else ():
        if (said := _said(own)) is not None:
            sides = (None, said) if change.kind == "added" else (said, None)
            yield _line(*head, name, *sides)
