"""Reads packages of CKAN: JSON lines as `ckanapi dump` writes them, a list, or the answer of an action."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from portal.catalog.records import Record, Unreadable
from portal.exchange.ckan_reading import MAX_DEPTH, NotAPackage, record_of
from portal.exchange.json_lines import not_readable, numbered_lines, open_source
from portal.exchange.json_values import is_deeper, line_of
from portal.text import LocalizedText

MAX_DOCUMENT_BYTES = 256 * 1024**2
MAX_ID = 500
# Keys that CKAN writes and other catalogues in JSON do not.
_MARK = re.compile(
    rb'"(?:metadata_created|license_title|num_resources|relationships_as_subject|owner_org)"\s*:'
)
_DELETED = LocalizedText(
    "Gói dữ liệu đã bị xóa ở nguồn.", "The package is deleted in its source: nothing to take in."
)
_NOT_JSON = LocalizedText("Không phải một gói dữ liệu dạng JSON.", "This is no package in JSON.")
_ID_TOO_LONG = LocalizedText(
    f"Mã định danh dài hơn {MAX_ID} ký tự.", f"The identifier is over {MAX_ID} characters."
)


def is_ckan(head: bytes) -> bool:
    """Whether a file that begins so holds packages of CKAN."""
    return _MARK.search(head) is not None


def read_packages(path: Path, files: Path | None = None) -> Iterator[Record | Unreadable]:
    """Packages in their order; uploaded files are links to where they are. Raises SourceNotReadable.

    `files` is not needed: packages name no files of this machine."""
    try:
        for number, row in _rows(path):
            yield _record(row, number)
    except (OSError, EOFError, zlib.error) as error:
        raise not_readable(path, error) from error


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Numbered packages of lines, or of the one document that all lines make."""
    with open_source(path) as stream:
        lines = ((number, line) for number, line in numbered_lines(stream) if line is None or line.strip())
        first = next(lines, None)
        if first is None:
            return
        value = _json(first[1])
        if isinstance(value, dict) and not _wrapped(value):
            yield first[0], value
            yield from ((number, None if line is None else _json(line)) for number, line in lines)
            return
    yield from enumerate(_whole(path, value), start=1)


def _whole(path: Path, first: Any) -> Iterable[Any]:
    if not isinstance(first, dict | list):
        with open_source(path) as stream:
            text = stream.read(MAX_DOCUMENT_BYTES)
        first = _json(text)
    rows = first
    while isinstance(rows, dict) and (inner := _wrapped(rows)):
        rows = rows[inner]
    return rows if isinstance(rows, list) else chain([rows])


def _wrapped(value: dict[str, Any]) -> str:
    """The key under which an answer holds what was asked for."""
    return next(
        (key for key in ("result", "results", "packages") if isinstance(value.get(key), dict | list)), ""
    )


def _json(line: bytes | None) -> Any:
    try:
        return json.loads(line.decode("utf-8-sig")) if line is not None else None
    except (ValueError, RecursionError):
        return None


def _record(row: Any, number: int) -> Record | Unreadable:
    if not isinstance(row, dict) or is_deeper(row, MAX_DEPTH):
        return Unreadable(number, _NOT_JSON)
    identifier = line_of(row.get("id")) or line_of(row.get("name")) or None
    if line_of(row.get("state")) == "deleted":
        return Unreadable(number, _DELETED, identifier)
    try:
        record = record_of(row, number)
    except NotAPackage as error:
        return Unreadable(number, next(iter(error.fields.values()), error.text), identifier)
    if len(record.identifier) > MAX_ID:
        return Unreadable(number, _ID_TOO_LONG, identifier)
    return record
