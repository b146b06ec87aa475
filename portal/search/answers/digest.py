"""What search keeps of a table that was just read: its texts for the index, its names for questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from portal.catalog.services.digests import Digest
from portal.search.answers.names import (
    SUBJECT,
    column_name,
    is_subject,
    is_unit_column,
    is_year,
    key_of,
    names_of,
)
from portal.tables.values import Cell, Column, ColumnType, Table

MAX_TEXTS = 1_000
"""Different texts of one table that are searched."""

_LONGEST = 80
_TEXTS = frozenset({ColumnType.TEXT, ColumnType.IDENTIFIER, ColumnType.UNIT_CODE})
NAMING = _TEXTS | {ColumnType.YEAR}
"""Columns by whose cells a row is named."""

PlaceNames = Mapping[str, Sequence[str]]
"""Names of the city's units by code."""


def digest_of(table: Table, places: PlaceNames) -> Digest:
    """The digest of a table; of one that is not small, the names of its columns."""
    columns = tuple(column for column in table.columns if not column.derived)
    if table.cells is None:
        return Digest(columns)
    texts = list(dict.fromkeys(_spoken(table.cells, columns, places)))
    return Digest(
        columns,
        tuple(text for text in texts if _is_searched(text))[:MAX_TEXTS],
        table.cells,
        frozenset(_column_keys(columns)),
        frozenset(key for text in texts for words in names_of(text) if not is_year(key := key_of(words))),
    )


def spoken_forms(cell: Cell, kind: ColumnType, places: PlaceNames) -> tuple[str, ...]:
    """How a cell that names its row is said: a unit's code by the unit's names."""
    if cell is None:
        return ()
    text = str(cell)
    return (*places.get(text, ()), text) if kind is ColumnType.UNIT_CODE else (text,)


def _column_keys(columns: Sequence[Column]) -> Iterator[str]:
    for column in columns:
        yield column_name(column.name, column.unit).key
        if is_subject(column.name) or is_unit_column(column.name):
            yield SUBJECT


def _spoken(rows: Sequence[Sequence[Cell]], columns: Sequence[Column], places: PlaceNames) -> Iterator[str]:
    named = [column for column in columns if column.type in _TEXTS]
    for row in rows:
        for column in named:
            yield from spoken_forms(row[column.position], column.type, places)


def _is_searched(text: str) -> bool:
    return len(text) <= _LONGEST and any(letter.isalpha() for letter in text)
