"""CKAN's shapes of tables: fields with their ids and types, and what resources tell of tables.

A field's id is the column's header as it was published; `_id` is the number of the row. Cells that did not fit the type
of their column are in a text field behind the others, so that no field holds two kinds of values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from portal import links
from portal.catalog.models import Distribution
from portal.exchange.facts import Column
from portal.exchange.values import JsonObject, JsonValue, stated
from portal.tables.schema import Field, Schema
from portal.tables.values import ColumnType
from portal.text import clean_line

ROW_ID = "_id"
# As it is called in Parquet exports.
AS_WRITTEN = "{name} (nguyên văn)"
_TYPES = {
    "BIGINT": "int",
    "SMALLINT": "int",
    "INTEGER": "int",
    "DOUBLE": "numeric",
    "BOOLEAN": "bool",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
ROW = Field("_row", ROW_ID, ColumnType.INTEGER, "BIGINT")


@dataclass(frozen=True)
class TableFields:
    """The fields of a table in CKAN's order: `_id`, the columns, then cells as they were written. `schema` has them
    under their ids as names; `columns` is what is known of columns, by the header."""

    schema: Schema
    columns: Mapping[str, Column]

    @cached_property
    def by_id(self) -> Mapping[str, Field]:
        """Every field by what it may be called: its id, or its key in API v1."""
        by_key = {field.key: field for field in self.schema.fields}
        return {**by_key, **{field.name: field for field in self.schema.fields}}

    @property
    def own(self) -> tuple[Field, ...]:
        """All but `_id`."""
        return self.schema.fields[1:]

    def find(self, name: object) -> Field | None:
        """The field that a client means."""
        return self.by_id.get(clean_line(name)) if isinstance(name, str) else None

    def described(self, fields: Iterable[Field]) -> list[JsonValue]:
        """Fields as `datastore_search` lists them."""
        return [
            {"id": field.name, "type": type_of(field), **stated({"info": self._info(field)})}
            for field in fields
        ]

    def _info(self, field: Field) -> JsonObject:
        """CKAN's data dictionary, and the unit beside it."""
        column = self.columns.get(field.name)
        if column is None:
            return stated({"unit": field.unit})
        return stated(
            {
                "label": column.title.vi,
                "label_en": column.title.en,
                "notes": column.description.vi,
                "notes_en": column.description.en,
                "unit": column.unit or field.unit,
            }
        )


def table_fields(schema: Schema, columns: Iterable[Column]) -> TableFields:
    """The fields of a table, and the dictionary of its columns."""
    taken = {ROW_ID}
    fields, written = [ROW], []
    for field in schema.fields:
        name = field.name if field.name not in taken else field.key
        taken.add(name)
        fields.append(replace(field, name=name, text_key=None))
        if field.text_key:
            # No part of the row's searched text is this field's own: its type must not be that of a text column.
            beside = AS_WRITTEN.format(name=name)
            written.append(Field(field.text_key, beside, ColumnType.POINT, "VARCHAR"))
    own = replace(schema, fields=(*fields, *written))
    return TableFields(own, {column.name: column for column in columns})


def type_of(field: Field) -> str:
    """CKAN's word for a field's type."""
    return _TYPES.get(field.storage, "text")


def schema_facts(field: Field) -> JsonObject:
    """What `datastore_info` tells of how a field is kept."""
    return {
        "native_type": field.storage.lower(),
        "notnull": field.key == ROW.key,
        "index_name": None,
        "is_index": False,
        "uniquekey": field.key == ROW.key,
    }


def told_of_resource(distribution: Distribution, base_url: str) -> JsonObject:
    """What a resource says of its tables: whether rows can be asked for, where they are, and the ids of further
    tables (sheets)."""
    tables = distribution.tables
    if not tables:
        return {"datastore_active": False}
    dump = links.absolute(base_url, links.datastore_dump(str(tables[0]["id"])))
    return {
        "datastore_active": True,
        "datastore_dump_url": dump,
        **({"datastore_tables": [_reference(each) for each in tables]} if len(tables) > 1 else {}),
    }


def _reference(table: Mapping[str, JsonValue]) -> JsonObject:
    return {name: table.get(name) for name in ("id", "name", "rows")}
