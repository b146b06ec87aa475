"""CKAN's shapes of what packages speak of: organisations, groups, tags, licences, and what was done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from portal import links
from portal.catalog.models import Agency, Concept
from portal.exchange.values import JsonObject, JsonValue

_NO_IMAGE: JsonObject = {"image_url": "", "image_display_url": ""}


def instant(value: datetime | None) -> str | None:
    """Naive UTC with microseconds, as CKAN writes every time."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") if value else None


def organization_reference(agency: Agency) -> JsonObject:
    """An agency as packages name it."""
    return {
        "id": str(agency.uuid),
        "name": agency.slug,
        "title": agency.name_vi,
        "type": "organization",
        "description": "",
        "image_url": "",
        "created": instant(agency.created_at),
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def organization(agency: Agency, *, count: int | None) -> JsonObject:
    """An agency on its own; `parent` must be loaded, `count` are its public datasets."""
    above: list[JsonValue] = [{"name": agency.parent.slug, "capacity": "public"}] if agency.parent else []
    return {
        **organization_reference(agency),
        **_NO_IMAGE,
        **_of_any_group(agency.name_vi, count),
        "groups": above,
        "extras": _extras(
            {
                "title_en": agency.name_en,
                "kind": agency.kind,
                "homepage": agency.homepage,
                "source": agency.source,
                "acronyms": agency.acronyms,
                "former_names": agency.former_names,
            }
        ),
    }


def group_reference(theme: Concept) -> JsonObject:
    """A theme as packages name it. It has no other id than its code."""
    return {
        "id": theme.code,
        "name": theme.code,
        "title": theme.label_vi,
        "display_name": theme.label_vi,
        "description": theme.description_vi,
        "image_display_url": "",
    }


def group(theme: Concept, *, count: int | None) -> JsonObject:
    """A theme on its own."""
    return {
        **group_reference(theme),
        **_NO_IMAGE,
        **_of_any_group(theme.label_vi, count),
        "type": "group",
        "is_organization": False,
        "approval_status": "approved",
        "state": "active",
        "created": None,
        "groups": [],
        "extras": _extras(
            {
                "title_en": theme.label_en,
                "description_en": theme.description_en,
                "exact_match": theme.exact_match,
                "also": theme.also,
            }
        ),
    }


def _of_any_group(title: str, count: int | None) -> JsonObject:
    counted: JsonObject = {} if count is None else {"package_count": count}
    return {"display_name": title, "num_followers": 0, "users": [], "tags": [], **counted}


def _extras(values: Mapping[str, object]) -> list[JsonValue]:
    return [
        {"key": key, "value": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}
        for key, value in values.items()
        if value
    ]


def tag(word: str) -> JsonObject:
    """A keyword. The word itself is what a tag is shown by; the id follows from it."""
    return {
        "id": tag_id(word),
        "name": word,
        "display_name": word,
        "state": "active",
        "vocabulary_id": None,
    }


def tag_id(word: str) -> str:
    """The same id for the same word, in every portal."""
    return str(uuid5(NAMESPACE_URL, f"tag/{word}"))


def is_open(licence: Concept) -> bool:
    """Whether anybody may use and change what is under it, also commercially."""
    return bool(licence.facts.get("commercial") and licence.facts.get("derivatives"))


def licence_of(licence: Concept | None, raw: str | None) -> JsonObject:
    """The licence fields of a package; a word that no licence of ours means stands as its id."""
    if licence is None:
        return {"license_id": raw, "license_title": raw, "isopen": False}
    address = licence.facts.get("url") or licence.facts.get("uri")
    fields: JsonObject = {
        "license_id": licence.code,
        "license_title": licence.label_vi,
        "isopen": is_open(licence),
    }
    return {**fields, "license_url": address} if address else fields


def licence(concept: Concept) -> JsonObject:
    """A licence in the list of licences."""
    conformance = "approved" if is_open(concept) else "not reviewed"
    return {
        "id": concept.code,
        "title": concept.label_vi,
        "url": concept.facts.get("url") or concept.facts.get("uri") or "",
        "status": "active",
        "family": "",
        "maintainer": "",
        "domain_content": is_open(concept),
        "domain_data": is_open(concept),
        "domain_software": False,
        "od_conformance": conformance,
        "osd_conformance": "not reviewed",
        "is_generic": not concept.facts.get("uri"),
        "isopen": is_open(concept),
    }


_ACTIVITIES = {"create": "new package", "withdraw": "deleted package", "publish": "new package"}


def activity(number: int, action: str, at: datetime, uuid: str, shown: JsonObject | None) -> JsonObject:
    """One change of a package. Who made it is the agency's affair; `shown`: what of the package is public now."""
    return {
        "id": str(uuid5(NAMESPACE_URL, f"change/{uuid}/{number}")),
        "timestamp": instant(at),
        "user_id": "",
        "object_id": uuid,
        "activity_type": _ACTIVITIES.get(action, "changed package"),
        "data": {"package": shown} if shown else {},
    }


def help_address(action: str, base_url: str) -> str:
    """Where the text about an action is."""
    return links.absolute(base_url, f"{links.ckan_action('help_show')}?name={action}")
