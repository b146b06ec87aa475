"""From CKAN's packages to records: what `ckan` writes, and what other catalogues do, without loss.

A key that no field of ours knows is kept among the extras; of a resource, under `ckan.RESOURCE_EXTRAS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, cast

from portal.catalog.queries import as_uuid
from portal.catalog.records import DatasetFields, Record
from portal.errors import Invalid
from portal.exchange.ckan import KEPT_FIELDS, SERIES
from portal.exchange.ckan_resources import homeless_resources, resources_of
from portal.exchange.json_values import (
    address_or_none,
    clean_value,
    is_deeper,
    line_of,
    line_or_none,
    text_of,
    text_or_none,
    when,
    words,
)
from portal.exchange.series_facts import series_in
from portal.text import LocalizedText, clean_line

MAX_TITLE = 1000
MAX_DEPTH = 40
# Said by the portal that a package is in, and by nobody else.
_OF_THE_PORTAL = frozenset(
    "id name title notes url type state private author maintainer maintainer_email license_id license_title "
    "license_url isopen owner_org organization creator_user_id metadata_created metadata_modified num_resources "
    "num_tags groups tags tag_string resources extras relationships_as_subject relationships_as_object revision_id "
    "revision_timestamp plugin_data tracking_summary display_name return_id_only".split()
)


class NotAPackage(Invalid):
    """A package that no record can be made of; `fields` tells why."""


def record_of(row: Mapping[str, Any], line: int) -> Record:
    """A package as a record. Keys that are absent say nothing, but a list of extras says all. Raises NotAPackage."""
    extras = _extras_of(row)
    identifier = line_of(extras.get("identifier")) or line_of(row.get("id")) or line_of(row.get("name"))
    if not identifier:
        raise NotAPackage(fields={"name": LocalizedText("Thiếu tên định danh.", "Missing value")})
    if line_of(row.get("type")) not in ("", "dataset"):
        raise NotAPackage(
            fields={"type": LocalizedText("Không phải bộ dữ liệu.", "Only packages of type dataset")}
        )
    kept = {key: value for key, value in extras.items() if key not in _READERS and key != "identifier"}
    fields: DatasetFields = {}
    _read_fields(row, fields, kept)
    _read_extras(row, extras, fields, kept)
    _read_names(row, extras, fields)
    distributions = resources_of(row.get("resources"), kept)
    homeless = homeless_resources(row.get("resources"))
    if homeless:
        kept["resources_without_address"] = homeless
    series = series_in(extras[SERIES]) if isinstance(extras.get(SERIES), dict) else None
    if series is not None:
        fields["series"] = series.key
        del kept[SERIES]
    fields["extras"] = kept
    return Record(
        line,
        identifier,
        fields,
        distributions,
        uuid=as_uuid(line_of(row.get("id"))),
        slug=line_of(row.get("name")) or None,
        is_public=is_public(row),
        series=series,
    )


def is_public(row: Mapping[str, Any]) -> bool:
    """Whether everybody sees the package where it comes from."""
    is_private = row.get("private")
    state = line_of(row.get("state")) or "active"
    return state == "active" and not (
        is_private is True or line_of(is_private).lower() in ("true", "1", "yes")
    )


def stated_in_full(fields: DatasetFields) -> DatasetFields:
    """The same, where what is not said is cleared, but for what only administrators say."""
    return cast(DatasetFields, {**_EMPTY, **fields})


_EMPTY: DatasetFields = {
    "title_en": None,
    "description_vi": "",
    "description_en": None,
    "keywords": [],
    "themes": [],
    "supplier": None,
    "places": [],
    "temporal_start": None,
    "temporal_end": None,
    "frequency": None,
    "licence": None,
    "access_level": None,
    "access_reason": None,
    "languages": [],
    "contact_name": None,
    "contact_email": None,
    "contact_phone": None,
    "legal_basis": None,
    "landing_page": None,
    "conforms_to": None,
    "series": None,
    "provenance": None,
    "issued": None,
    "modified": None,
    "other_identifier": None,
}


def _extras_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Pairs as a mapping, the last one of a key; also a mapping, as older clients send."""
    value = row.get("extras")
    if isinstance(value, dict):
        return {clean_line(str(key)): clean_value(each) for key, each in value.items()}
    pairs = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    found = {
        line_of(each.get("key")): clean_value(each.get("value")) for each in pairs if not each.get("deleted")
    }
    return {key: _structured(each) for key, each in found.items() if key and each is not None}


def _structured(value: Any) -> Any:
    """A list or an object that stands as text, where writing it gives this very text again."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    if is_deeper(found, MAX_DEPTH):
        return value
    found = clean_value(found)
    return found if json.dumps(found, ensure_ascii=False) == value else value


def _read_fields(row: Mapping[str, Any], fields: DatasetFields, kept: dict[str, Any]) -> None:
    title = line_of(row.get("title")) or line_of(row.get("name"))
    if len(title) > MAX_TITLE:
        raise NotAPackage(
            fields={"title": LocalizedText(f"Dài quá {MAX_TITLE} ký tự.", f"Longer than {MAX_TITLE}")}
        )
    if title:
        fields["title_vi"] = title
    readers: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
        ("notes", "description_vi", text_of),
        ("url", "landing_page", address_or_none),
        ("author", "supplier", line_or_none),
        ("maintainer", "contact_name", line_or_none),
        ("maintainer_email", "contact_email", line_or_none),
        ("license_id", "licence", line_or_none),
    )
    for key, name, read in readers:
        if key in row:
            fields[name] = read(row[key])  # type: ignore[literal-required]
    if line_of(row.get("url")) and not fields.get("landing_page"):
        kept["url"] = line_of(row["url"])
    for key, value in row.items():
        cleaned = clean_value(value) if key in KEPT_FIELDS or key not in _OF_THE_PORTAL else None
        if cleaned not in (None, "", [], {}):
            kept[clean_line(str(key))] = cleaned


def _read_names(row: Mapping[str, Any], extras: Mapping[str, Any], fields: DatasetFields) -> None:
    """Tags, groups, organisation. Packages of ours name things by code, others better by title."""
    by = ("name", "id", "title") if "identifier" in extras else ("title", "display_name", "name", "id")
    if "tags" in row or "tag_string" in row:
        fields["keywords"] = list(dict.fromkeys(_tags(row)))
    if "groups" in row or "theme" in extras:
        fields["themes"] = list(
            dict.fromkeys([*_named(row.get("groups"), by), *_list_of(extras.get("theme"))])
        )
    organization = row.get("organization")
    if isinstance(organization, dict):
        fields["publisher"] = next(iter(_named([organization], by)), None)
    elif line_of(row.get("owner_org")):
        fields["publisher"] = line_of(row["owner_org"])
    elif line_of(extras.get("publisher_name")):
        fields["publisher"] = line_of(extras["publisher_name"])
    elif "owner_org" in row or "organization" in row:
        fields["publisher"] = None


def _tags(row: Mapping[str, Any]) -> Iterator[str]:
    tags = row.get("tags")
    for each in tags if isinstance(tags, list) else ():
        name = (
            line_of(each.get("name") or each.get("display_name")) if isinstance(each, dict) else line_of(each)
        )
        if name:
            yield name
    yield from filter(None, (line_of(each) for each in line_of(row.get("tag_string")).split(",")))


def _named(things: Any, by: tuple[str, ...]) -> Iterator[str]:
    for each in things if isinstance(things, list) else ():
        if isinstance(each, dict):
            names = (line_of(each.get(key)) for key in by)
            yield from [next(filter(None, names), "")] if any(each.get(key) for key in by) else []
        elif line_of(each):
            yield line_of(each)


def _list_of(value: Any) -> list[str]:
    """A list, JSON text of one, or one word."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return words(value)
    return words(value) if value is not None else []


def _day(value: Any) -> date | None:
    found = when(value)
    return found.date() if isinstance(found, datetime) else found


def _yes(value: Any) -> bool:
    return value is True or line_of(value).lower() == "true"


# What stands in extras under these keys has a place of its own.
_READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "alternate_identifier": ("other_identifier", line_or_none),
    "title_en": ("title_en", line_or_none),
    "notes_en": ("description_en", text_or_none),
    "frequency": ("frequency", line_or_none),
    "access_rights": ("access_level", line_or_none),
    "access_reason": ("access_reason", text_or_none),
    "temporal_start": ("temporal_start", _day),
    "temporal_end": ("temporal_end", _day),
    "issued": ("issued", when),
    "modified": ("modified", when),
    "contact_phone": ("contact_phone", line_or_none),
    "legal_basis": ("legal_basis", text_or_none),
    "conforms_to": ("conforms_to", line_or_none),
    "provenance": ("provenance", text_or_none),
    "illustrative": ("illustrative", _yes),
    "language": ("languages", _list_of),
    "places": ("places", _list_of),
    # Read with groups and organisation.
    "theme": ("", words),
    "publisher_name": ("", words),
}
_DATED = ("temporal_start", "temporal_end", "issued", "modified")
_KNOWN_LEVEL = frozenset("abcdefghijklmnopqrstuvwxyz-")


def _read_extras(
    row: Mapping[str, Any], extras: Mapping[str, Any], fields: DatasetFields, kept: dict[str, Any]
) -> None:
    """A value that its field cannot hold stays among the extras as it was."""
    for key, (name, read) in _READERS.items():
        if name and key in extras:
            value = read(extras[key])
            fields[name] = value  # type: ignore[literal-required]
            if value is None and key in _DATED:
                kept[key] = extras[key]
    level = fields.get("access_level")
    if level and not set(level) <= _KNOWN_LEVEL:
        kept["access_rights"] = level
    start, end = fields.get("temporal_start"), fields.get("temporal_end")
    if start and end and end < start:
        kept |= {"temporal_start": extras["temporal_start"], "temporal_end": extras["temporal_end"]}
        fields["temporal_start"] = fields["temporal_end"] = None
    for key, name in (("contact_name", "contact_name"), ("contact_email", "contact_email")):
        if line_of(extras.get(key)) and not fields.get(name):
            fields[name] = line_of(extras[key])  # type: ignore[literal-required]
            kept.pop(key, None)
