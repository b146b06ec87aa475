"""Which bytes a request for a stored file asks for (RFC 9110 section 14), and their digest (RFC 9530)."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

_BYTES_UNIT = re.compile(r"bytes=(.*)", re.IGNORECASE | re.DOTALL)
_SPEC = re.compile(r"([0-9]*)-([0-9]*)")
_STRONG_TAG = re.compile(r'"[\x21\x23-\x7e\x80-\xff]*"')
# More digits than any file's length has; int() itself refuses thousands of them.
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `start` on, `length` of them, of a file of `total` bytes."""

    start: int
    length: int
    total: int

    @property
    def content_range(self) -> str:
        """The value of Content-Range in a 206."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{self.total}"


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """A well-formed range that lies outside the file: 416."""

    total: int

    @property
    def content_range(self) -> str:
        """The value of Content-Range in a 416."""
        return f"bytes */{self.total}"


def select_range(
    range_header: str | None, if_range_header: str | None, *, etag: str, byte_size: int
) -> Part | Unsatisfiable | None:
    """The one range that must be sent, or None for the whole file.

    Ignored, as RFC 9110 allows or demands: other units, malformed and several ranges, any range of an
    empty file, and a range whose If-Range is not exactly our strong `etag` (quotes included). A date in
    If-Range never matches: two versions may share a second.
    """
    if range_header is None or byte_size == 0:
        return None
    if if_range_header is not None and not _is_same_strong_tag(if_range_header, etag):
        return None
    return _parse(range_header, byte_size)


def repr_digest(sha256: str) -> str:
    """The value of Repr-Digest for a SHA-256 in hex."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode('ascii')}:"


def _is_same_strong_tag(header: str, etag: str) -> bool:
    return _STRONG_TAG.fullmatch(etag) is not None and header.strip(" \t") == etag


def _parse(header: str, total: int) -> Part | Unsatisfiable | None:
    unit = _BYTES_UNIT.fullmatch(header.strip(" \t"))
    specs = [] if unit is None else [spec.strip(" \t") for spec in unit[1].split(",") if spec.strip(" \t")]
    found = _SPEC.fullmatch(specs[0]) if len(specs) == 1 else None
    if found is None or found.group() == "-":
        return None
    first, last = found.groups()
    if not first:
        return _suffix(_number(last), total)
    if last and _number(last) < _number(first):
        return None
    return _from(_number(first), _number(last) if last else total, total)


def _suffix(length: int, total: int) -> Part | Unsatisfiable:
    if length == 0:
        return Unsatisfiable(total)
    length = min(length, total)
    return Part(total - length, length, total)


def _from(first: int, last: int, total: int) -> Part | Unsatisfiable:
    if first >= total:
        return Unsatisfiable(total)
    return Part(first, min(last, total - 1) - first + 1, total)


def _number(digits: str) -> int:
    significant = digits.lstrip("0")
    return int(significant[:_MOST_DIGITS] or "0") if len(significant) <= _MOST_DIGITS else 10**_MOST_DIGITS
