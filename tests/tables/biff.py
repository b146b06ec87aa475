"""Workbooks as Excel 97 to 2003 wrote them (BIFF8 in a compound file), with as few records as the format allows."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Sequence

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_EPOCH = datetime.date(1899, 12, 30)
_GENERAL, _DATE = 0, 1
Cell = str | float | bool | datetime.date | None
Merge = tuple[int, int, int, int]


def workbook(
    sheets: dict[str, Sequence[Sequence[Cell]]], merges: dict[str, list[Merge]] | None = None
) -> bytes:
    """A whole `.xls` file. `merges`: first row, last row, first column, last column, from 0, by sheet."""
    texts = list(
        dict.fromkeys(c for rows in sheets.values() for row in rows for c in row if isinstance(c, str))
    )
    bodies = [_sheet(rows, texts, (merges or {}).get(name, [])) for name, rows in sheets.items()]
    # Where a sheet begins must be said in front of it; the length of what is in front does not depend on it.
    start = len(_globals(list(sheets), texts, [0] * len(sheets)))
    places = [start + sum(map(len, bodies[:index])) for index in range(len(bodies))]
    return _compound(_globals(list(sheets), texts, places) + b"".join(bodies))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _text(text: str, length: str) -> bytes:
    return struct.pack(f"<{length}B", len(text), 1) + text.encode("utf-16-le")


def _beginning(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _globals(names: list[str], texts: list[str], places: list[int]) -> bytes:
    font = struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + _text("Arial", "B")
    formats = [struct.pack("<HHH", 0, each, 0).ljust(20, b"\0") for each in (0, 14)]
    sheets = [
        struct.pack("<IBB", place, 0, 0) + _text(name, "B") for name, place in zip(names, places, strict=True)
    ]
    shared = struct.pack("<II", len(texts), len(texts)) + b"".join(_text(each, "H") for each in texts)
    return b"".join(
        [
            _beginning(0x0005),
            _record(0x0042, struct.pack("<H", 1200)),
            _record(0x0022, struct.pack("<H", 0)),
            _record(0x0031, font),
            *(_record(0x00E0, each) for each in formats),
            *(_record(0x0085, each) for each in sheets),
            _record(0x00FC, shared),
            _record(0x000A, b""),
        ]
    )


def _sheet(rows: Sequence[Sequence[Cell]], texts: list[str], merges: list[Merge]) -> bytes:
    width = max(map(len, rows), default=0)
    cells = [_cell(r, c, value, texts) for r, row in enumerate(rows) for c, value in enumerate(row)]
    merged = b"".join(struct.pack("<HHHH", *each) for each in merges)
    return b"".join(
        [
            _beginning(0x0010),
            _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0)),
            *cells,
            _record(0x00E5, struct.pack("<H", len(merges)) + merged) if merges else b"",
            _record(0x000A, b""),
        ]
    )


def _cell(row: int, column: int, value: Cell, texts: list[str]) -> bytes:
    place = struct.pack("<HH", row, column)
    if value is None:
        return b""
    if isinstance(value, str):
        return _record(0x00FD, place + struct.pack("<HI", _GENERAL, texts.index(value)))
    if isinstance(value, bool):
        return _record(0x0205, place + struct.pack("<HBB", _GENERAL, value, 0))
    if isinstance(value, datetime.date):
        return _record(0x0203, place + struct.pack("<Hd", _DATE, (value - _EPOCH).days))
    if float(value).is_integer() and abs(value) < 2**29:
        # Whole numbers are packed into 30 bits, as Excel does.
        return _record(0x027E, place + struct.pack("<HI", _GENERAL, (int(value) << 2 | 2) & 0xFFFFFFFF))
    return _record(0x0203, place + struct.pack("<Hd", _GENERAL, value))


def _compound(stream: bytes) -> bytes:
    """One stream named Workbook: a sector of allocations, one of the directory, then the stream."""
    # Streams below 4,096 bytes would lie in a smaller file within the file.
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    table = [_FAT, _END, *range(3, count + 2), _END]
    assert len(table) <= _SECTOR // 4
    table += [_FREE] * (_SECTOR // 4 - len(table))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        bytes.fromhex("D0CF11E0A1B11AE1"), 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
    directory += _entry("", 0, _FREE, 0, 0) * 2
    return header + struct.pack(f"<{len(table)}I", *table) + directory + stream


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    length = len(written) + 2 if name else 0
    tree = struct.pack("<III", _FREE, _FREE, child)
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBB", length, kind, 1)
        + tree
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )
