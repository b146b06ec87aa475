"""API v1: the things that datasets speak of: agencies, concepts, places, distributions, and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal import links
from portal.catalog.models import (
    Agency,
    Change,
    Concept,
    Distribution,
    FileVersion,
    ObjectKind,
    Place,
    PlaceSuccession,
    Revision,
    Series,
    Vocabulary,
)
from portal.exchange.values import JsonObject, JsonValue, day, instant, localized
from portal.tables.notes import sentence
from portal.tables.refusals import Refusal
from portal.tables.values import Note
from portal.text import LANGUAGES, Language, LocalizedText


@dataclass(frozen=True, slots=True)
class Form:
    """In which language plain texts are written, and the address that links begin with."""

    language: Language
    base_url: str

    def link(self, path: str) -> str:
        """A full address."""
        return links.absolute(self.base_url, path)

    def text(self, name: str, text: LocalizedText) -> JsonObject:
        """`name` and `name_i18n`."""
        return localized(name, text, self.language)


def agency_reference(agency: Agency | None, form: Form) -> JsonObject | None:
    """An agency as other records name it."""
    if agency is None:
        return None
    return {
        "id": str(agency.uuid),
        "slug": agency.slug,
        **form.text("name", agency.name),
        "links": _agency_links(agency, form),
    }


def agency(agency: Agency, form: Form, *, count: int | None = None) -> JsonObject:
    """An agency in a list; `parent` must be loaded, `count` are its public datasets."""
    reference = agency_reference(agency, form) or {}
    return {
        **reference,
        "kind": agency.kind or None,
        "parent": agency_reference(agency.parent, form),
        "acronyms": list(agency.acronyms),
        "former_names": list(agency.former_names),
        "homepage": agency.homepage,
        "source": agency.source or None,
        "dataset_count": count,
        "version": agency.version,
        "created_at": instant(agency.created_at),
        "updated_at": instant(agency.updated_at),
    }


def agency_with_children(found: Agency, form: Form, *, count: int) -> JsonObject:
    """An agency on its own, with the bodies under it."""
    children: list[JsonValue] = [agency_reference(child, form) for child in found.children]
    return {**agency(found, form, count=count), "children": children}


def _agency_links(agency: Agency, form: Form) -> JsonObject:
    return {
        "self": form.link(links.api("agencies", agency.slug)),
        **{f"page_{each}": form.link(links.agency_page(agency.slug, each)) for each in LANGUAGES},
    }


def concept_reference(concept: Concept | None, form: Form) -> JsonObject | None:
    """A concept as records name it: code, label, and its address in a shared vocabulary."""
    if concept is None:
        return None
    return {"code": concept.code, **form.text("label", concept.label), "uri": concept.exact_match}


def concept(concept: Concept, form: Form) -> JsonObject:
    """A concept on its own."""
    reference = concept_reference(concept, form) or {}
    addresses: JsonObject = {"self": form.link(links.api("concepts", concept.vocabulary.value, concept.code))}
    if concept.vocabulary is Vocabulary.THEME:
        addresses |= {f"page_{each}": form.link(links.theme_page(concept.code, each)) for each in LANGUAGES}
    return {
        **reference,
        "vocabulary": concept.vocabulary.value,
        **form.text("description", concept.description),
        "also": list(concept.also),
        "facts": concept.facts,
        "position": concept.position,
        "version": concept.version,
        "links": addresses,
    }


def place_reference(place: Place, form: Form) -> JsonObject:
    """A place as records name it."""
    return {
        "code": place.code,
        "slug": place.slug,
        **form.text("name", place.name),
        "links": {
            "self": form.link(links.api("places", place.slug)),
            **{f"page_{each}": form.link(links.place_page(place.slug, each)) for each in LANGUAGES},
        },
    }


def place(place: Place, form: Form, *, count: int | None = None) -> JsonObject:
    """A place in a list."""
    return {
        **place_reference(place, form),
        "kind": place.kind,
        "parent_code": place.parent_code,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "area_km2": place.area_km2,
        "bbox": [*place.box] if place.box else None,
        "valid_from": day(place.valid_from),
        "valid_until": day(place.valid_until),
        "dataset_count": count,
        "version": place.version,
    }


def place_with_history(found: Place, form: Form, *, count: int) -> JsonObject:
    """A place on its own, with the units it replaced and those that replaced it."""
    return {
        **place(found, form, count=count),
        "predecessors": [_succession(each, each.old, form) for each in found.predecessors],
        "successors": [_succession(each, each.new, form) for each in found.successors],
    }


def _succession(succession: PlaceSuccession, other: Place, form: Form) -> JsonObject:
    return {"place": place_reference(other, form), "how": succession.how}


def series_reference(series: Series | None, form: Form) -> JsonObject | None:
    """A series as its datasets name it."""
    if series is None:
        return None
    return {
        "id": str(series.uuid),
        "slug": series.slug,
        **form.text("title", series.title),
        "links": {
            "self": form.link(links.api("series", series.slug)),
            "persistent": form.link(links.series_id(series.uuid)),
            **{f"page_{each}": form.link(links.series_page(series.slug, each)) for each in LANGUAGES},
        },
    }


def distribution(distribution: Distribution, form: Form) -> JsonObject:
    """One way to have a dataset; format and file versions must be loaded."""
    file = distribution.current_file
    uuid = distribution.uuid
    return {
        "id": str(uuid),
        "kind": distribution.kind.value,
        **form.text("title", distribution.title),
        **form.text("description", distribution.description),
        "format": concept_reference(distribution.format, form),
        "format_raw": distribution.format_raw,
        "media_type": distribution.media_type,
        "download_url": form.link(links.download(uuid, file.name)) if file else None,
        "access_url": distribution.access_url,
        "file_name": file.name if file else None,
        "byte_size": file.byte_size if file else None,
        "sha256": file.sha256 if file else None,
        # The first table has the same id as the file that it was read from.
        "table_id": distribution.tables[0]["id"] if distribution.tables else None,
        "table_state": distribution.table_state,
        "table_reason": distribution.table_reason,
        **form.text("table_reason_text", _reason(distribution)),
        "tables": [_stored_reference(each, form) for each in distribution.tables],
        # Counted where a table was read, otherwise what the record says.
        "rows": distribution.tables[0]["rows"] if distribution.tables else distribution.rows,
        "columns": [dict(column) for column in distribution.columns],
        "file_versions": [file_version(uuid, each, form) for each in distribution.file_versions],
        "created_at": instant(distribution.created_at),
        "updated_at": instant(distribution.updated_at),
        "links": {"self": form.link(links.api("distributions", uuid))},
    }


def _reason(distribution: Distribution) -> LocalizedText:
    """Why there is no table, in plain sentences; empty where there is one or none was looked for."""
    if distribution.table_reason is None:
        return LocalizedText("")
    return Refusal(distribution.table_reason, distribution.table_reason_values).message


def table_reference(uuid: UUID, name: str | None, rows: int, columns: int, form: Form) -> JsonObject:
    """A table as its distribution names it."""
    return {
        "id": str(uuid),
        "name": name,
        "rows": rows,
        "columns": columns,
        "links": {
            "self": form.link(links.api("tables", uuid)),
            "rows": form.link(links.api("tables", uuid, "rows")),
            **{f"page_{each}": form.link(links.table_page(uuid, each)) for each in LANGUAGES},
        },
    }


def note(note: Note, form: Form) -> JsonObject:
    """Something decided or seen while a file was read, with its sentence."""
    return {
        "code": note.code,
        "evidence": list(note.evidence),
        "count": note.count,
        **form.text("text", sentence(note)),
    }


def _stored_reference(table: Mapping[str, Any], form: Form) -> JsonObject:
    return table_reference(UUID(table["id"]), table["name"], table["rows"], table["columns"], form)


def file_version(uuid: UUID, file: FileVersion, form: Form) -> JsonObject:
    """One immutable file of the distribution with this id."""
    return {
        "number": file.number,
        "file_name": file.name,
        "media_type": file.media_type,
        "byte_size": file.byte_size,
        "sha256": file.sha256,
        "download_url": form.link(links.download_version(uuid, file.number, file.name)),
        "created_at": instant(file.created_at),
    }


def revision(revision: Revision) -> JsonObject:
    """A dataset as it was at one version. Who made it is the agency's affair, not the public's."""
    return {
        "version": revision.version,
        "at": instant(revision.at),
        "action": revision.action,
        "content": revision.content,
    }


_COLLECTIONS = {
    ObjectKind.DATASET: "datasets",
    ObjectKind.AGENCY: "agencies",
    ObjectKind.CONCEPT: "concepts",
    ObjectKind.PLACE: "places",
    ObjectKind.SERIES: "series",
}


def change(change: Change, form: Form) -> JsonObject:
    """One line of the public log: what changed and where it is to be read now."""
    collection = _COLLECTIONS.get(change.object_kind)
    address = links.api(collection, *change.object_key.split("/")) if collection else None
    return {
        "id": change.id,
        "at": instant(change.at),
        "kind": change.object_kind.value,
        "key": change.object_key,
        "action": change.action,
        "version": change.version,
        "url": form.link(address) if address else None,
    }
