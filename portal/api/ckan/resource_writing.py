"""Actions that write resources: each changes the package that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from portal.api.ckan.calls import Call
from portal.api.ckan.common import base_url, seen, seen_resource
from portal.api.ckan.package_writing import write_package
from portal.api.ckan.registry import writes
from portal.catalog.queries import as_uuid
from portal.exchange import ckan
from portal.exchange.values import JsonObject, JsonValue
from portal.http import context

_OWN = ("package_id", "upload", "clear_upload", "position")


@writes
def resource_create(call: Call) -> JsonValue:
    """A new resource of the package `package_id`: with a `url`, or a file as the part `upload` of a form."""
    with context.write() as session:
        stored = seen(session, call.required("package_id"))
        row = ckan.package(stored, base_url())
        resources = resources_of_package(row)
        # An id from elsewhere is kept for administrators, so that a catalogue can move as it is.
        given = as_uuid(call.text("id")) if context.actor().is_administrator else None
        uuid = str(given or uuid4())
        resources.append({**_keys(call), "id": uuid})
        files = {len(resources) - 1: call.files["upload"]} if "upload" in call.files else {}
        return _of(write_package(session, {**row, "resources": resources}, stored, files), uuid)


@writes
def resource_update(call: Call) -> JsonValue:
    """Makes the resource with this `id` what is said; a new file comes as the part `upload`."""
    return _change(call, is_whole=True)


@writes
def resource_patch(call: Call) -> JsonValue:
    """Changes the given keys of the resource with this `id`."""
    return _change(call, is_whole=False)


@writes
def resource_delete(call: Call) -> JsonValue:
    """Takes the resource with this `id` off its package."""
    with context.write() as session:
        stored, found = seen_resource(session, call.required("id"))
        row = ckan.package(stored, base_url())
        left = [each for each in resources_of_package(row) if each["id"] != str(found.uuid)]
        write_package(session, {**row, "resources": left}, stored, {})
    return None


@writes
def package_resource_reorder(call: Call) -> JsonValue:
    """Puts the resources named in `order` first, in this order; the others follow as they are."""
    with context.write() as session:
        stored = seen(session, call.required("id"))
        row = ckan.package(stored, base_url())
        resources = {str(each["id"]): each for each in resources_of_package(row)}
        first = [each for each in dict.fromkeys(call.words("order")) if each in resources]
        order = [*first, *(each for each in resources if each not in first)]
        write_package(session, {**row, "resources": [resources[each] for each in order]}, stored, {})
        return {"id": str(stored.uuid), "order": list(order)}


def _change(call: Call, *, is_whole: bool) -> JsonValue:
    with context.write() as session:
        stored, found = seen_resource(session, call.required("id"))
        row = ckan.package(stored, base_url())
        resources = resources_of_package(row)
        number = next(place for place, each in enumerate(resources) if each["id"] == str(found.uuid))
        before = resources[number]
        kept = {"url_type": before["url_type"], "url": before["url"]} if is_whole else before
        given = _keys(call)
        if "url" in given and given["url"] != before["url"]:
            kept = {**kept, "url_type": None}
        resources[number] = {**kept, **given, "id": str(found.uuid)}
        files = {number: call.files["upload"]} if "upload" in call.files else {}
        return _of(write_package(session, {**row, "resources": resources}, stored, files), str(found.uuid))


def _keys(call: Call) -> dict[str, Any]:
    return {name: value for name, value in call.data.items() if name not in _OWN}


def resources_of_package(row: JsonObject) -> list[Mapping[str, Any]]:
    found = row["resources"]
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _of(package: JsonObject, uuid: str) -> JsonValue:
    return next(each for each in resources_of_package(package) if each["id"] == uuid)
