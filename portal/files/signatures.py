"""Formats that begin with bytes of their own: pictures, archives, databases, scientific files."""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

from portal.files.archives import zip_code

_BY_START = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"\x1f\x8b\x08", "GZIP"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"CDF\x01", "NETCDF"),
    (b"CDF\x02", "NETCDF"),
    (b"fgb\x03fgb", "FGB"),
    (b"\x00\x01\x00\x00Standard Jet DB", "MDB"),
    (b"\x00\x01\x00\x00Standard ACE DB", "MDB"),
    (b"\x00\x00\x27\x0a" + bytes(20), "SHP"),
    (b"{\\rtf", "RTF"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("Workbook", "XLS"),
    ("Book", "XLS"),
    ("WordDocument", "DOC"),
    ("PowerPoint Document", "PPT"),
)
_OLE_ENTRY_BYTES = 128
_GEOPACKAGE_IDS = frozenset({b"GPKG", b"GP10", b"GP11"})
_DBASE_VERSIONS = frozenset(b"\x03\x30\x31\x32\x43\x63\x83\x8b\xcb\xf5")
_GEO_KEY_DIRECTORY = 34735
_MAX_TAGS = 512


def binary_code(head: bytes, stream: BinaryIO, size: int) -> str | None:
    """The code told by the first bytes (and, where they send us there, by a table elsewhere), or None."""
    for start, code in _BY_START:
        if head.startswith(start):
            return code
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_code(head, stream, size)
    if head.startswith(_OLE):
        return _compound_code(head, stream)
    if head.startswith((b"II*\x00", b"MM\x00*")):
        return _tiff_code(head, stream)
    if head.startswith(b"SQLite format 3\x00"):
        return "GPKG" if head[68:72] in _GEOPACKAGE_IDS else "SQLITE"
    return _framed_code(head, stream, size)


def _framed_code(head: bytes, stream: BinaryIO, size: int) -> str | None:
    """Formats whose mark is weak alone and confirmed by a second one elsewhere."""
    if head.startswith(b"PAR1") and size >= 12 and _tail(stream, 4) in (b"PAR1", b"PARE"):
        return "PARQUET"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if head[257:262] == b"ustar":
        return "TAR"
    return "DBF" if _is_dbase(head) else None


def _tail(stream: BinaryIO, length: int) -> bytes:
    stream.seek(-length, os.SEEK_END)
    return stream.read(length)


def _compound_code(head: bytes, stream: BinaryIO) -> str | None:
    """Which old Office file this is: named by a stream in the first sector of the directory."""
    if len(head) < 512:
        return None
    sector_bytes = 4096 if head[30:32] == b"\x0c\x00" else 512
    (first_sector,) = struct.unpack_from("<L", head, 48)
    stream.seek((first_sector + 1) * sector_bytes)
    # Writers put the directory's sectors side by side; four of the small ones name 16 streams.
    directory = stream.read(max(sector_bytes, 2048))
    names = {
        directory[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
        for at in range(0, len(directory), _OLE_ENTRY_BYTES)
    }
    return next((code for name, code in _OLE_STREAMS if name in names), None)


def _tiff_code(head: bytes, stream: BinaryIO) -> str:
    """TIFF, or GEOTIFF when its first directory of tags has the geographic keys."""
    order = "<" if head.startswith(b"II") else ">"
    if len(head) < 8:
        return "TIFF"
    stream.seek(struct.unpack_from(f"{order}L", head, 4)[0])
    counted = stream.read(2)
    count = min(struct.unpack(f"{order}H", counted)[0], _MAX_TAGS) if len(counted) == 2 else 0
    entries = stream.read(12 * count)
    tags = (struct.unpack_from(f"{order}H", entries, at)[0] for at in range(0, len(entries) - 11, 12))
    return "GEOTIFF" if _GEO_KEY_DIRECTORY in tags else "TIFF"


def _is_dbase(head: bytes) -> bool:
    """A version byte, a plausible date, and a header whose length fits its 32-byte fields and end mark."""
    if len(head) < 65 or head[0] not in _DBASE_VERSIONS:
        return False
    month, day = head[2], head[3]
    header_bytes, record_bytes = struct.unpack_from("<2H", head, 8)
    if not (month <= 12 and day <= 31 and record_bytes > 0 and header_bytes >= 65):
        return False
    end = head[header_bytes - 1 : header_bytes] or b"\r"
    return end == b"\r" or head[header_bytes - 264 : header_bytes - 263] == b"\r"
