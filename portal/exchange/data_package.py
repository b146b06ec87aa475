"""Frictionless Data Package 2: a dataset's files with their sizes, hashes and columns, for one command to load."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from portal.catalog.models import Dataset, Distribution
from portal.exchange import facts
from portal.exchange.columns import RawColumn, raw_columns
from portal.exchange.csvw import is_table
from portal.exchange.rdf import writable
from portal.exchange.values import JsonObject, JsonValue, instant, stated
from portal.text import Language, slugify

_MARKS = {"9,9": (",", None), "9,999.9": (".", ","), "9.999,9": (",", ".")}
_DAY_PARTS = {"dd": "%d", "d": "%d", "MM": "%m", "M": "%m", "yyyy": "%Y"}
_NOWHERE: Mapping[UUID, str] = {}
PROFILE = "https://datapackage.org/profiles/2.0"


def package(
    dataset: Dataset, base_url: str, language: Language, beside: Mapping[UUID, str] = _NOWHERE
) -> JsonObject | None:
    """The package; None for a dataset that has nothing to load, since a package needs a resource.

    `beside`: the paths of files that lie beside the package, by distribution; all others have their addresses.
    """
    names: dict[str, None] = {}
    resources = [
        _resource(each, beside.get(each.uuid) or facts.location(each, base_url), language, names)
        for each in dataset.distributions
    ]
    found: list[JsonValue] = [each for each in resources if each]
    if not found:
        return None
    return {
        "$schema": f"{PROFILE}/datapackage.json",
        "name": slugify(dataset.slug) or str(dataset.uuid),
        "id": facts.persistent(dataset, base_url),
        "title": facts.title(dataset, language),
        "description": facts.described(dataset, language),
        "homepage": facts.page(dataset, base_url, language),
        **stated(
            {
                "created": instant(dataset.published_at),
                "keywords": [*facts.keywords(dataset, language)],
                "licenses": _licences(dataset, language),
                "contributors": _contributors(dataset, language),
                "sources": _sources(dataset),
            }
        ),
        "resources": found,
    }


def has_resources(dataset: Dataset) -> bool:
    """Whether any of its files and links can be followed."""
    return any(
        each.current_file is not None or facts.web_address(each.access_url) for each in dataset.distributions
    )


def _licences(dataset: Dataset, language: Language) -> list[JsonValue]:
    address = facts.licence_address(dataset.licence)
    if dataset.licence is None or address is None:
        return []
    return [
        {"name": dataset.licence.code, "title": dataset.licence.label.in_language(language), "path": address}
    ]


def _contributors(dataset: Dataset, language: Language) -> list[JsonValue]:
    owner, supplier = facts.owner(dataset), facts.supplier(dataset)
    email = facts.mailbox(dataset.contact_email)
    contact = {"title": writable(dataset.contact_name or email or ""), "email": email, "roles": ["contact"]}
    return [
        *([{"title": owner.in_language(language), "roles": ["publisher"]}] if owner else []),
        *([{"title": supplier.in_language(language), "roles": ["creator"]}] if supplier else []),
        *([stated({**contact})] if contact["title"] else []),
    ]


def _sources(dataset: Dataset) -> list[JsonValue]:
    page = facts.web_address(dataset.landing_page)
    return [{"title": page, "path": page}] if page else []


def _resource(
    distribution: Distribution, location: str | None, language: Language, names: dict[str, None]
) -> JsonObject | None:
    if location is None:
        return None
    file = distribution.current_file
    title = writable(distribution.title.in_language(language))
    # Cells of other files than texts have types of their own, which are the file's to tell.
    is_text = is_table(distribution)
    fields: list[JsonValue] = [
        _field(each, language, is_typed=is_text or each.is_stated) for each in raw_columns(distribution)
    ]
    return {
        "name": _unique(slugify(file.name if file else title) or "resource", names),
        "path": location,
        **stated(
            {
                "title": title,
                "description": writable(distribution.description.in_language(language)),
                "format": (facts.format_name(distribution) or "").lower(),
                "mediatype": facts.media_type(distribution),
                "bytes": file.byte_size if file else None,
                "hash": f"sha256:{file.sha256}" if file else None,
                "schema": {"fields": fields} if fields else None,
            }
        ),
    }


def _unique(base: str, taken: dict[str, None]) -> str:
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken[name] = None
    return name


def _field(raw: RawColumn, language: Language, *, is_typed: bool) -> JsonObject:
    column = raw.column
    return stated(
        {
            "name": column.name,
            **(_type(raw) if is_typed else {"type": "any"}),
            "title": column.title.in_language(language),
            "description": column.description.in_language(language),
            "unit": column.unit,
            "missingValues": ["", *raw.missing] if raw.missing and is_typed else None,
        }
    )


def _type(raw: RawColumn) -> JsonObject:
    """The type, with the way it is written where that is another than the standard's own."""
    kind = raw.column.type or "any"
    if raw.spelling in _MARKS:
        decimal, group = _MARKS[raw.spelling]
        return {"type": "number", "decimalChar": decimal, "groupChar": group}
    if kind == "date" and raw.spelling not in (None, "yyyy-MM-dd"):
        day = "".join(_DAY_PARTS.get(part, part) for part in re.split(r"([/.-])", raw.spelling))
        return {"type": kind, "format": day}
    return {"type": kind}
