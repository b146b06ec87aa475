"""What search keeps of a table that was just read: its texts for the index, its names for questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from portal.catalog.services.digests import Digest
from portal.search.answers.names import column_name, key_of, names_of
from portal.tables.values import Cell, Column, ColumnType, Table

MAX_TEXTS = 1_000
"""Different texts of one table that are searched."""

_LONGEST = 80
NAMING = frozenset({ColumnType.TEXT, ColumnType.IDENTIFIER, ColumnType.UNIT_CODE, ColumnType.YEAR})
"""Columns by whose cells a row is named."""

PlaceNames = Mapping[str, Sequence[str]]
"""Names of the city's units by code."""


def digest_of(table: Table, places: PlaceNames) -> Digest:
    """The digest of a table; of one that is not small, the names of its columns."""
    names = tuple(column.name for column in table.columns if not column.derived)
    if table.cells is None:
        return Digest(names)
    named = [column for column in table.columns if column.type in NAMING]
    spoken = list(dict.fromkeys(_spoken(table.cells, named, places)))
    texts = [text for text in spoken if _is_text(text)]
    columns = {column_name(column.name, column.unit).key for column in table.columns if not column.derived}
    columns |= {year for each in table.columns if (year := column_name(each.name, each.unit).year)}
    values = {key_of(name) for text in spoken for name in names_of(text)}
    return Digest(names, tuple(texts[:MAX_TEXTS]), table.cells, frozenset(columns), frozenset(values))


def spoken_forms(cell: Cell, kind: ColumnType, places: PlaceNames) -> Sequence[str]:
    """How a cell that names its row is said: a unit's code by the unit's names."""
    if cell is None:
        return ()
    text = str(cell)
    return (*places.get(text, ()), text) if kind is ColumnType.UNIT_CODE else (text,)


def _spoken(rows: Sequence[Sequence[Cell]], named: Sequence[Column], places: PlaceNames) -> Iterator[str]:
    for row in rows:
        for column in named:
            yield from spoken_forms(row[column.position], column.type, places)


def _is_text(text: str) -> bool:
    return len(text) <= _LONGEST and any(letter.isalpha() for letter in text)
