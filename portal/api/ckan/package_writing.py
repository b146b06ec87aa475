"""Actions that write packages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.api.ckan.calls import Call, CallInvalid
from portal.api.ckan.common import base_url, seen
from portal.api.ckan.package_inputs import numbered, read_package
from portal.api.ckan.registry import writes
from portal.catalog import queries
from portal.catalog.models import Agency, Dataset, State
from portal.catalog.services import datasets, packages
from portal.catalog.services.agencies import find_agency
from portal.catalog.services.files import IncomingFile
from portal.catalog.services.matching import load_lookup
from portal.exchange import ckan
from portal.exchange.ckan_reading import is_public
from portal.exchange.values import JsonObject, JsonValue
from portal.http import context
from portal.text import LocalizedText

# What readers of a tombstone are told when the caller gives no reason.
DEFAULT_REASON = "Cơ quan công bố đã gỡ bộ dữ liệu này."
_OTHER_ORGANIZATION = LocalizedText("Thuộc cơ quan khác.", "Not in this organization")
Files = Mapping[int, IncomingFile]


@writes
def package_create(call: Call) -> JsonValue:
    """A new package. `name` is needed; without `state: draft` or `private: true` it is public at once, when you
    may publish and it says all that it must: title, notes, owner_org, license_id, groups.

    Administrators' packages are taken as imports are: these may be missing, and `id` is kept.
    """
    with context.write() as session:
        return write_package(session, call.data, None, numbered(call.files, ("resources",)))


@writes
def package_update(call: Call) -> JsonValue:
    """Makes the package with this `id` (or name) what is said: what is left out is erased."""
    with context.write() as session:
        stored = seen(session, call.required("id", "name"))
        row = {"name": stored.slug, **call.data, "id": str(stored.uuid)}
        return write_package(session, row, stored, numbered(call.files, ("resources",)))


@writes
def package_patch(call: Call) -> JsonValue:
    """Changes the given keys of the package with this `id`; a list is replaced as a whole."""
    with context.write() as session:
        stored = seen(session, call.required("id"))
        row = {**ckan.package(stored, base_url()), **call.data, "id": str(stored.uuid)}
        return write_package(session, row, stored, numbered(call.files, ("resources",)))


@writes
def package_delete(call: Call) -> JsonValue:
    """Takes the package with this `id` away: a public one is withdrawn, with the `reason` that readers are
    told, a draft goes to the trash."""
    with context.write() as session:
        _delete(session, seen(session, call.required("id")), call)
    return None


@writes
def dataset_delete(call: Call) -> JsonValue:
    """The same as `package_delete`."""
    return package_delete(call)


@writes
def dataset_purge(call: Call) -> JsonValue:
    """Deletes for ever the package with this `id` that was never public; for administrators."""
    with context.write() as session:
        dataset = seen(session, call.required("id"))
        packages.purge(session, context.actor(), dataset, context.portal().clock())
    return None


@writes
def package_owner_org_update(call: Call) -> JsonValue:
    """Gives the package with this `id` to the organisation `organization_id`."""
    with context.write() as session:
        stored = seen(session, call.required("id"))
        agency = find_agency(session, call.required("organization_id", "owner_org"))
        row = {**ckan.package(stored, base_url()), "owner_org": agency.slug, "organization": None}
        write_package(session, row, stored, {})
    return None


@writes
def bulk_update_public(call: Call) -> JsonValue:
    """Publishes `datasets` of the organisation `org_id`, all or none."""
    with context.write() as session:
        for dataset in _of_organization(session, call):
            row = {**ckan.package(dataset, base_url()), "private": False, "state": "active"}
            write_package(session, row, dataset, {})
    return None


@writes
def bulk_update_private(call: Call) -> JsonValue:
    """Refused for public packages, which are deleted instead; what is a draft stays one."""
    with context.write() as session:
        for dataset in _of_organization(session, call):
            if dataset.state is State.PUBLISHED:
                raise packages.StaysPublic(fields={"private": packages.StaysPublic.message})
    return None


@writes
def bulk_update_delete(call: Call) -> JsonValue:
    """Deletes `datasets` of the organisation `org_id`, all or none."""
    with context.write() as session:
        for dataset in _of_organization(session, call):
            _delete(session, dataset, call)
    return None


def write_package(
    session: Session, row: Mapping[str, Any], stored: Dataset | None, files: Files
) -> JsonObject:
    """Creates or changes a package and answers with what it is then."""
    actor, lookup, now = context.actor(), load_lookup(session), context.portal().clock()
    record, incoming = read_package(
        session, row, lookup, files, stored=stored, is_administrator=actor.is_administrator
    )
    says = stored is None or "state" in row or "private" in row
    order = packages.Order(actor, lookup, now, is_public(row) if says else None)
    if stored is None:
        dataset = packages.create(session, order, record, incoming)
    else:
        packages.update(session, order, stored, record, incoming)
        dataset = stored
    return shown(session, dataset)


def shown(session: Session, dataset: Dataset) -> JsonObject:
    """The package as the database has it now."""
    session.flush()
    found = queries.dataset_again(session, dataset.uuid)
    assert found is not None
    return ckan.package(found, base_url())


def _delete(session: Session, dataset: Dataset, call: Call) -> None:
    actor, now = context.actor(), context.portal().clock()
    if dataset.state is State.PUBLISHED:
        datasets.withdraw(session, actor, dataset, call.text("reason") or DEFAULT_REASON, now)
    elif dataset.state not in (State.WITHDRAWN, State.TRASHED):
        datasets.trash(session, actor, dataset, now)


def _of_organization(session: Session, call: Call) -> list[Dataset]:
    agency: Agency = find_agency(session, call.required("org_id"))
    found = [seen(session, each) for each in dict.fromkeys(call.words("datasets"))]
    if any(dataset.agency_id != agency.id for dataset in found):
        raise CallInvalid(fields={"datasets": _OTHER_ORGANIZATION})
    return found
