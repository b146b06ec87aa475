"""What writers send about a package, checked as CKAN checks it, as a record of the services."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from portal.api.ckan.calls import CallInvalid
from portal.api.ckan.common import base_url
from portal.catalog import queries
from portal.catalog.models import Dataset, DistributionKind, Vocabulary
from portal.catalog.records import DatasetFields, Record, RecordDistribution
from portal.catalog.services.files import IncomingFile
from portal.catalog.services.matching import Lookup
from portal.exchange.ckan import RESOURCE_EXTRAS
from portal.exchange.ckan_reading import record_of, stated_in_full
from portal.exchange.ckan_resources import further_keys, resource_of
from portal.exchange.json_values import line_of
from portal.text import LocalizedText

MAX_EXTRAS = 200
MAX_RESOURCES = 1_000
MAX_LETTERS = 200_000
_NAME = re.compile(r"[a-z0-9_-]{2,100}")
_RESERVED = frozenset({"new", "edit", "search"})
_BAD_NAME = LocalizedText(
    "Chỉ gồm a-z, 0-9, - và _, từ 2 đến 100 ký tự.",
    "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_, 2 to 100 of them",
)
_RESERVED_NAME = LocalizedText("Tên này không dùng được.", "That name cannot be used")
_MISSING = LocalizedText("Thiếu giá trị.", "Missing value")
_NOT_A_LIST = LocalizedText("Phải là một danh sách đối tượng.", "Only lists of dicts can be placed here")
_DUPLICATE = LocalizedText("Khóa bị lặp.", "There is a duplicate key")
_TOO_MANY = LocalizedText("Quá nhiều mục.", "Too many items")
_TOO_LONG = LocalizedText("Nội dung quá dài.", "Too long")
_NO_ORGANIZATION = LocalizedText("Không có cơ quan này.", "Organization does not exist")
_NO_GROUP = LocalizedText("Không có lĩnh vực này.", "Group does not exist")


def read_package(
    session: Session,
    row: Mapping[str, Any],
    lookup: Lookup,
    files: Mapping[int, IncomingFile],
    *,
    stored: Dataset | None,
    is_administrator: bool,
) -> tuple[Record, dict[str, IncomingFile]]:
    """The record of a whole package and its new files by key; `files` are numbered as resources are.

    Raises CallInvalid, NotAPackage.
    """
    _check(row)
    record = record_of({**row, "resources": None}, 1)
    fields: DatasetFields = stated_in_full(record.fields)
    distributions, incoming, further = _resources(row, files, stored)
    if further:
        fields["extras"][RESOURCE_EXTRAS] = further
    if stored is not None:
        fields["extras"] = {**dict.fromkeys(stored.extras), **fields["extras"]}
    _organization(session, row, fields)
    _groups(row, fields, lookup, is_administrator=is_administrator)
    if not is_administrator:
        # Left out, the mark stays: no invented figure may lose it by the way.
        fields.pop("illustrative", None)
    # Only administrators say by which identifier a dataset is known; the name is never empty.
    own = is_administrator and "identifier" in _extra_keys(row)
    identifier = record.identifier if own else line_of(row["name"])
    return (
        replace(
            record,
            identifier=stored.identifier if stored else identifier,
            fields=fields,
            distributions=distributions,
            uuid=record.uuid if is_administrator else None,
            slug=line_of(row["name"]),
        ),
        incoming,
    )


def _check(row: Mapping[str, Any]) -> None:
    name = row.get("name")
    if not name:
        raise CallInvalid(fields={"name": _MISSING})
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise CallInvalid(fields={"name": _BAD_NAME})
    if name in _RESERVED:
        raise CallInvalid(fields={"name": _RESERVED_NAME})
    for key in ("tags", "groups", "resources", "extras"):
        value = row.get(key)
        is_pairs = key == "extras" and isinstance(value, dict)
        if value is not None and not is_pairs and not _is_list_of_rows(value, bare=key in ("tags", "groups")):
            raise CallInvalid(fields={key: _NOT_A_LIST})
        if value is not None and len(value) > (MAX_RESOURCES if key == "resources" else MAX_EXTRAS * 5):
            raise CallInvalid(fields={key: _TOO_MANY})
    _check_extras(row)
    for key in ("title", "notes", "url", "version", "author", "maintainer"):
        if isinstance(row.get(key), str) and len(row[key]) > MAX_LETTERS:
            raise CallInvalid(fields={key: _TOO_LONG})


def _is_list_of_rows(value: Any, *, bare: bool) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) or (bare and isinstance(each, str)) for each in value
    )


def _check_extras(row: Mapping[str, Any]) -> None:
    keys = _extra_keys(row)
    if any(not key for key in keys):
        raise CallInvalid(fields={"extras": _MISSING})
    if len(set(keys)) != len(keys):
        raise CallInvalid(fields={"extras": _DUPLICATE})
    if len(keys) > MAX_EXTRAS:
        raise CallInvalid(fields={"extras": _TOO_MANY})


def _extra_keys(row: Mapping[str, Any]) -> list[str]:
    extras = row.get("extras") or []
    if isinstance(extras, dict):
        return [line_of(key) for key in extras]
    return [line_of(each.get("key")) for each in extras if isinstance(each, dict) and not each.get("deleted")]


def _organization(session: Session, row: Mapping[str, Any], fields: DatasetFields) -> None:
    """`owner_org` is an id or a name; where this portal has no such one, what `organization` says of it."""
    named = row.get("organization")
    inside = [named.get("id"), named.get("name")] if isinstance(named, dict) else []
    wanted = [each for each in map(line_of, (row.get("owner_org"), *inside)) if each]
    if row.get("owner_org") in (None, "") and "owner_org" in row:
        wanted = []
    found = next(filter(None, (queries.agency(session, each) for each in wanted)), None)
    if wanted and found is None:
        raise CallInvalid(fields={"owner_org": _NO_ORGANIZATION})
    if found is not None:
        fields["publisher"] = found.slug
    elif "owner_org" in row and "publisher_name" not in _extra_keys(row):
        fields["publisher"] = None
    elif not wanted and "publisher_name" not in _extra_keys(row):
        fields.pop("publisher", None)


def _groups(row: Mapping[str, Any], fields: DatasetFields, lookup: Lookup, *, is_administrator: bool) -> None:
    """Groups must be known ones; words of other catalogues, kept in the extra `theme`, must not bring back a
    group that was just left out."""
    named = [_group_name(each) for each in row.get("groups") or []]
    known = {name: lookup.concept(Vocabulary.THEME, name) for name in named if name}
    if not is_administrator and None in known.values():
        raise CallInvalid(fields={"groups": _NO_GROUP})
    others = [word for word in fields.get("themes", []) if word not in named]
    if "groups" in row:
        codes = {concept.code for concept in known.values() if concept}
        meant = {word: lookup.concept(Vocabulary.THEME, word) for word in others}
        others = [word for word, concept in meant.items() if concept is None or concept.code in codes]
    fields["themes"] = [*(concept.code if concept else name for name, concept in known.items()), *others]


def _group_name(row: Any) -> str:
    if isinstance(row, dict):
        return next(filter(None, (line_of(row.get(key)) for key in ("name", "id", "title"))), "")
    return line_of(row)


def _resources(
    row: Mapping[str, Any], files: Mapping[int, IncomingFile], stored: Dataset | None
) -> tuple[tuple[RecordDistribution, ...], dict[str, IncomingFile], dict[str, Any]]:
    """Resources in their order, new files by key, and further keys by key."""
    distributions: list[RecordDistribution] = []
    incoming: dict[str, IncomingFile] = {}
    further: dict[str, Any] = {}
    for number, each in enumerate(row.get("resources") or []):
        found = _resource(each, number, stored)
        distributions.append(found)
        if number in files:
            incoming[found.key] = files[number]
        own = further_keys(each if number not in files else {**each, "url_type": "upload"})
        if own:
            further[found.key] = own
    return tuple(distributions), incoming, further


def _resource(row: Mapping[str, Any], number: int, stored: Dataset | None) -> RecordDistribution:
    found = resource_of(row)
    known = next(
        (each for each in (stored.distributions if stored else ()) if found.uuid and each.uuid == found.uuid),
        None,
    )
    if known is None:
        # Two links to one address are two resources.
        return replace(found, key=found.key if found.uuid else f"{number}:{found.url or ''}")
    is_own = (
        line_of(row.get("url_type")) == "upload"
        or not found.url
        or found.url.startswith(f"{base_url()}/dataset/")
    )
    is_kept = known.kind is DistributionKind.FILE and is_own
    return replace(found, key=known.source_key or found.key, url=None if is_kept else found.url)


def numbered(files: Mapping[str, IncomingFile], pattern: Sequence[str]) -> dict[int, IncomingFile]:
    """Files of parts such as `resources__2__upload`, by the number of their resource."""
    found = {}
    for name, file in files.items():
        for start in pattern:
            match = re.fullmatch(rf"{start}__(\d{{1,4}})__upload", name)
            if match:
                found[int(match[1])] = file
    return found
