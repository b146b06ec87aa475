"""What a table is before records are put into it: its columns, its rows, and whether its file may be rewritten."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from threading import BoundedSemaphore
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from portal.api.ckan.asked_tables import AskedTable, asked_table
from portal.catalog import table_queries
from portal.catalog.models import DataTable, Distribution, DistributionKind, Reading
from portal.catalog.services.tables import columns_of
from portal.errors import Conflict, TooLarge, Unavailable
from portal.http import context
from portal.http.rows import row_process
from portal.tables.overrides import overrides_from
from portal.tables.query import Junction, RowQuery, Value
from portal.tables.records import Row
from portal.tables.schema import Field, Schema
from portal.tables.values import Column, ColumnOverride, ColumnType, Overrides
from portal.text import LocalizedText

MOST_ROWS = 200_000
_WAIT_SECONDS = 10.0
_PAUSE_SECONDS = 0.05
# A process has four threads: who waits for the reader must leave some for everybody else.
_WAITING = BoundedSemaphore(2)
_STORAGE = {
    ColumnType.INTEGER: "BIGINT",
    ColumnType.YEAR: "SMALLINT",
    ColumnType.DECIMAL: "DOUBLE",
    ColumnType.LATITUDE: "DOUBLE",
    ColumnType.LONGITUDE: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMP",
}


class NotRewritable(Conflict):
    """A file made of rows alone would not hold what this one holds."""

    message = LocalizedText(
        "Chỉ ghi được từng dòng vào bảng đọc từ một tệp CSV gồm đúng một bảng, không có tiêu đề hay ghi chú ngoài "
        "bảng, không có năm “sơ bộ”: nếu không, tệp viết lại sẽ mất những phần đó. Hãy tải lên một tệp mới.",
        "Records can be written only into a table that was read from a CSV file with that one table, no titles or "
        "notes around it and no years marked preliminary: a rewritten file would lose them. Upload a new file instead.",
    )


class TableTooLong(TooLarge):
    """Every change makes a whole new file, which is honest for small tables only."""

    message = LocalizedText(
        f"Bảng có hơn {MOST_ROWS:,} dòng: hãy tải lên một phiên bản tệp mới thay vì ghi từng dòng.".replace(
            ",", "."
        ),
        f"The table has more than {MOST_ROWS:,} rows: upload a new version of the file instead of writing records.",
    )


class StillReading(Unavailable):
    """The newest version of the file is not yet a table."""

    message = LocalizedText(
        "Phiên bản tệp mới nhất còn đang được đọc. Vui lòng thử lại sau ít giây.",
        "The newest version of the file is still being read. Please try again in a few seconds.",
    )
    retry_after_seconds = 5


@dataclass(frozen=True)
class Base:
    """A table as it stands in version `number` of a file. `fields`: the columns of the file in its order, those
    that are `typed` by name; `asked` is None where the file holds a header alone."""

    number: int
    name: str
    fields: tuple[Field, ...]
    typed: frozenset[str]
    asked: AskedTable | None

    def rows(self) -> Iterator[Row]:
        """Every row, cells that do not fit their column's type as they were written. Raises RowsBusy, RowsTooSlow."""
        if self.asked is None:
            return iter(())
        schema = Schema(self.fields, self.asked.table.rows, has_totals=bool(self.asked.table.total_rows))
        query = RowQuery(self.fields, Junction("and", ()))
        return _lines(row_process().export(query, schema, self.asked.parquet, "arrays"))

    def numbers(self, where: Junction) -> frozenset[int]:
        """The numbers of the rows for which this holds."""
        if self.asked is None:
            return frozenset()
        schema = self.asked.fields.schema
        query = RowQuery(schema.fields[:1], where)
        lines = _lines(row_process().export(query, schema, self.asked.parquet, "arrays"))
        return frozenset(number for row in lines for number in row if isinstance(number, int))


def _lines(pieces: Iterator[bytes]) -> Iterator[list[Value]]:
    """Arrays out of a document that has each on a line of its own."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (orjson.loads(line.rstrip(b",")) for line in lines if line not in (b"[", b"]", b""))


def overrides_for(fields: tuple[Field, ...], typed: frozenset[str]) -> Overrides:
    """How a file that we write is to be read: columns whose names are `typed` keep their types, whatever they hold.

    Older versions of the file are read in the same way: nothing more is said than has to be.
    """
    columns = tuple(
        ColumnOverride(field.name, field.type if field.name in typed else None, None, field.unit)
        for field in fields
    )
    has_odd_header = any(field.name[0].isdigit() for field in fields)
    return Overrides(
        delimiter="," if len(fields) == 1 else None, header_row=1 if has_odd_header else None, columns=columns
    )


def new_field(name: str, type_: ColumnType) -> Field:
    """A column that is not in any table yet."""
    return Field(name, name, type_, _STORAGE.get(type_, "VARCHAR"))


def base_of(session: Session, distribution: Distribution) -> Base:
    """The table that a distribution's newest file holds. Raises NotRewritable, TableTooLong, StillReading."""
    file = distribution.current_file
    if distribution.kind is not DistributionKind.FILE or file is None:
        raise NotRewritable
    if distribution.table_state == "waiting":
        raise StillReading
    reading = table_queries.reading_of(session, file.id)
    chosen = overrides_from(distribution.reading_overrides).columns
    if reading is None or reading.format != "CSV":
        raise NotRewritable
    if not reading.tables and reading.refusal_code == "empty" and chosen:
        fields = tuple(new_field(each.name, each.type or ColumnType.TEXT) for each in chosen)
        typed = frozenset(each.name for each in chosen if each.type)
        return Base(file.number, file.name, fields, typed, None)
    table = _only_table(reading)
    wanted = {each.name: each.type for each in chosen}
    fields = tuple(_field(each, wanted.get(each.name)) for each in columns_of(table) if not each.derived)
    typed = frozenset(field.name for field in fields)
    return Base(file.number, file.name, fields, typed, asked_table(session, str(table.uuid)))


def _field(column: Column, wanted: ColumnType | None) -> Field:
    """A column; one that holds nothing yet still has the type that was said of it."""
    type_ = wanted or column.type
    storage = _STORAGE.get(type_, "VARCHAR")
    return Field(column.key, column.name, type_, storage, column.unit, column.text_key)


def _only_table(reading: Reading) -> DataTable:
    if len(reading.tables) != 1:
        raise NotRewritable
    (table,) = reading.tables
    is_marked = any(note.code == "preliminary" for each in columns_of(table) for note in each.decisions)
    if table.has_geometry or table.captions or is_marked:
        raise NotRewritable
    if table.rows > MOST_ROWS:
        raise TableTooLong
    return table


def wait_until_read(distribution: UUID) -> bool:
    """Waits a little for the worker to read a file; whether it has been."""
    until = time.monotonic() + _WAIT_SECONDS
    if not _is_waiting(distribution):
        return True
    if not _WAITING.acquire(blocking=False):
        return False
    try:
        while _is_waiting(distribution):
            if time.monotonic() > until:
                return False
            time.sleep(_PAUSE_SECONDS)
        return True
    finally:
        _WAITING.release()


def _is_waiting(distribution: UUID) -> bool:
    with context.portal().database.read() as session:
        return table_queries.is_waiting(session, distribution)
