"""Records put into the rows of a table by a key, or rows taken out of it: what a rewritten file holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from portal.errors import Conflict
from portal.tables.cells import taken
from portal.tables.query import Value
from portal.text import LocalizedText

Method = Literal["insert", "update", "upsert"]
Row = list[Value]
_PIECE = 64 * 1024


class KeyTaken(Conflict):
    """A record was to be new, and a row has its key already."""

    def __init__(self, key: tuple[Value, ...]) -> None:
        shown = ", ".join(map(str, key))[:200]
        text = LocalizedText(
            f"Khóa này đã có trong bảng: {shown}.", f"The table has this key already: {shown}"
        )
        super().__init__(text, fields={"records": text})


class KeyUnknown(Conflict):
    """A record was to change a row, and no row has its key."""

    def __init__(self, key: tuple[Value, ...]) -> None:
        shown = ", ".join(map(str, key))[:200]
        text = LocalizedText(f"Bảng không có dòng với khóa: {shown}.", f'key "{shown}" not found')
        super().__init__(text, fields={"records": text})


@dataclass(frozen=True, slots=True)
class Records:
    """What is put in: each record its values by the place of the column. `key`: places of the columns that tell rows
    apart, empty where every record is new."""

    records: Sequence[Mapping[int, Value]]
    key: tuple[int, ...]
    method: Method


def put(rows: Iterable[Row], width: int, wanted: Records) -> Iterator[Row]:
    """All rows, those that records speak of changed, new ones behind them. Raises KeyTaken and KeyUnknown, the last of
    which only at the end. Only the records are held in memory."""
    pending = _by_key(wanted)
    seen = set()
    for row in rows:
        key = tuple(row[place] for place in wanted.key)
        if wanted.key and key in pending:
            if wanted.method == "insert":
                raise KeyTaken(key)
            seen.add(key)
            row = _changed(row, pending[key])
        yield row
    for key, record in pending.items():
        if key not in seen:
            if wanted.method == "update":
                raise KeyUnknown(key)
            yield _changed([None] * width, record)


def without(rows: Iterable[Row], gone: Collection[int]) -> Iterator[Row]:
    """The rows whose number, counted from 1, is not among these."""
    return (row for number, row in enumerate(rows, start=1) if number not in gone)


def _by_key(wanted: Records) -> dict[tuple[Value, ...], dict[int, Value]]:
    """Records by key, those that follow changing those before; without a key each has its own place."""
    found: dict[tuple[Value, ...], dict[int, Value]] = {}
    for number, record in enumerate(wanted.records):
        key = tuple(record.get(place) for place in wanted.key) if wanted.key else (number,)
        if key in found and wanted.method == "insert":
            raise KeyTaken(key)
        found[key] = {**found.get(key, {}), **record}
    return found


def _changed(row: Row, record: Mapping[int, Value]) -> Row:
    return [record.get(place, value) for place, value in enumerate(row)]


def csv_pieces(header: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """The file, in UTF-8: numbers with a point and read in one way only, days as ISO 8601, texts as they are."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_written(value) for value in row])
        if buffer.tell() > _PIECE:
            yield taken(buffer)
    yield taken(buffer)


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _number(value) if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = format(Decimal(repr(value)), "f")
    # 1.234 may mean a thousand and more; with a further digit it cannot.
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


class PieceStream:
    """Pieces read as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _size: int = -1) -> bytes:
        """The next piece, of whatever length; empty at the end alone."""
        return next((piece for piece in self._pieces if piece), b"")
