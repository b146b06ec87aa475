"""Actions that write organisations (agencies), groups (themes) and who belongs to them; by administrators."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from portal.accounts.people import remove_membership, set_membership
from portal.api.ckan.calls import Call, CallInvalid
from portal.api.ckan.common import group, organization
from portal.api.ckan.people import person_named
from portal.api.ckan.registry import writes
from portal.catalog import queries
from portal.catalog.actors import Role
from portal.catalog.models import Agency, Concept, Vocabulary
from portal.catalog.policies import require_administrator
from portal.catalog.services import agencies, concepts
from portal.catalog.services.agencies import AgencyFields
from portal.catalog.services.concepts import ConceptFields
from portal.exchange import ckan_parts
from portal.exchange.json_values import line_of, text_of, words
from portal.exchange.values import JsonValue
from portal.http import context
from portal.text import LocalizedText

ROLES = {"editor": Role.CONTRIBUTOR, "admin": Role.PUBLISHER}
_NAME_STAYS = LocalizedText("Tên trong địa chỉ không đổi được.", "The name cannot be changed")
_ROLE = LocalizedText(
    "Phải là editor hoặc admin: ai cũng đọc được, không cần vai trò.",
    "Must be editor or admin: reading needs no role",
)


@writes
def organization_create(call: Call) -> JsonValue:
    """A new organisation: `name`, `title`; `id` is kept. `groups: [{"name": ...}]` is the body above it."""
    actor, now = context.actor(), context.portal().clock()
    require_administrator(actor)
    fields = _agency_fields(call, stored=None)
    with context.write() as session:
        given = queries.as_uuid(call.text("id"))
        made = agencies.create_agency(session, actor, call.required("name"), fields, now, uuid=given)
        return ckan_parts.organization(agencies.find_agency(session, made.slug), count=0)


@writes
def organization_update(call: Call) -> JsonValue:
    """Makes the organisation with this `id` what is said; what is left out is erased. The name stays."""
    return _change_organization(call, is_whole=True)


@writes
def organization_patch(call: Call) -> JsonValue:
    """Changes the given keys of the organisation with this `id`."""
    return _change_organization(call, is_whole=False)


@writes
def organization_delete(call: Call) -> JsonValue:
    """Deletes the organisation with this `id`, while no package, person or organisation refers to it."""
    actor, now = context.actor(), context.portal().clock()
    require_administrator(actor)
    with context.write() as session:
        agencies.delete_agency(session, actor, organization(call, session), now)
    return None


@writes
def organization_purge(call: Call) -> JsonValue:
    """The same as `organization_delete`."""
    return organization_delete(call)


@writes
def group_create(call: Call) -> JsonValue:
    """A new group: `name`, `title`, `description`."""
    actor, now = context.actor(), context.portal().clock()
    require_administrator(actor)
    fields = _theme_fields(call, stored=None)
    with context.write() as session:
        made = concepts.create_concept(session, actor, Vocabulary.THEME, call.required("name"), fields, now)
        return ckan_parts.group(made, count=0)


@writes
def group_update(call: Call) -> JsonValue:
    """Makes the group with this `id` what is said; what is left out is erased. The name stays."""
    return _change_group(call, is_whole=True)


@writes
def group_patch(call: Call) -> JsonValue:
    """Changes the given keys of the group with this `id`."""
    return _change_group(call, is_whole=False)


@writes
def group_delete(call: Call) -> JsonValue:
    """Deletes the group with this `id`, while no package is in it."""
    actor, now = context.actor(), context.portal().clock()
    require_administrator(actor)
    with context.write() as session:
        concepts.delete_concept(session, actor, group(call, session), now)
    return None


@writes
def group_purge(call: Call) -> JsonValue:
    """The same as `group_delete`."""
    return group_delete(call)


@writes
def organization_member_create(call: Call) -> JsonValue:
    """Gives `username` (e-mail or id) a `role` in the organisation `id`: editor drafts, admin publishes."""
    actor, now = context.actor(), context.portal().clock()
    require_administrator(actor)
    role = ROLES.get(call.text("role"))
    if role is None:
        raise CallInvalid(fields={"role": _ROLE})
    with context.write() as session:
        agency = organization(call, session)
        person = person_named(session, call.required("username", "user"))
        set_membership(session, actor, person, agency, role, now)
        return {
            "table_id": str(person.uuid),
            "table_name": "user",
            "group_id": str(agency.uuid),
            "capacity": call.text("role"),
            "state": "active",
        }


@writes
def organization_member_delete(call: Call) -> JsonValue:
    """Takes the role of `username` in the organisation `id` away."""
    actor, now = context.actor(), context.portal().clock()
    require_administrator(actor)
    with context.write() as session:
        agency = organization(call, session)
        person = person_named(session, call.required("username", "user", "user_id"))
        remove_membership(session, actor, person, agency, now)
    return None


def _change_organization(call: Call, *, is_whole: bool) -> JsonValue:
    actor, now = context.actor(), context.portal().clock()
    require_administrator(actor)
    with context.write() as session:
        found = organization(call, session)
        fields = (
            _agency_fields(call, stored=found)
            if is_whole
            else _given(_agency_fields(call, stored=found), call)
        )
        agencies.update_agency(session, actor, found, fields, now)
        return ckan_parts.organization(agencies.find_agency(session, found.slug), count=None)


def _change_group(call: Call, *, is_whole: bool) -> JsonValue:
    actor, now = context.actor(), context.portal().clock()
    require_administrator(actor)
    with context.write() as session:
        found = group(call, session)
        whole = _theme_fields(call, stored=found)
        fields = whole if is_whole else _given(whole, call)
        return ckan_parts.group(concepts.update_concept(session, actor, found, fields, now), count=None)


# What each field of ours is said by.
_SAID_BY = {
    "name_vi": "title",
    "label_vi": "title",
    "description_vi": "description",
    "parent": "groups",
}


def _given(fields: Any, call: Call) -> Any:
    """What the call speaks of; everything else is said by `extras`."""
    return {name: value for name, value in fields.items() if call.has(_SAID_BY.get(name, "extras"))}


def _agency_fields(call: Call, *, stored: Agency | None) -> AgencyFields:
    _require_same_name(call, stored.slug if stored else None)
    extras = _extras(call)
    above = call.rows("groups") or []
    parent = (
        line_of(above[0].get("name") or above[0].get("id")) if above and isinstance(above[0], dict) else ""
    )
    return {
        "name_vi": call.text("title") or (stored.name_vi if stored else call.text("name")),
        "name_en": line_of(extras.get("title_en")) or None,
        "kind": line_of(extras.get("kind")),
        "homepage": line_of(extras.get("homepage")) or None,
        "source": line_of(extras.get("source")),
        "acronyms": _words(extras.get("acronyms")),
        "former_names": _words(extras.get("former_names")),
        "parent": parent or None,
    }


def _theme_fields(call: Call, *, stored: Concept | None) -> ConceptFields:
    _require_same_name(call, stored.code if stored else None)
    extras = _extras(call)
    return {
        "label_vi": call.text("title") or (stored.label_vi if stored else call.text("name")),
        "label_en": line_of(extras.get("title_en")) or None,
        "description_vi": text_of(call.data.get("description")),
        "description_en": text_of(extras.get("description_en")) or None,
        "exact_match": line_of(extras.get("exact_match")) or None,
        "also": _words(extras.get("also")),
    }


def _require_same_name(call: Call, name: str | None) -> None:
    if name is not None and call.text("name") not in ("", name):
        raise CallInvalid(fields={"name": _NAME_STAYS})


def _extras(call: Call) -> Mapping[str, Any]:
    rows = call.rows("extras") or []
    return {line_of(each.get("key")): each.get("value") for each in rows if isinstance(each, dict)}


def _words(value: Any) -> list[str]:
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return words(value)
    return words(value) if value else []
