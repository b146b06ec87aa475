"""Reads catalogues in JSON lines (also gzip): one record a line, in the shape that docs/import.md tells."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from portal.catalog.records import (
    ColumnFacts,
    DatasetFields,
    Record,
    RecordDistribution,
    Unreadable,
)
from portal.catalog.services.distributions import is_address
from portal.clock import CITY_ZONE
from portal.errors import Invalid
from portal.exchange.local_files import FileRefused, local_source
from portal.text import LocalizedText, clean, clean_line

_MAX_LINE_BYTES = 4 * 1024**2
_MAX_TITLE = 1000
_MAX_ID = 500
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_CLEANED = LocalizedText("Đã bỏ ký tự điều khiển.", "Control characters were removed.")
# Keys with a place of their own in the model; everything else is kept in `extras`.
_KNOWN = frozenset(
    "id title title_vi title_en description description_vi description_en publisher supplier theme keywords "
    "frequency licence license language landing_page issued modified temporal spatial identifier columns fields "
    "rows resources illustrative origin provenance access_level access_reason legal_basis conforms_to "
    "contact_name contact_email contact_phone".split()
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
        with _open(path) as stream:
            for number, raw in _lines(stream):
                if raw is None:
                    yield Unreadable(
                        number, LocalizedText("Dòng quá dài (trên 4 MiB).", "The line is over 4 MiB.")
                    )
                elif raw.strip():
                    yield _read_line(number, raw, files)
    except (OSError, EOFError) as error:
        raise SourceNotReadable(
            LocalizedText(f"Không đọc được tệp {path.name}.", f"{path.name} cannot be read: {error}")
        ) from error


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if is_gzip else path.open("rb")  # type: ignore[return-value]


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
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
    extras = {
        str(key): _clean_value(value) for key, value in row.items() if key not in _KNOWN and value is not None
    }
    fields: DatasetFields = {}
    _read_texts(row, fields)
    _read_words(row, fields)
    _read_times(row, fields, extras)
    if row.get("illustrative") is True or row.get("origin") == "authored":
        fields["illustrative"] = True
    distributions = _distributions(row, files, extras, notes)
    fields["extras"] = extras
    return Record(number, identifier, fields, distributions, tuple(notes))


def _identifier(row: Mapping[str, Any]) -> str:
    value = row.get("id")
    return clean_line(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _read_texts(row: Mapping[str, Any], fields: DatasetFields) -> None:
    vi = _line(row.get("title_vi")) or _line(row.get("title")) or _line(row.get("title_en"))
    en = _line(row.get("title_en"))
    if not vi:
        raise _Refused("Thiếu tên (`title`).", "`title` is missing.")
    if max(len(vi), len(en)) > _MAX_TITLE:
        raise _Refused(f"Tên dài hơn {_MAX_TITLE} ký tự.", f"The title is over {_MAX_TITLE} characters.")
    fields["title"] = LocalizedText(vi, en if en and en != vi else None)
    if row.keys() & {"description", "description_vi", "description_en"}:
        text = _text(row.get("description_vi")) or _text(row.get("description"))
        fields["description"] = LocalizedText(text, _text(row.get("description_en")) or None)


def _read_words(row: Mapping[str, Any], fields: DatasetFields) -> None:
    readers: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
        ("theme", "themes", _words),
        ("keywords", "keywords", _words),
        ("spatial", "places", _words),
        ("language", "languages", _languages),
        ("publisher", "publisher", _line_or_none),
        ("supplier", "supplier", _line_or_none),
        ("frequency", "frequency", _line_or_none),
        ("license", "licence", _line_or_none),
        ("licence", "licence", _line_or_none),
        ("identifier", "other_identifier", _line_or_none),
        ("landing_page", "landing_page", _address_or_none),
        ("provenance", "provenance", _text_or_none),
        ("access_level", "access_level", _line_or_none),
        ("access_reason", "access_reason", _text_or_none),
        ("legal_basis", "legal_basis", _text_or_none),
        ("conforms_to", "conforms_to", _line_or_none),
        ("contact_name", "contact_name", _line_or_none),
        ("contact_email", "contact_email", _line_or_none),
        ("contact_phone", "contact_phone", _line_or_none),
    )
    for key, field, read in readers:
        if key in row:
            fields[field] = read(row[key])  # type: ignore[literal-required]


def _read_times(row: Mapping[str, Any], fields: DatasetFields, extras: dict[str, Any]) -> None:
    for key in ("issued", "modified"):
        if key in row:
            value = when(row[key])
            fields[key] = value  # type: ignore[literal-required]
            if value is None and row[key]:
                extras[key] = _clean_value(row[key])
    if "temporal" in row:
        start, end = _period(row["temporal"])
        fields["temporal_start"], fields["temporal_end"] = start, end
        if start is None and end is None and row["temporal"]:
            extras["temporal"] = _clean_value(row["temporal"])


def when(value: Any) -> date | datetime | None:
    """A day or an instant out of ISO 8601 or `YYYY-MM-DD HH:MM` (city time); None for anything else."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (
        (instant if instant.tzinfo else instant.replace(tzinfo=CITY_ZONE))
        .astimezone(UTC)
        .replace(microsecond=0)
    )


def _period(value: Any) -> tuple[date | None, date | None]:
    if not isinstance(value, list) or len(value) != 2:
        return None, None
    start, end = _bound(value[0], 1, 1), _bound(value[1], 12, 31)
    return (start, end) if not (start and end and end < start) else (None, None)


def _bound(value: Any, month: int, day: int) -> date | None:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 9999:
        return date(value, month, day)
    if isinstance(value, str) and re.fullmatch(r"\d{4}", value) and value != "0000":
        return date(int(value), month, day)
    moment = when(value)
    return moment.date() if isinstance(moment, datetime) else moment


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
            homeless.append(_clean_value(each))
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
        _line(resource.get("title_vi")) or _line(resource.get("title")),
        _line(resource.get("title_en")) or None,
    )
    rows = row.get("rows")
    own_columns = _columns(resource.get("columns")) or columns
    description = LocalizedText(_text(resource.get("description")) or _text(resource.get("role")))
    format = _line(resource.get("format")) or None
    if isinstance(local, str) and local:
        source = local_source(files, local)
        return RecordDistribution(
            local,
            title,
            description,
            format,
            None,
            source,
            own_columns,
            rows if isinstance(rows, int) else None,
        )
    address = clean_line(url).replace(" ", "%20") if isinstance(url, str) else ""
    if not is_address(address):
        return None
    return RecordDistribution(
        address, title, description, format or _line(resource.get("type")) or None, address
    )


def _columns(value: Any) -> tuple[ColumnFacts, ...] | None:
    if not isinstance(value, list) or not value:
        return None
    return tuple(_column(each) for each in value)


def _column(value: Any) -> ColumnFacts:
    if not isinstance(value, dict):
        return ColumnFacts(_line(value))
    title = LocalizedText(
        _line(value.get("title_vi")) or _line(value.get("title")), _line(value.get("title_en")) or None
    )
    description = LocalizedText(
        _text(value.get("description_vi")) or _text(value.get("description")),
        _text(value.get("description_en")) or None,
    )
    return ColumnFacts(
        _line(value.get("name")),
        title,
        _line(value.get("type")),
        _line(value.get("unit")) or None,
        description,
    )


def _line(value: Any) -> str:
    return (
        clean_line(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    )


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def _line_or_none(value: Any) -> str | None:
    return _line(value) or None


def _text_or_none(value: Any) -> str | None:
    return _text(value) or None


def _address_or_none(value: Any) -> str | None:
    address = _line(value)
    return address if is_address(address) else None


def _words(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(filter(None, (_line(each) for each in items))))


def _languages(value: Any) -> list[str]:
    items = (
        value if isinstance(value, list) else re.split(r"[+,;/\s]+", value) if isinstance(value, str) else []
    )
    return list(dict.fromkeys(filter(None, (_line(each) for each in items))))


def _clean_value(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_clean_value(each) for each in value]
    if isinstance(value, dict):
        return {clean_line(str(key)): _clean_value(each) for key, each in value.items()}
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
