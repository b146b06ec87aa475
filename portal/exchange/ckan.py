"""CKAN's shapes: packages and their resources, as its action API writes them.

What CKAN has no field for stands in `extras`, under the keys of ckanext-dcat where that has one; values are
texts, lists are JSON. `ckan_reading` reads the same keys back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from portal import links
from portal.catalog.models import Dataset, Distribution, Series, State, when_text
from portal.exchange import ckan_parts
from portal.exchange.ckan_parts import instant
from portal.exchange.ckan_tables import told_of_resource
from portal.exchange.values import JsonObject, JsonValue, day

# Fields of a package that the model has no place for: kept among its extras, written as fields again.
KEPT_FIELDS = ("version", "author_email")
# Where further keys of resources are kept among a dataset's extras, by the key of the source.
RESOURCE_EXTRAS = "ckan_resources"
# The extra that tells of the series: an object, since other catalogues use plainer keys for texts of all kinds.
SERIES = "dataset_series"

_STATES = {
    State.DRAFT: "draft",
    State.IN_REVIEW: "draft",
    State.SCHEDULED: "draft",
    State.PUBLISHED: "active",
    State.WITHDRAWN: "deleted",
    State.TRASHED: "deleted",
}


def package(dataset: Dataset, base_url: str) -> JsonObject:
    """The whole record; everything of it must be loaded."""
    extras = [{"key": key, "value": value} for key, value in sorted(_extras(dataset))]
    return {
        "id": str(dataset.uuid),
        "name": dataset.slug,
        "title": dataset.title_vi,
        "notes": dataset.description_vi,
        "url": dataset.landing_page or _text(dataset.extras.get("url", "")),
        "type": "dataset",
        "state": _STATES[dataset.state],
        "private": dataset.state is not State.PUBLISHED,
        **{name: _text(dataset.extras.get(name, "")) for name in KEPT_FIELDS},
        **_people(dataset),
        **ckan_parts.licence_of(dataset.licence, dataset.licence_raw),
        "owner_org": str(dataset.agency.uuid) if dataset.agency else None,
        "organization": ckan_parts.organization_reference(dataset.agency) if dataset.agency else None,
        "creator_user_id": None,
        "metadata_created": instant(dataset.created_at),
        "metadata_modified": instant(dataset.updated_at),
        "num_resources": len(dataset.distributions),
        "num_tags": len(dataset.keywords),
        "groups": [ckan_parts.group_reference(theme) for theme in dataset.themes],
        "tags": [ckan_parts.tag(word) for word in dataset.keywords],
        "resources": resources(dataset, base_url),
        "extras": extras,
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def resources(dataset: Dataset, base_url: str) -> list[JsonValue]:
    """The dataset's files and links in their order."""
    return [
        resource(each, dataset, position, base_url) for position, each in enumerate(dataset.distributions)
    ]


def resource(distribution: Distribution, dataset: Dataset, position: int, base_url: str) -> JsonObject:
    """One file or link; format and file versions must be loaded."""
    file = distribution.current_file
    path = links.ckan_download(dataset.uuid, distribution.uuid, file.name) if file else ""
    return {
        **_no_facts(),
        **_further(distribution, dataset),
        "id": str(distribution.uuid),
        "package_id": str(dataset.uuid),
        "name": distribution.title_vi,
        "description": distribution.description_vi,
        "url": links.absolute(base_url, path) if file else distribution.access_url,
        "url_type": "upload" if file else None,
        "format": distribution.format.code if distribution.format else distribution.format_raw or "",
        "created": instant(distribution.created_at),
        "metadata_modified": instant(distribution.updated_at),
        "position": position,
        "state": "active",
        **told_of_resource(distribution, base_url),
        **(
            {
                "mimetype": file.media_type.partition(";")[0],
                "size": file.byte_size,
                "hash": file.sha256,
                "last_modified": instant(file.created_at),
            }
            if file
            else {}
        ),
    }


def _no_facts() -> JsonObject:
    """Fields that clients read without asking whether they are there."""
    names = ("mimetype", "mimetype_inner", "size", "last_modified", "cache_url", "cache_last_updated")
    return {**dict.fromkeys(names), "hash": "", "resource_type": None}


def _further(distribution: Distribution, dataset: Dataset) -> JsonObject:
    """Keys that CKAN lets any resource have, and what ours say beyond its fields."""
    kept = dataset.extras.get(RESOURCE_EXTRAS)
    # A resource that came without an id is told with one, and may come back so.
    keys = (str(distribution.uuid), distribution.source_key)
    own = next((kept[key] for key in keys if key in kept), None) if isinstance(kept, dict) else None
    found: JsonObject = dict(own) if isinstance(own, dict) else {}
    if distribution.title_en:
        found["name_en"] = distribution.title_en
    if distribution.description_en:
        found["description_en"] = distribution.description_en
    if distribution.columns:
        found["columns"] = [dict(column) for column in distribution.columns]
    if distribution.rows is not None:
        found["rows"] = distribution.rows
    return found


def _people(dataset: Dataset) -> JsonObject:
    return {
        "author": dataset.supplier.name_vi if dataset.supplier else dataset.supplier_text or "",
        "maintainer": dataset.contact_name or "",
        "maintainer_email": dataset.contact_email or "",
    }


def _extras(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """What no field says, and every key that came along; empty values are left out."""
    own = dict(_own_extras(dataset))
    for key, value in dataset.extras.items():
        if key not in own and key not in (*KEPT_FIELDS, "url", RESOURCE_EXTRAS):
            yield key, _text(value)
    yield from own.items()


def _own_extras(dataset: Dataset) -> Iterator[tuple[str, str]]:
    texts = {
        "identifier": dataset.identifier,
        "alternate_identifier": dataset.other_identifier,
        "title_en": dataset.title_en,
        "notes_en": dataset.description_en,
        "publisher_name": None if dataset.agency else dataset.agency_text,
        "frequency": dataset.frequency.code if dataset.frequency else dataset.frequency_raw,
        "access_rights": dataset.access_level.code if dataset.access_level else None,
        "access_reason": dataset.access_reason,
        "temporal_start": day(dataset.temporal_start),
        "temporal_end": day(dataset.temporal_end),
        "issued": when_text(dataset.issued) if dataset.issued else None,
        "modified": when_text(dataset.modified) if dataset.modified else None,
        "contact_phone": dataset.contact_phone,
        "legal_basis": dataset.legal_basis,
        "conforms_to": dataset.conforms_to,
        "provenance": dataset.provenance,
        "illustrative": "true" if dataset.illustrative else None,
    }
    lists = {
        "language": dataset.languages,
        "places": [*(place.code for place in dataset.places), *dataset.places_raw],
        "theme": dataset.themes_raw,
    }
    yield from ((key, text) for key, text in texts.items() if text)
    if dataset.series:
        yield SERIES, json.dumps(_series(dataset.series), ensure_ascii=False)
    yield from ((key, json.dumps(words, ensure_ascii=False)) for key, words in lists.items() if words)


def _series(series: Series) -> JsonObject:
    """All that makes the series again where it is not known."""
    told: JsonObject = {
        "id": str(series.uuid),
        "slug": series.slug,
        "title": series.title_vi,
        "title_en": series.title_en,
        "description": series.description_vi,
        "description_en": series.description_en,
        "publisher": series.agency.slug if series.agency else None,
    }
    return {name: value for name, value in told.items() if value}


def _text(value: object) -> str:
    """As CKAN keeps extras: texts stay, everything else is JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_odd)


def _odd(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
