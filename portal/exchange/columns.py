"""What the columns of a file are: the steward's words, and what was read where the steward gave none.

Two views: `columns` tells people and catalogues what a column means; `raw_columns` tells programs that open the
original file what its bytes satisfy, so that nothing is called a number which is written as something else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.catalog.models import DataTable, Distribution
from portal.catalog.services.tables import columns_of
from portal.exchange import facts
from portal.exchange.facts import Column
from portal.exchange.rdf import writable
from portal.tables import values
from portal.tables.values import NUMERIC, ColumnType
from portal.text import LocalizedText

# Types as Table Schema calls them, for values as the portal has read them.
_TYPES = {
    ColumnType.INTEGER: "integer",
    ColumnType.DECIMAL: "number",
    ColumnType.LATITUDE: "number",
    ColumnType.LONGITUDE: "number",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "datetime",
    ColumnType.YEAR: "year",
    ColumnType.MONTH: "yearmonth",
}
# What the header of the file is not, word for word, as columns are called.
_OTHER_HEADER = frozenset(
    (
        "stacked-header",
        "numbering-row",
        "repeated-header",
        "no-header",
        "empty-column",
        "nameless-column",
        "duplicate-name",
    )
)
_PLAIN_ENCODINGS = ("utf-8", "utf-8-sig")
_LONGEST_EXAMPLE = 200


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A column as it lies in the file. `spelling`: in which one way its cells are written, None for text of any kind
    (`portal.tables.spelling`); `missing`: cells that say that there is no value; `is_stated`: the steward's type."""

    column: Column
    spelling: str | None
    missing: tuple[str, ...]
    is_stated: bool


def columns(distribution: Distribution) -> list[Column]:
    """The columns of all tables of a file, each name once, then those that only the steward speaks of. The steward's
    words win; `read_tables` must be loaded."""
    stated = {column.name: column for column in facts.columns(distribution)}
    found: dict[str, Column] = {}
    for table in _current(distribution):
        for column in map(_read, columns_of(table)):
            found.setdefault(column.name, _merged(column, stated.get(column.name)))
    return [*found.values(), *(column for name, column in stated.items() if name not in found)]


def raw_columns(distribution: Distribution) -> list[RawColumn]:
    """The columns in the order of the file's own header, where the file is a header and rows of one table; otherwise
    what the steward says."""
    stated = {column.name: column for column in facts.columns(distribution)}
    tables = _current(distribution)
    if len(tables) != 1 or not _is_plain(tables[0]):
        return [RawColumn(column, None, (), is_stated=True) for column in stated.values()]
    return [_raw(each, stated.get(writable(each.name))) for each in columns_of(tables[0]) if not each.derived]


def _raw(read: values.Column, stated: Column | None) -> RawColumn:
    merged = _merged(_read(read), stated)
    if stated is not None and stated.type:
        return RawColumn(merged, None, (), is_stated=True)
    missing = next((note.evidence for note in read.decisions if note.code == "missing-marks"), ())
    kind = merged.type if read.spelling else "string"
    if read.spelling not in (None, "9") and kind == "integer":
        kind = "number"
    return RawColumn(
        replace(merged, type=kind), read.spelling, missing if read.spelling else (), is_stated=False
    )


def _current(distribution: Distribution) -> list[DataTable]:
    """Tables of the newest file version; those of the version before say nothing of it."""
    file = distribution.current_file
    if file is None or file.number != distribution.table_version:
        return []
    return list(distribution.read_tables)


def _is_plain(table: DataTable) -> bool:
    notes = {str(note.get("code")) for note in table.notes}
    is_utf8 = (table.reading.encoding or "utf-8").lower() in _PLAIN_ENCODINGS
    return is_utf8 and not table.captions and not notes & _OTHER_HEADER


def _read(column: values.Column) -> Column:
    """What reading the file tells of a column. Its name is its meaning until a steward says more."""
    profile, is_number = column.profile, column.type in NUMERIC
    return Column(
        writable(column.name),
        LocalizedText(""),
        _TYPES.get(column.type, "string"),
        column.unit,
        LocalizedText(""),
        tuple(writable(each)[:_LONGEST_EXAMPLE] for each in profile.examples),
        profile.least if is_number else None,
        profile.most if is_number else None,
    )


def _merged(read: Column, stated: Column | None) -> Column:
    if stated is None:
        return read
    return replace(
        read,
        title=stated.title,
        type=stated.type or read.type,
        unit=stated.unit or read.unit,
        description=stated.description,
    )
