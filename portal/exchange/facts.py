"""What several forms tell of a dataset in the same words: names, texts, addresses, periods.

Where a form has no place to say that a record was made up, its description begins with that sentence.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from portal import links
from portal.catalog.models import Concept, Dataset, Distribution, FileVersion
from portal.exchange.dcat_shared import ILLUSTRATIVE
from portal.exchange.rdf import writable
from portal.text import Language, LocalizedText

_PART = "!$&'()*+,;=:@/~-._%"
_QUERY = _PART + "?"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.!$&'*+=~-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9_-]+/[a-z0-9_-]+(\.[a-z0-9_-]+)*(\+[a-z0-9_-]+)?", re.IGNORECASE)
TABLE_TYPES = frozenset(
    "string number integer boolean date time datetime year yearmonth duration geopoint geojson object array any".split()
)
UNKNOWN_MEDIA_TYPE = "application/octet-stream"


def title(dataset: Dataset, language: Language) -> str:
    """The title, on one line of characters that every form can hold."""
    return writable(dataset.title.in_language(language))


def described(dataset: Dataset, language: Language) -> str:
    """The description, or the title where a form demands one; first of all whether the record was made up."""
    text = writable(dataset.description.in_language(language)) or title(dataset, language)
    return f"{ILLUSTRATIVE.in_language(language)}\n\n{text}" if dataset.illustrative else text


def owner(dataset: Dataset) -> LocalizedText | None:
    """Who answers for the data: the owning agency, else the supplying one; None where nobody is named."""
    for agency, text in (
        (dataset.agency, dataset.agency_text),
        (dataset.supplier, dataset.supplier_text),
    ):
        if agency is not None:
            return LocalizedText(writable(agency.name.vi), agency.name.en and writable(agency.name.en))
        if text:
            return LocalizedText(writable(text))
    return None


def supplier(dataset: Dataset) -> LocalizedText | None:
    """Who made the data; None where nobody is named."""
    if dataset.supplier is not None:
        return dataset.supplier.name
    return LocalizedText(writable(dataset.supplier_text)) if dataset.supplier_text else None


def persistent(dataset: Dataset, base_url: str) -> str:
    """The address to cite."""
    return links.absolute(base_url, links.dataset_id(dataset.uuid))


def page(dataset: Dataset, base_url: str, language: Language) -> str:
    """The page for people."""
    return links.absolute(base_url, links.dataset_page(dataset.slug, language))


def download(distribution: Distribution, file: FileVersion, base_url: str) -> str:
    """Where the newest file of a distribution is."""
    return links.absolute(base_url, links.download(distribution.uuid, file.name))


def location(distribution: Distribution, base_url: str) -> str | None:
    """The address of a distribution's file or page; None for one that cannot be followed."""
    file = distribution.current_file
    return download(distribution, file, base_url) if file else web_address(distribution.access_url)


def media_type(distribution: Distribution) -> str | None:
    """The media type of a file or link, without parameters; None where it is not known."""
    file = distribution.current_file
    stated = (file.media_type if file else distribution.media_type) or ""
    known = _MEDIA_TYPE.fullmatch(stated.partition(";")[0].strip())
    if known:
        return known[0].lower()
    format_fact = distribution.format.facts.get("media_type") if distribution.format else None
    return format_fact if isinstance(format_fact, str) and _MEDIA_TYPE.fullmatch(format_fact) else None


def format_name(distribution: Distribution) -> str | None:
    """The format by its code, or as the source words it."""
    if distribution.format is not None:
        return distribution.format.code
    return writable(distribution.format_raw) if distribution.format_raw else None


def licence_address(licence: Concept | None) -> str | None:
    """The address that stands for a licence everywhere: its own, its text's, or that in a shared list."""
    if licence is None:
        return None
    known = (licence.facts.get("uri"), licence.facts.get("url"), licence.exact_match)
    return next((each for text in known if (each := web_address(text))), None)


def interval(dataset: Dataset) -> str | None:
    """The period covered as an ISO 8601 interval, `..` for an open end."""
    start, end = dataset.temporal_start, dataset.temporal_end
    if not start and not end:
        return None
    return f"{start.isoformat() if start else '..'}/{end.isoformat() if end else '..'}"


def keywords(dataset: Dataset, language: Language) -> list[str]:
    """Keywords and themes, each once."""
    words = (*dataset.keywords, *(each.label.in_language(language) for each in dataset.themes))
    return [each for each in dict.fromkeys(map(writable, words)) if each]


def mailbox(text: str | None) -> str | None:
    """A mail address that every reader of addresses takes; None for anything else."""
    found = _EMAIL.fullmatch((text or "").strip())
    return found[0] if found else None


def web_address(text: object) -> str | None:
    """The http(s) address that people wrote, as a URI of ASCII characters; None when it is none."""
    if not isinstance(text, str):
        return None
    try:
        parts = urlsplit(_STRAY_PERCENT.sub("%25", writable(text).strip()))
        host = _host(parts)
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return None
    if parts.scheme.lower() not in ("http", "https") or host is None:
        return None
    return urlunsplit(
        (
            parts.scheme.lower(),
            host + port,
            quote(parts.path, safe=_PART),
            quote(parts.query, safe=_QUERY),
            quote(parts.fragment, safe=_QUERY),
        )
    )


def _host(parts: SplitResult) -> str | None:
    """The host as DNS knows it; user names and passwords have no place in public documents."""
    name = parts.hostname or ""
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name)}]"
    ascii_name = name if name.isascii() else name.encode("idna").decode("ascii")
    return ascii_name if _HOST.fullmatch(ascii_name) else None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file's dictionary; `type` as in Table Schema, empty when not known or not one of its types.
    `examples`, `least` and `most` are known where the file was read (`exchange.columns`)."""

    name: str
    title: LocalizedText
    type: str
    unit: str | None
    description: LocalizedText
    examples: tuple[str, ...] = ()
    least: str | None = None
    most: str | None = None


def columns(distribution: Distribution) -> list[Column]:
    """The steward's dictionary of a file or link: columns that have a name, each once, in the file's order."""
    found = [_column(each) for each in distribution.columns]
    return list({each.name: each for each in reversed(found) if each.name}.values())[::-1]


def _column(stored: Mapping[str, object]) -> Column:
    def text(name: str) -> str:
        value = stored.get(name)
        return writable(value) if isinstance(value, str) else ""

    kind = text("type")
    return Column(
        text("name"),
        LocalizedText(text("title_vi"), text("title_en") or None),
        kind if kind in TABLE_TYPES else "",
        text("unit") or None,
        LocalizedText(text("description_vi"), text("description_en") or None),
    )
