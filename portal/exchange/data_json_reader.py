"""Reads `data.json` (Project Open Data 1.1, federal or not): each entry of `dataset` as a record."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portal.catalog.records import Record, Unreadable
from portal.exchange.data_json import NOT_STATED
from portal.exchange.dcat_shared import ILLUSTRATIVE
from portal.exchange.json_lines import not_readable, open_source, read_row
from portal.exchange.own_addresses import as_read, own_slug
from portal.text import LocalizedText

_CATALOGUE = re.compile(rb'\s*\{.*?"dataset"\s*:\s*\[\s*[\]{]', re.DOTALL)
_ACCESS_LEVELS = {"restricted public": "restricted"}
_MARK = f"{ILLUSTRATIVE.vi}\n\n"
_NO_OBJECT = LocalizedText("Mục không phải một đối tượng JSON.", "The entry is no JSON object.")


def is_data_json(head: bytes) -> bool:
    """Whether a file that begins so is a catalogue of this kind."""
    return _CATALOGUE.match(head.removeprefix(b"\xef\xbb\xbf")) is not None and b'"@graph"' not in head


def read_data_json(path: Path, _files: Path | None = None) -> Iterator[Record | Unreadable]:
    """Every entry. Raises SourceNotReadable."""
    try:
        with open_source(path) as stream:
            entries = _entries(json.loads(stream.read().decode("utf-8-sig")))
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise not_readable(path, error) from error
    for number, entry in enumerate(entries, start=1):
        if isinstance(entry, dict):
            yield _read(entry, number)
        else:
            yield Unreadable(number, _NO_OBJECT)


def _entries(document: object) -> list[object]:
    entries = document.get("dataset") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise ValueError("there is no list of datasets")
    return entries


def _read(entry: Mapping[str, Any], number: int) -> Record | Unreadable:
    own, page = _word(entry.get("@id")), _word(entry.get("landingPage"))
    slug = own_slug(page, own)
    row = {
        "id": entry.get("identifier") or own,
        "title": entry.get("title"),
        **_texts(entry),
        **_responsible(entry),
        "keywords": entry.get("keyword"),
        "theme": entry.get("theme"),
        "spatial": _places(entry.get("spatial")),
        "temporal": _word(entry.get("temporal")).split("/") if entry.get("temporal") else None,
        "language": entry.get("language"),
        "frequency": entry.get("accrualPeriodicity"),
        "conforms_to": entry.get("conformsTo"),
        "landing_page": _source(entry, page if slug is None else ""),
        "issued": entry.get("issued"),
        "modified": entry.get("modified"),
        "resources": [_resource(each) for each in _objects(entry.get("distribution"))],
    }
    known = {name: value for name, value in row.items() if value not in (None, "", [])}
    return as_read(read_row(known, number), own, slug)


def _texts(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Without the sentence that ours begin with when a record was made up, and without repeating the title."""
    description = _word(entry.get("description"))
    text = description.removeprefix(_MARK)
    return {
        "illustrative": True if text != description else None,
        "description": text if text != entry.get("title") else None,
    }


def _responsible(entry: Mapping[str, Any]) -> dict[str, Any]:
    contact, publisher = _object(entry.get("contactPoint")), _object(entry.get("publisher"))
    name = _word(publisher.get("name"))
    email = _word(contact.get("hasEmail")).removeprefix("mailto:")
    # The form demands a name; ours repeats the publisher's.
    person = _word(contact.get("fn"))
    access, rights = _word(entry.get("accessLevel")), _word(entry.get("rights"))
    licence = _word(entry.get("license"))
    return {
        "publisher": name if name != NOT_STATED else None,
        "contact_name": person if person != name else None,
        "contact_email": email,
        "access_level": _ACCESS_LEVELS.get(access, access),
        "access_reason": rights if licence or access not in ("", "public") else None,
        "license": licence or (rights if access in ("", "public") else None),
    }


def _source(entry: Mapping[str, Any], page: str) -> str | None:
    references = entry.get("references")
    first = next(iter(references), None) if isinstance(references, list) else None
    return page or (first if isinstance(first, str) else None)


def _places(value: object) -> list[str]:
    return [each.strip() for each in _word(value).split(";") if each.strip()]


def _resource(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": entry.get("title"),
        "description": entry.get("description"),
        "url": entry.get("downloadURL") or entry.get("accessURL"),
        "format": entry.get("format") or entry.get("mediaType"),
    }


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
