"""`/data.json`: Project Open Data metadata 1.1 in its non-federal form, the whole catalogue in one file.

It has one language, Vietnamese. Where it demands what a record does not state, the words say so.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from portal import links
from portal.catalog.models import Dataset, Distribution
from portal.exchange import facts
from portal.exchange.dcat_names import Names
from portal.exchange.documents import Document, Family, Overview
from portal.exchange.rdf import writable
from portal.exchange.values import JsonObject, JsonValue, day_or_instant, json_bytes, stated

NAME = links.data_json().strip("/")
# What validators ask for; the same file has stood under resources.data.gov as well.
CONFORMS_TO = "https://project-open-data.cio.gov/v1.1/schema"
NOT_STATED = "Chưa rõ"

_ACCESS_LEVELS = {"restricted": "restricted public", "non-public": "non-public"}
_MAX_RIGHTS = 255


def dataset(found: Dataset, base_url: str) -> JsonObject:
    """One dataset; everything of it must be loaded."""
    owner = facts.owner(found)
    publisher = owner.vi if owner else NOT_STATED
    email = facts.mailbox(found.contact_email)
    return {
        "@type": "dcat:Dataset",
        "@id": facts.persistent(found, base_url),
        "identifier": writable(found.identifier),
        "title": facts.title(found, "vi"),
        "description": facts.described(found, "vi"),
        "publisher": {"@type": "org:Organization", "name": publisher},
        "contactPoint": stated(
            {
                "@type": "vcard:Contact",
                "fn": writable(found.contact_name or "") or publisher,
                "hasEmail": f"mailto:{email}" if email else None,
            }
        ),
        "accessLevel": _access_level(found),
        **stated(_optional(found, base_url)),
    }


def _access_level(found: Dataset) -> str:
    code = found.access_level.code if found.access_level else ""
    return _ACCESS_LEVELS.get(code, "public")


def _optional(found: Dataset, base_url: str) -> JsonObject:
    distributions = (_distribution(each, base_url) for each in found.distributions)
    source = facts.web_address(found.landing_page)
    start, end = found.temporal_start, found.temporal_end
    return {
        "rights": _rights(found),
        "license": facts.licence_address(found.licence) or facts.web_address(found.licence_raw),
        "keyword": [each for each in dict.fromkeys(map(writable, found.keywords)) if each],
        "theme": [writable(each.label.vi) for each in found.themes],
        "spatial": "; ".join(writable(each) for each in _places(found)),
        "temporal": f"{start.isoformat()}/{end.isoformat()}" if start and end else None,
        "accrualPeriodicity": _frequency(found),
        "language": [each for each in found.languages if _is_language(each)],
        "conformsTo": facts.web_address(found.conforms_to),
        "issued": day_or_instant(found.issued),
        "modified": day_or_instant(found.modified),
        "landingPage": facts.page(found, base_url, "vi"),
        "references": [source] if source else [],
        "distribution": [each for each in distributions if each],
    }


def _rights(found: Dataset) -> str | None:
    """Why access is as it is, or the source's own words about use where no licence of ours matches."""
    words = found.access_reason or (found.licence_raw if found.licence is None else None)
    return writable(words)[:_MAX_RIGHTS] if words else None


def _places(found: Dataset) -> Iterator[str]:
    yield from (each.name.vi for each in found.places)
    yield from found.places_raw


def _frequency(found: Dataset) -> str | None:
    if found.frequency is None:
        return None
    duration = found.frequency.facts.get("iso8601")
    if isinstance(duration, str) and duration:
        return f"R/{duration}"
    return "irregular" if found.frequency.code == "irregular" else None


def _is_language(code: str) -> bool:
    return code.isascii() and code.isalpha() and len(code) in (2, 3)


def _distribution(distribution: Distribution, base_url: str) -> JsonObject | None:
    location = facts.location(distribution, base_url)
    if location is None:
        return None
    file = distribution.current_file
    media_type = facts.media_type(distribution)
    return stated(
        {
            "@type": "dcat:Distribution",
            "title": writable(distribution.title.vi),
            "description": writable(distribution.description.vi),
            "format": facts.format_name(distribution),
            "downloadURL" if file else "accessURL": location,
            "mediaType": (media_type or facts.UNKNOWN_MEDIA_TYPE) if file else media_type,
        }
    )


def _pieces(found: Dataset, names: Names) -> dict[str, bytes]:
    return {NAME: json_bytes(dataset(found, names.base_url))}


def _head(overview: Overview) -> bytes:
    catalogue: dict[str, JsonValue] = {
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        "@id": links.absolute(overview.names.base_url, links.data_json()),
        "@type": "dcat:Catalog",
        "conformsTo": CONFORMS_TO,
        "describedBy": f"{CONFORMS_TO}/catalog.json",
    }
    return orjson.dumps(catalogue).removesuffix(b"}") + b',"dataset":[\n'


FAMILY = Family(
    name="data.json",
    documents=(Document(NAME, "application/json", head=_head, between=b",\n", tail=b"\n]}\n"),),
    pieces=_pieces,
    code=("data_json.py", "facts.py", "values.py"),
    copies_names=True,
)
