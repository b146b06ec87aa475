"""API v1: datasets in full, as cards, and what remains of a withdrawn one.

Null means "not stated". Texts are plain strings in the language asked for, with `<name>_i18n` beside.
"""

from __future__ import annotations

from portal import links
from portal.catalog.models import Dataset, Distribution, State
from portal.exchange import v1_parts
from portal.exchange.v1_parts import Form
from portal.exchange.values import JsonObject, JsonValue, day, day_or_instant, instant
from portal.text import LANGUAGES, LocalizedText


def dataset(dataset: Dataset, form: Form) -> JsonObject:
    """The whole record; everything of it must be loaded."""
    return {
        **_identity(dataset, form),
        "other_identifier": dataset.other_identifier,
        **form.text("description", dataset.description),
        **_subject(dataset, form),
        **_responsible(dataset, form),
        **_terms(dataset, form),
        "issued": day_or_instant(dataset.issued),
        "modified": day_or_instant(dataset.modified),
        "state": dataset.state.value,
        "version": dataset.version,
        "created_at": instant(dataset.created_at),
        "updated_at": instant(dataset.updated_at),
        "published_at": instant(dataset.published_at),
        "scheduled_at": instant(dataset.scheduled_at),
        "distributions": distributions(dataset, form),
        "extras": dataset.extras,
        "links": _links(dataset, form),
    }


def distributions(dataset: Dataset, form: Form) -> list[JsonValue]:
    """The dataset's distributions in its own order."""
    return [v1_parts.distribution(each, form) for each in dataset.distributions]


def card(dataset: Dataset, form: Form) -> JsonObject:
    """What a list shows of a dataset; `queries.with_card` loads enough for it."""
    return {
        **_identity(dataset, form),
        **form.text("description", dataset.description),
        "keywords": list(dataset.keywords),
        "themes": [v1_parts.concept_reference(each, form) for each in dataset.themes],
        "agency": v1_parts.agency_reference(dataset.agency, form),
        "agency_text": dataset.agency_text,
        "places": [v1_parts.place_reference(each, form) for each in dataset.places],
        "frequency": v1_parts.concept_reference(dataset.frequency, form),
        "licence": v1_parts.concept_reference(dataset.licence, form),
        "formats": _formats(dataset.distributions, form),
        "distribution_count": len(dataset.distributions),
        "issued": day_or_instant(dataset.issued),
        "modified": day_or_instant(dataset.modified),
        "version": dataset.version,
        "updated_at": instant(dataset.updated_at),
        "published_at": instant(dataset.published_at),
        "links": _links(dataset, form),
    }


def reference(dataset: Dataset, form: Form) -> JsonObject:
    """A dataset as what hangs on it names it; only its own row is needed."""
    return {**_identity(dataset, form), "links": _links(dataset, form)}


def period(dataset: Dataset) -> JsonObject | None:
    """From day to day; None when neither is known."""
    start, end = day(dataset.temporal_start), day(dataset.temporal_end)
    return {"start": start, "end": end} if start or end else None


def tombstone(dataset: Dataset, base_url: str) -> JsonObject:
    """The public remains of a withdrawn dataset: no title, no text, no file. `replacement` must be loaded."""
    other = dataset.replacement
    if other is not None and other.state is not State.PUBLISHED:
        other = None
    return {
        "id": str(dataset.uuid),
        "identifier": dataset.identifier,
        "published_at": instant(dataset.published_at),
        "withdrawn_at": instant(dataset.withdrawn_at),
        "reason": dataset.withdrawal_reason,
        "replacement": links.absolute(base_url, links.dataset_id(other.uuid)) if other else None,
    }


def _identity(dataset: Dataset, form: Form) -> JsonObject:
    return {
        "id": str(dataset.uuid),
        "slug": dataset.slug,
        "identifier": dataset.identifier,
        **form.text("title", dataset.title),
        "illustrative": dataset.illustrative,
    }


def _links(dataset: Dataset, form: Form) -> JsonObject:
    return {
        "self": form.link(links.api("datasets", dataset.slug)),
        "persistent": form.link(links.dataset_id(dataset.uuid)),
        **{f"page_{each}": form.link(links.dataset_page(dataset.slug, each)) for each in LANGUAGES},
    }


def _subject(dataset: Dataset, form: Form) -> JsonObject:
    """What it is about: words, themes, places, time."""
    return {
        "keywords": list(dataset.keywords),
        "themes": [v1_parts.concept_reference(each, form) for each in dataset.themes],
        "themes_raw": list(dataset.themes_raw),
        "places": [v1_parts.place_reference(each, form) for each in dataset.places],
        "places_raw": list(dataset.places_raw),
        "temporal": period(dataset),
        "languages": list(dataset.languages),
        "series": v1_parts.series_reference(dataset.series, form),
    }


def _responsible(dataset: Dataset, form: Form) -> JsonObject:
    """Whose it is and whom to ask."""
    contact = {
        "name": dataset.contact_name,
        "email": dataset.contact_email,
        "phone": dataset.contact_phone,
    }
    return {
        "agency": v1_parts.agency_reference(dataset.agency, form),
        "agency_text": dataset.agency_text,
        "supplier": v1_parts.agency_reference(dataset.supplier, form),
        "supplier_text": dataset.supplier_text,
        "contact": contact if any(contact.values()) else None,
        "provenance": dataset.provenance,
    }


def _terms(dataset: Dataset, form: Form) -> JsonObject:
    """How one may have and use it."""
    return {
        "frequency": v1_parts.concept_reference(dataset.frequency, form),
        "frequency_raw": dataset.frequency_raw,
        "licence": v1_parts.concept_reference(dataset.licence, form),
        "licence_raw": dataset.licence_raw,
        "access_level": v1_parts.concept_reference(dataset.access_level, form),
        "access_reason": dataset.access_reason,
        "legal_basis": dataset.legal_basis,
        "landing_page": dataset.landing_page,
        "conforms_to": dataset.conforms_to,
    }


def _formats(distributions: list[Distribution], form: Form) -> list[JsonValue]:
    """Each format once: concepts by code, other words as they stand (with a null code)."""
    formats: dict[str, JsonValue] = {}
    for each in distributions:
        if each.format is not None:
            formats[each.format.code] = v1_parts.concept_reference(each.format, form)
        elif each.format_raw:
            raw = LocalizedText(each.format_raw)
            formats[each.format_raw] = {"code": None, **form.text("label", raw), "uri": None}
    return list(formats.values())
