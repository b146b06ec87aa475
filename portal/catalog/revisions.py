"""What a revision keeps of a dataset: ids and values, never labels or addresses, which change alone."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.catalog.models import Dataset, Distribution, when_text

_COPIED = (
    "slug",
    "identifier",
    "other_identifier",
    "title_vi",
    "title_en",
    "description_vi",
    "description_en",
    "keywords",
    "themes_raw",
    "agency_text",
    "supplier_text",
    "places_raw",
    "frequency_raw",
    "licence_raw",
    "access_reason",
    "languages",
    "contact_name",
    "contact_email",
    "contact_phone",
    "legal_basis",
    "landing_page",
    "conforms_to",
    "provenance",
    "illustrative",
    "extras",
    "withdrawal_reason",
)


def content_of(dataset: Dataset) -> dict[str, Any]:
    """The dataset as JSON values; its relationships must be loaded."""
    content: dict[str, Any] = {name: getattr(dataset, name) for name in _COPIED}
    content |= {
        "state": dataset.state.value,
        "agency": _key(dataset.agency, "uuid"),
        "supplier": _key(dataset.supplier, "uuid"),
        "themes": [theme.code for theme in dataset.themes],
        "places": [place.code for place in dataset.places],
        "frequency": _key(dataset.frequency, "code"),
        "licence": _key(dataset.licence, "code"),
        "access_level": _key(dataset.access_level, "code"),
        "series": _key(dataset.series, "uuid"),
        "replacement": _key(dataset.replacement, "uuid"),
        "temporal": [_day(dataset.temporal_start), _day(dataset.temporal_end)],
        "issued": when_text(dataset.issued) if dataset.issued else None,
        "modified": when_text(dataset.modified) if dataset.modified else None,
        "distributions": [_distribution(each) for each in dataset.distributions],
    }
    return content


def _distribution(distribution: Distribution) -> dict[str, Any]:
    file = distribution.current_file
    return {
        "uuid": str(distribution.uuid),
        "kind": distribution.kind.value,
        "title_vi": distribution.title_vi,
        "title_en": distribution.title_en,
        "description_vi": distribution.description_vi,
        "description_en": distribution.description_en,
        "format": _key(distribution.format, "code"),
        "format_raw": distribution.format_raw,
        "access_url": distribution.access_url,
        "columns": distribution.columns,
        "rows": distribution.rows,
        "reading": distribution.reading_overrides,
        "file": {"number": file.number, "sha256": file.sha256, "name": file.name} if file else None,
    }


def _key(thing: object | None, name: str) -> str | None:
    return None if thing is None else str(getattr(thing, name))


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
