"""API v1: whole answers as files: which kinds there are, and what such a file is called."""

from __future__ import annotations

from dataclasses import dataclass

from portal.catalog.table_queries import FoundTable
from portal.tables.schema import Schema
from portal.text import slugify


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A form that whole answers are taken in: its name among the writers, and what it is sent as."""

    writer: str
    media_type: str


_CSV = "text/csv; charset=utf-8; header=present"
EXPORTS: dict[str, ExportKind] = {
    "csv": ExportKind("csv", _CSV),
    "excel.csv": ExportKind("csv-excel", _CSV),
    "json": ExportKind("json", "application/json"),
    "jsonl": ExportKind("jsonl", "application/jsonl"),
    "xlsx": ExportKind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "parquet": ExportKind("parquet", "application/vnd.apache.parquet"),
    "geojson": ExportKind("geojson", "application/geo+json"),
}
"""By the end of the address."""


def export_kinds(schema: Schema) -> list[str]:
    """The kinds that a table comes in: GeoJSON only where rows have a place on the map."""
    return [kind for kind in EXPORTS if kind != "geojson" or is_mapped(schema)]


def is_mapped(schema: Schema) -> bool:
    """Whether rows have a place on the map."""
    return schema.has_geometry or schema.place is not None


def file_name(found: FoundTable, version: int | None, kind: str) -> str:
    """`dan-so-phuong-2025.csv`: the dataset, the sheet where there is one, and the version that was asked for. The
    name of made-up figures says so wherever the file goes."""
    parts = [
        "minh-hoa" if found.dataset.illustrative else "",
        found.dataset.slug,
        slugify(found.table.name or "", 40),
        f"v{version}" if version is not None else "",
    ]
    return "-".join(filter(None, parts)) + f".{kind.rpartition('.')[2]}"
