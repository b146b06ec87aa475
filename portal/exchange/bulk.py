"""The whole catalogue for people with spreadsheets and programs without patience: JSON lines, and CSV.

A line of `/catalog.jsonl` is the record of API v1. A row of `/catalog.csv` holds the same on one level; docs/bulk.md
tells every column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable

from portal import links
from portal.catalog.models import Agency, Concept, Dataset
from portal.exchange import facts, v1
from portal.exchange.dcat_names import Names
from portal.exchange.documents import Document, Family, Overview
from portal.exchange.rdf import writable
from portal.exchange.v1_parts import Form
from portal.exchange.values import day, day_or_instant, instant, json_bytes

JSON_LINES = "catalog.jsonl"
CSV = "catalog.csv"
# Between the values of one cell.
SEPARATOR = " | "
# Without it Excel takes Vietnamese for something else.
_MARK = "\ufeff"
# What spreadsheets take for a formula, in full-width letters too.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*%?")

Cell = str | int | None
Column = Callable[[Dataset, str], Cell]


def _joined(values: Iterable[str | None]) -> str:
    return SEPARATOR.join(each for each in values if each)


def _code(concept: Concept | None) -> str | None:
    return concept.code if concept else None


def _label(concept: Concept | None) -> str | None:
    return concept.label.vi if concept else None


def _name(agency: Agency | None, text: str | None) -> str | None:
    return agency.name.vi if agency else text


def _sizes(dataset: Dataset) -> int | None:
    files = [each.current_file for each in dataset.distributions]
    return sum(each.byte_size for each in files if each) if any(files) else None


COLUMNS: dict[str, Column] = {
    "id": lambda dataset, _: str(dataset.uuid),
    "identifier": lambda dataset, _: dataset.identifier,
    "other_identifier": lambda dataset, _: dataset.other_identifier,
    "slug": lambda dataset, _: dataset.slug,
    "illustrative": lambda dataset, _: "true" if dataset.illustrative else "false",
    "title": lambda dataset, _: dataset.title.vi,
    "title_en": lambda dataset, _: dataset.title.en,
    "description": lambda dataset, _: dataset.description.vi,
    "description_en": lambda dataset, _: dataset.description.en,
    "keywords": lambda dataset, _: _joined(dataset.keywords),
    "themes": lambda dataset, _: _joined(each.code for each in dataset.themes),
    "theme_names": lambda dataset, _: _joined(each.label.vi for each in dataset.themes),
    "themes_raw": lambda dataset, _: _joined(dataset.themes_raw),
    "agency": lambda dataset, _: dataset.agency.slug if dataset.agency else None,
    "agency_name": lambda dataset, _: _name(dataset.agency, dataset.agency_text),
    "supplier": lambda dataset, _: dataset.supplier.slug if dataset.supplier else None,
    "supplier_name": lambda dataset, _: _name(dataset.supplier, dataset.supplier_text),
    "places": lambda dataset, _: _joined(each.code for each in dataset.places),
    "place_names": lambda dataset, _: _joined(each.name.vi for each in dataset.places),
    "places_raw": lambda dataset, _: _joined(dataset.places_raw),
    "temporal_start": lambda dataset, _: day(dataset.temporal_start),
    "temporal_end": lambda dataset, _: day(dataset.temporal_end),
    "frequency": lambda dataset, _: _code(dataset.frequency),
    "frequency_name": lambda dataset, _: _label(dataset.frequency),
    "frequency_raw": lambda dataset, _: dataset.frequency_raw,
    "licence": lambda dataset, _: _code(dataset.licence),
    "licence_name": lambda dataset, _: _label(dataset.licence),
    "licence_url": lambda dataset, _: facts.licence_address(dataset.licence),
    "licence_raw": lambda dataset, _: dataset.licence_raw,
    "access_level": lambda dataset, _: _code(dataset.access_level),
    "access_reason": lambda dataset, _: dataset.access_reason,
    "languages": lambda dataset, _: _joined(dataset.languages),
    "contact_name": lambda dataset, _: dataset.contact_name,
    "contact_email": lambda dataset, _: dataset.contact_email,
    "contact_phone": lambda dataset, _: dataset.contact_phone,
    "legal_basis": lambda dataset, _: dataset.legal_basis,
    "landing_page": lambda dataset, _: dataset.landing_page,
    "conforms_to": lambda dataset, _: dataset.conforms_to,
    "provenance": lambda dataset, _: dataset.provenance,
    "series": lambda dataset, _: dataset.series.slug if dataset.series else None,
    "issued": lambda dataset, _: day_or_instant(dataset.issued),
    "modified": lambda dataset, _: day_or_instant(dataset.modified),
    "published_at": lambda dataset, _: instant(dataset.published_at),
    "updated_at": lambda dataset, _: instant(dataset.updated_at),
    "version": lambda dataset, _: dataset.version,
    "formats": lambda dataset, _: _joined(dict.fromkeys(map(facts.format_name, dataset.distributions))),
    "distribution_count": lambda dataset, _: len(dataset.distributions),
    "byte_size": lambda dataset, _: _sizes(dataset),
    "urls": lambda dataset, base: _joined(facts.location(each, base) for each in dataset.distributions),
    "page": lambda dataset, base: facts.page(dataset, base, "vi"),
    "persistent": lambda dataset, base: facts.persistent(dataset, base),
    "api": lambda dataset, base: links.absolute(base, links.api("datasets", dataset.slug)),
    "extras": lambda dataset, _: json_bytes(dataset.extras).decode() if dataset.extras else None,
}
"""The columns of the CSV in their order. Names are Vietnamese but for those that end in `_en`."""


def safe_cell(value: Cell) -> str:
    """The value as a cell that no spreadsheet takes for a formula: what is no number and begins like one gets a
    leading apostrophe."""
    if value is None or isinstance(value, int):
        return "" if value is None else str(value)
    text = writable(value)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text.strip()):
        return f"'{text}"
    return text


def _row(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()


def _pieces(dataset: Dataset, names: Names) -> dict[str, bytes]:
    base = names.base_url
    return {
        JSON_LINES: json_bytes(v1.dataset(dataset, Form("vi", base))) + b"\n",
        CSV: _row(safe_cell(column(dataset, base)) for column in COLUMNS.values()),
    }


def _csv_head(_overview: Overview) -> bytes:
    return _MARK.encode() + _row(COLUMNS)


FAMILY = Family(
    name="bulk",
    documents=(
        Document(JSON_LINES, "application/jsonl", head=lambda _: b""),
        Document(CSV, "text/csv", head=_csv_head),
    ),
    pieces=_pieces,
    code=("bulk.py", "facts.py", "v1.py", "v1_parts.py", "values.py"),
    copies_names=True,
)
