"""What may be asked of a table: its columns by key, as they are stored; the only source of names for SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from portal.tables.values import NUMERIC, SEARCHED, Column, ColumnType, Table

_ORDERED = NUMERIC | {
    ColumnType.DATE,
    ColumnType.TIMESTAMP,
    ColumnType.MONTH,
    ColumnType.QUARTER,
    ColumnType.YEAR,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A column that can be asked. `text_key`: where cells lie that did not fit."""

    key: str
    name: str
    type: ColumnType
    storage: str
    unit: str | None = None
    text_key: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether values are texts; comparisons of texts fold accents only where the operator says so."""
        return self.storage == "VARCHAR"

    @property
    def is_number(self) -> bool:
        """Whether values can be added up."""
        return self.type in NUMERIC

    @property
    def is_ordered(self) -> bool:
        """Whether less and more have a meaning beyond the alphabet."""
        return self.type in _ORDERED


@dataclass(frozen=True)
class Schema:
    """The fields of one table; kept beside its Parquet file as plain JSON."""

    fields: tuple[Field, ...]
    rows: int
    has_search: bool = False
    has_totals: bool = False
    has_geometry: bool = False

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """Fields by key."""
        return {field.key: field for field in self.fields}

    def place_in_search(self, field: Field) -> int | None:
        """Which part of the row's folded text, from 1, is the cell of this field; None where it is in none."""
        searched = [each.key for each in self.fields if each.type in SEARCHED]
        return searched.index(field.key) + 1 if field.key in searched else None

    @property
    def place(self) -> tuple[Field, Field] | None:
        """The fields of latitude and longitude, where there are both."""
        latitude = next((each for each in self.fields if each.type is ColumnType.LATITUDE), None)
        longitude = next((each for each in self.fields if each.type is ColumnType.LONGITUDE), None)
        return (latitude, longitude) if latitude and longitude else None


def schema_of(table: Table) -> Schema:
    """The schema of a table that was just read."""
    return schema_of_columns(
        table.columns, table.rows, has_totals=bool(table.total_rows), has_geometry=table.has_geometry
    )


def schema_of_columns(
    columns: Sequence[Column], rows: int, *, has_totals: bool, has_geometry: bool
) -> Schema:
    """The schema of a table with these columns, as it was read or as it is stored."""
    fields = tuple(
        Field(column.key, column.name, column.type, column.storage, column.unit, column.text_key)
        for column in columns
    )
    has_search = any(field.type in SEARCHED or field.text_key for field in fields)
    return Schema(fields, rows, has_search, has_totals, has_geometry)


def schema_to(schema: Schema) -> dict[str, Any]:
    """Plain JSON."""
    return asdict(schema)


def schema_from(values: Mapping[str, Any]) -> Schema:
    """From plain JSON that `schema_to` wrote."""
    fields = tuple(Field(**{**each, "type": ColumnType(each["type"])}) for each in values["fields"])
    return Schema(fields, values["rows"], values["has_search"], values["has_totals"], values["has_geometry"])
