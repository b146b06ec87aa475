"""API v1: tables read from files, with everything that is known of their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal import links
from portal.catalog.services.tables import columns_of, schema_of
from portal.catalog.table_queries import FoundTable, TableVersion
from portal.exchange import v1, v1_parts
from portal.exchange.v1_exports import export_kinds, is_mapped
from portal.exchange.v1_parts import Form, note
from portal.exchange.values import JsonObject, JsonValue, instant
from portal.tables.query import RESERVED
from portal.tables.reading import note_from
from portal.tables.schema import Schema
from portal.tables.values import Column, Profile
from portal.text import LANGUAGES, LocalizedText


@dataclass(frozen=True, slots=True)
class TableAddress:
    """Where a table is asked: as it is now, or as it was in one file version. No parameter tells the version,
    since every parameter may be the name of a column."""

    uuid: UUID
    version: int | None = None

    def path(self, *parts: str) -> str:
        """Of the table, or of something below it: `path("rows")`."""
        below = ("versions", self.version) if self.version is not None else ()
        return links.api("tables", self.uuid, *below, *parts)


def table(
    found: FoundTable, versions: Sequence[TableVersion], address: TableAddress, form: Form
) -> JsonObject:
    """What a table is."""
    read, kept = found.reading, found.table
    schema = schema_of(kept)
    words = {each["name"]: each for each in found.distribution.columns if each.get("name")}
    return {
        "id": str(kept.uuid),
        "version": found.file.number,
        "is_current": found.file.number == found.distribution.table_version,
        "name": kept.name,
        "illustrative": found.dataset.illustrative,
        "rows": kept.rows,
        "total_rows": list(kept.total_rows),
        "captions": list(kept.captions),
        "notes": [note(note_from(each), form) for each in (*read.notes, *kept.notes)],
        "format": read.format,
        "encoding": read.encoding,
        "has_search": schema.has_search,
        "is_mapped": is_mapped(schema),
        "columns": [_column(each, words.get(each.name, {}), form) for each in columns_of(kept)],
        "dataset": v1.reference(found.dataset, form),
        "distribution": _distribution(found, form),
        "versions": [_version(each, kept.uuid, form) for each in versions],
        "read_at": instant(read.read_at),
        "links": _links(found, schema, address, form),
    }


def filter_name(key: str) -> str:
    """The parameter that compares a column for equality: its key, unless a part of the question has that name."""
    return f"{key}__eq" if key in RESERVED else key


def _column(column: Column, words: Mapping[str, Any], form: Form) -> JsonObject:
    """`words`: what the steward's dictionary says of it."""
    title = LocalizedText(words.get("title_vi") or "", words.get("title_en"))
    description = LocalizedText(words.get("description_vi") or "", words.get("description_en"))
    return {
        "key": column.key,
        "name": column.name,
        "parameter": filter_name(column.key),
        **form.text("title", title),
        **form.text("description", description),
        "type": column.type.value,
        "unit": column.unit,
        "text_key": column.text_key,
        "derived": column.derived,
        "decisions": [note(each, form) for each in column.decisions],
        "warnings": [note(each, form) for each in column.warnings],
        "profile": _profile(column.profile),
    }


def _profile(profile: Profile) -> JsonObject:
    return {
        "rows": profile.rows,
        "missing": profile.missing,
        "distinct": profile.distinct,
        "misfits": profile.misfits,
        "misfit_samples": list(profile.misfit_samples),
        "least": profile.least,
        "most": profile.most,
        "mean": profile.mean,
        "bins": [{"low": each.low, "high": each.high, "count": each.count} for each in profile.bins],
        "top": [{"value": value, "count": count} for value, count in profile.top],
        "examples": list(profile.examples),
        "pattern": profile.pattern,
    }


def _distribution(found: FoundTable, form: Form) -> JsonObject:
    distribution = found.distribution
    return {
        "id": str(distribution.uuid),
        **form.text("title", distribution.title),
        "file": v1_parts.file_version(distribution.uuid, found.file, form),
        "links": {"self": form.link(links.api("distributions", distribution.uuid))},
    }


def _version(version: TableVersion, uuid: UUID, form: Form) -> JsonObject:
    address = TableAddress(uuid, version.number)
    return {
        "number": version.number,
        "rows": version.rows,
        "file_name": version.file_name,
        "created_at": instant(version.created_at),
        "read_at": instant(version.read_at),
        "links": {"self": form.link(address.path()), "rows": form.link(address.path("rows"))},
    }


def _links(found: FoundTable, schema: Schema, address: TableAddress, form: Form) -> JsonObject:
    exports: dict[str, JsonValue] = {
        kind: form.link(address.path(f"export.{kind}")) for kind in export_kinds(schema)
    }
    return {
        "self": form.link(address.path()),
        "rows": form.link(address.path("rows")),
        "openapi": form.link(address.path("openapi.json")),
        "exports": exports,
        "dataset": form.link(links.api("datasets", found.dataset.slug)),
        "distribution": form.link(links.api("distributions", found.distribution.uuid)),
        **{f"page_{each}": form.link(links.table_page(address.uuid, each)) for each in LANGUAGES},
    }
