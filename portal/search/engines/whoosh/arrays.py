"""Many arrays in one file, memory-mapped when large, each at a multiple of 64 bytes, under one checksum.

One file instead of one per array: fewer things to sync to disk, link and verify.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_MAGIC = b"arrays1\n"
_ALIGNMENT = 64
# Smaller files are read whole: no page faults, and no harm when someone cuts the file under a mapping.
MAPPED_FROM = 8 * 2**20


class Damaged(Exception):
    """A file of the index is absent, cut or changed."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An opened file: `facts` are the small values beside the arrays."""

    facts: Mapping[str, Any]
    arrays: Mapping[str, Array]


def write(path: Path, facts: Mapping[str, object], arrays: Mapping[str, Array]) -> int:
    """Write and sync one file; returns its checksum."""
    table: dict[str, tuple[str, int, int]] = {}
    offset = 0
    for name, array in arrays.items():
        table[name] = (array.dtype.str, array.size, offset)
        offset += _padded(array.nbytes)
    head = json.dumps({"facts": facts, "table": table}).encode()
    head = len(head).to_bytes(8, "little") + head
    contents = [_MAGIC + head, *map(_bytes, arrays.values())]
    checksum = 0
    with path.open("wb") as file:
        for content in contents:
            for piece in (content, bytes(_padded(len(content)) - len(content))):
                file.write(piece)
                checksum = zlib.crc32(piece, checksum)
        file.flush()
        os.fsync(file.fileno())
    return checksum


def read(path: Path, checksum: int, *, mapped_from: int = MAPPED_FROM) -> Stored:
    """Map a file of at least `mapped_from` bytes into memory, read a smaller one. Raises Damaged unless it is byte
    for byte what was written."""
    try:
        if path.stat().st_size < mapped_from:
            whole: Array = np.fromfile(path, dtype=np.uint8)
        else:
            whole = np.memmap(path, dtype=np.uint8, mode="r")
    except (OSError, ValueError) as error:
        raise Damaged(f"{path.name}: {error}") from error
    if zlib.crc32(whole.data) != checksum:
        raise Damaged(f"{path.name}: checksum differs")
    start = len(_MAGIC) + 8
    length = int.from_bytes(whole[len(_MAGIC) : start].tobytes(), "little")
    head = json.loads(whole[start : start + length].tobytes())
    body = whole[_padded(start + length) :]
    arrays = {}
    for name, (dtype, count, offset) in head["table"].items():
        kind = np.dtype(dtype)
        # A plain view: a memmap object costs more at every slice.
        arrays[name] = np.asarray(body[offset : offset + count * kind.itemsize]).view(kind)
    return Stored(head["facts"], arrays)


def _padded(length: int) -> int:
    return -(-length // _ALIGNMENT) * _ALIGNMENT


def _bytes(array: Array) -> bytes | memoryview:
    """The content of an array, of which no copy is made however large it is."""
    return np.ascontiguousarray(array).data.cast("B") if array.size else b""
