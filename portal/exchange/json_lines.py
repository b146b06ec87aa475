"""Reads catalogues in JSON lines (also gzip): one record a line, in the shape that docs/import.md tells."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from gzip import GzipFile
from io import BufferedReader
from pathlib import Path
from typing import Any

from portal.catalog.records import (
    ColumnFacts,
    DatasetFields,
    Record,
    RecordDistribution,
    Unreadable,
)
from portal.catalog.services.distributions import is_address
from portal.errors import Invalid
from portal.exchange.json_values import (
    address_or_none,
    clean_value,
    languages,
    line_of,
    line_or_none,
    period,
    text_of,
    text_or_none,
    when,
    words,
)
from portal.exchange.local_files import FileRefused, local_source
from portal.exchange.series_facts import series_in
from portal.text import LocalizedText, clean_line

_MAX_LINE_BYTES = 4 * 1024**2
_MAX_TITLE = 1000
_MAX_ID = 500
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_CLEANED = LocalizedText("Đã bỏ ký tự điều khiển.", "Control characters were removed.")
# Keys with a place of their own in the model; everything else is kept in `extras`.
_KNOWN = frozenset(
    [
        "id",
        "title",
        "title_vi",
        "title_en",
        "description",
        "description_vi",
        "description_en",
        "publisher",
        "supplier",
        "theme",
        "keywords",
        "frequency",
        "licence",
        "license",
        "language",
        "landing_page",
        "issued",
        "modified",
        "temporal",
        "spatial",
        "identifier",
        "columns",
        "fields",
        "rows",
        "resources",
        "illustrative",
        "origin",
        "provenance",
        "access_level",
        "access_reason",
        "legal_basis",
        "conforms_to",
        "contact_name",
        "contact_email",
        "contact_phone",
        "series",
    ]
)


class SourceNotReadable(Invalid):
    """The file to import is missing or is not what its name says."""

    message = LocalizedText("Không đọc được tệp cần nhập.", "The file to import cannot be read.")


class _Refused(Exception):
    def __init__(self, vi: str, en: str) -> None:
        self.text = LocalizedText(vi, en)


def read_json_lines(path: Path, files: Path | None = None) -> Iterator[Record | Unreadable]:
    """Records in the order of lines. `files`: the folder that `resources[].local` is relative to.

    A line that is no record is told as Unreadable with its number; the rest goes on. Raises SourceNotReadable.
    """
    try:
        with open_source(path) as stream:
            for number, raw in numbered_lines(stream):
                if raw is None:
                    yield Unreadable(
                        number, LocalizedText("Dòng quá dài (trên 4 MiB).", "The line is over 4 MiB.")
                    )
                elif raw.strip():
                    yield _read_line(number, raw, files)
    except (OSError, EOFError, zlib.error) as error:
        raise not_readable(path, error) from error


def require_source(path: Path) -> None:
    """Raises SourceNotReadable for what cannot be opened, before anything is done for it."""
    try:
        open_source(path).close()
    except OSError as error:
        raise not_readable(path, error) from error


def not_readable(path: Path, error: Exception) -> SourceNotReadable:
    """What is raised for a file that cannot be read to its end."""
    return SourceNotReadable(
        LocalizedText(f"Không đọc được tệp {path.name}.", f"{path.name} cannot be read: {error}")
    )


def open_source(path: Path) -> GzipFile | BufferedReader:
    """The bytes of a file, unpacked when it is gzip."""
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if is_gzip else path.open("rb")


def numbered_lines(stream: GzipFile | BufferedReader) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines; None for one over the limit, which is skipped without being held in memory."""
    number = 0
    while line := stream.readline(_MAX_LINE_BYTES):
        number += 1
        if len(line) == _MAX_LINE_BYTES and not line.endswith(b"\n"):
            while (rest := stream.readline(_MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        else:
            yield number, line


def _read_line(number: int, raw: bytes, files: Path | None) -> Record | Unreadable:
    try:
        row = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Unreadable(
            number, LocalizedText("Dòng không phải JSON hợp lệ.", "The line is not valid JSON.")
        )
    if not isinstance(row, dict):
        return Unreadable(
            number, LocalizedText("Dòng không phải một đối tượng JSON.", "The line is no JSON object.")
        )
    return read_row(row, number, files)


def read_row(row: Mapping[str, Any], number: int, files: Path | None = None) -> Record | Unreadable:
    """One row in the shape that docs/import.md tells, from whatever source."""
    try:
        return record_of(row, number, files)
    except (_Refused, FileRefused) as error:
        return Unreadable(number, error.text, _identifier(row))


def record_of(row: Mapping[str, Any], number: int, files: Path | None) -> Record:
    """One row as a record."""
    identifier = _identifier(row)
    if not identifier:
        raise _Refused("Thiếu `id`.", "`id` is missing.")
    if len(identifier) > _MAX_ID:
        raise _Refused(f"`id` dài hơn {_MAX_ID} ký tự.", f"`id` is over {_MAX_ID} characters.")
    notes: list[LocalizedText] = [_CLEANED] if _UNWANTED.search(json.dumps(row, ensure_ascii=False)) else []
    extras = {str(key): clean_value(value) for key, value in row.items() if key not in _KNOWN}
    fields: DatasetFields = {}
    _read_texts(row, fields)
    _read_words(row, fields)
    _read_times(row, fields, extras)
    if row.keys() & {"illustrative", "origin"}:
        fields["illustrative"] = row.get("illustrative") is True or row.get("origin") == "authored"
    distributions = _distributions(row, files, extras, notes)
    if not distributions:
        extras |= {key: clean_value(row[key]) for key in ("columns", "fields", "rows") if row.get(key)}
    fields["extras"] = extras
    series = series_in(row.get("series"))
    if "series" in row:
        fields["series"] = series.key if series else None
    return Record(number, identifier, fields, distributions, tuple(notes), series=series)


def _identifier(row: Mapping[str, Any]) -> str:
    value = row.get("id")
    return clean_line(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _read_texts(row: Mapping[str, Any], fields: DatasetFields) -> None:
    vi = line_of(row.get("title_vi")) or line_of(row.get("title")) or line_of(row.get("title_en"))
    en = line_of(row.get("title_en"))
    if not vi:
        raise _Refused("Thiếu tên (`title`).", "`title` is missing.")
    if max(len(vi), len(en)) > _MAX_TITLE:
        raise _Refused(f"Tên dài hơn {_MAX_TITLE} ký tự.", f"The title is over {_MAX_TITLE} characters.")
    fields["title_vi"] = vi
    if "title_en" in row:
        fields["title_en"] = en if en and en != vi else None
    if row.keys() & {"description", "description_vi"}:
        fields["description_vi"] = text_of(row.get("description_vi")) or text_of(row.get("description"))
    if "description_en" in row:
        fields["description_en"] = text_of(row["description_en"]) or None


def _read_words(row: Mapping[str, Any], fields: DatasetFields) -> None:
    readers: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
        ("theme", "themes", words),
        ("keywords", "keywords", words),
        ("spatial", "places", words),
        ("language", "languages", languages),
        ("publisher", "publisher", line_or_none),
        ("supplier", "supplier", line_or_none),
        ("frequency", "frequency", line_or_none),
        ("license", "licence", line_or_none),
        ("licence", "licence", line_or_none),
        ("identifier", "other_identifier", line_or_none),
        ("landing_page", "landing_page", address_or_none),
        ("provenance", "provenance", text_or_none),
        ("access_level", "access_level", line_or_none),
        ("access_reason", "access_reason", text_or_none),
        ("legal_basis", "legal_basis", text_or_none),
        ("conforms_to", "conforms_to", line_or_none),
        ("contact_name", "contact_name", line_or_none),
        ("contact_email", "contact_email", line_or_none),
        ("contact_phone", "contact_phone", line_or_none),
    )
    for key, field, read in readers:
        if key in row:
            fields[field] = read(row[key])  # type: ignore[literal-required]


def _read_times(row: Mapping[str, Any], fields: DatasetFields, extras: dict[str, Any]) -> None:
    for key in ("issued", "modified"):
        if key in row:
            value = when(row[key])
            fields[key] = value
            if value is None and row[key]:
                extras[key] = clean_value(row[key])
    if "temporal" in row:
        start, end = period(row["temporal"])
        fields["temporal_start"], fields["temporal_end"] = start, end
        if start is None and end is None and row["temporal"]:
            extras["temporal"] = clean_value(row["temporal"])


def _distributions(
    row: Mapping[str, Any], files: Path | None, extras: dict[str, Any], notes: list[LocalizedText]
) -> tuple[RecordDistribution, ...] | None:
    resources = row.get("resources")
    columns = _columns(row.get("columns") or row.get("fields"))
    if not isinstance(resources, list):
        return None
    found: dict[str, RecordDistribution] = {}
    homeless = []
    for each in resources:
        distribution = _distribution(each, row, files, columns) if isinstance(each, dict) else None
        if distribution is None:
            homeless.append(clean_value(each))
        else:
            found.setdefault(distribution.key, distribution)
    if homeless:
        extras["resources_without_address"] = homeless
        notes.append(
            LocalizedText(
                f"{len(homeless)} nguồn không có địa chỉ dùng được, giữ trong `extras`.",
                f"{len(homeless)} resources have no usable address; kept in `extras`.",
            )
        )
    return tuple(found.values())


def _distribution(
    resource: Mapping[str, Any],
    row: Mapping[str, Any],
    files: Path | None,
    columns: tuple[ColumnFacts, ...] | None,
) -> RecordDistribution | None:
    local, url = resource.get("local"), resource.get("url")
    title = LocalizedText(
        line_of(resource.get("title_vi")) or line_of(resource.get("title")),
        line_of(resource.get("title_en")) or None,
    )
    words = (resource.get(name) for name in ("description_vi", "description", "role"))
    description = LocalizedText(
        next(filter(None, map(text_of, words)), ""), text_of(resource.get("description_en")) or None
    )
    rows = row.get("rows")
    common: dict[str, Any] = {
        "title": title,
        "description": description,
        "columns": _columns(resource.get("columns")) or columns,
        "rows": rows if isinstance(rows, int) and 0 <= rows < 2**31 else None,
    }
    format = line_of(resource.get("format")) or None
    if isinstance(local, str) and local:
        return RecordDistribution(key=local, format=format, file=local_source(files, local), **common)
    address = clean_line(url).replace(" ", "%20") if isinstance(url, str) else ""
    if not is_address(address):
        return None
    return RecordDistribution(
        key=address, format=format or line_of(resource.get("type")) or None, url=address, **common
    )


def _columns(value: Any) -> tuple[ColumnFacts, ...] | None:
    if not isinstance(value, list) or not value:
        return None
    return tuple(_column(each) for each in value)


def _column(value: Any) -> ColumnFacts:
    if not isinstance(value, dict):
        return ColumnFacts(line_of(value))
    title = LocalizedText(
        line_of(value.get("title_vi")) or line_of(value.get("title")), line_of(value.get("title_en")) or None
    )
    description = LocalizedText(
        text_of(value.get("description_vi")) or text_of(value.get("description")),
        text_of(value.get("description_en")) or None,
    )
    return ColumnFacts(
        line_of(value.get("name")),
        title,
        line_of(value.get("type")),
        line_of(value.get("unit")) or None,
        description,
    )
