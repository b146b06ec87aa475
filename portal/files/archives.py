"""What a ZIP holds, told from its table of contents alone: nothing is unpacked, work is bounded."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_MAX_COMMENT = 65_535
# An archive of a million members is judged by its first thousands.
_MAX_CONTENTS_BYTES = 512 * 1024

_MIMETYPES = {
    b"application/vnd.oasis.opendocument.spreadsheet": "ODS",
    b"application/vnd.oasis.opendocument.text": "ODT",
    b"application/vnd.oasis.opendocument.presentation": "ODP",
}
_OFFICE = (
    ("xl/workbook.bin", "XLSB"),
    ("xl/vbaproject.bin", "XLSM"),
    ("xl/workbook.xml", "XLSX"),
    ("word/document.xml", "DOCX"),
    ("ppt/presentation.xml", "PPTX"),
)
_TOP_LEVEL_KML = re.compile(r"[^/]+\.kml")


def zip_code(head: bytes, stream: BinaryIO, size: int) -> str:
    """The code of what is packed; `ZIP` for anything else, damaged archives included."""
    declared = _MIMETYPES.get(_declared_type(head))
    return declared or _code_of_members({name.lower() for name in _member_names(stream, size)})


def _code_of_members(names: set[str]) -> str:
    if "[content_types].xml" in names:
        return next((code for member, code in _OFFICE if member in names), "ZIP")
    if any(folder + "routes.txt" in names for folder in _folders_of(names, "stops.txt")):
        return "GTFS"
    if any(name.endswith(".shp") for name in names):
        return "SHP"
    if sum(_TOP_LEVEL_KML.fullmatch(name) is not None for name in names) == 1:
        return "KMZ"
    return "ZIP"


def _folders_of(names: Iterable[str], file_name: str) -> Iterator[str]:
    """The folders ("" or "a/") that hold a member of this name."""
    for name in names:
        folder, _, last = name.rpartition("/")
        if last == file_name:
            yield f"{folder}/" if folder else ""


def _declared_type(head: bytes) -> bytes:
    """The `mimetype` member that OpenDocument stores first, unpacked and short."""
    if len(head) < _LOCAL.size:
        return b""
    _, _, _, method, _, _, _, packed, _, name_length, extra_length = _LOCAL.unpack_from(head)
    start = _LOCAL.size + name_length
    if method != 0 or head[_LOCAL.size : start] != b"mimetype":
        return b""
    return head[start + extra_length : start + extra_length + min(packed, 100)].strip()


def _member_names(stream: BinaryIO, size: int) -> Iterator[str]:
    contents = _contents(stream, size)
    position = 0
    while position + _ENTRY.size <= len(contents):
        entry = _ENTRY.unpack_from(contents, position)
        if entry[0] != b"PK\x01\x02":
            return
        name_length, extra_length, comment_length = entry[10:13]
        start = position + _ENTRY.size
        yield contents[start : start + name_length].decode("utf-8", "replace")
        position = start + name_length + extra_length + comment_length


def _contents(stream: BinaryIO, size: int) -> bytes:
    """The central directory, or its beginning; empty where it cannot be found."""
    tail_start = max(0, size - _END.size - _MAX_COMMENT - _END64_LOCATOR.size)
    tail = _read_at(stream, tail_start, size - tail_start)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or found + _END.size > len(tail):
        return b""
    end = _END.unpack_from(tail, found)
    length, offset = end[5], end[6]
    if offset == 0xFFFFFFFF or length == 0xFFFFFFFF:
        length, offset = _large_contents(stream, tail[:found])
    wanted = min(length, _MAX_CONTENTS_BYTES)
    contents = _read_at(stream, offset, wanted)
    if contents.startswith(b"PK\x01\x02"):
        return contents
    # Bytes before the archive (a self-extractor) shift every offset; the table still ends at the end record.
    return _read_at(stream, tail_start + found - length, wanted)


def _large_contents(stream: BinaryIO, before_end: bytes) -> tuple[int, int]:
    """Length and offset of the central directory as the ZIP64 records tell them."""
    locator = before_end[-_END64_LOCATOR.size :]
    if len(locator) < _END64_LOCATOR.size or not locator.startswith(b"PK\x06\x07"):
        return 0, 0
    record = _read_at(stream, _END64_LOCATOR.unpack(locator)[2], _END64.size)
    if len(record) < _END64.size or not record.startswith(b"PK\x06\x06"):
        return 0, 0
    fields = _END64.unpack(record)
    return fields[8], fields[9]


def _read_at(stream: BinaryIO, offset: int, length: int) -> bytes:
    end = stream.seek(0, os.SEEK_END)
    if not 0 <= offset < end:
        return b""
    stream.seek(offset)
    return stream.read(min(length, end - offset))
