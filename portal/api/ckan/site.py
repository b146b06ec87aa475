"""Actions about the portal itself: status, help, licences, and what changed."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from portal import __version__
from portal.api.ckan.calls import Call
from portal.api.ckan.common import base_url, group, organization, seen, what_is_public
from portal.api.ckan.registry import ACTIONS, reads
from portal.catalog import package_queries, queries
from portal.catalog.models import Concept, Dataset, Vocabulary
from portal.errors import NotFound
from portal.exchange import ckan_parts
from portal.exchange.values import JsonValue
from portal.http import context
from portal.text import LocalizedText

# What clients may expect of our answers: they compare versions.
CKAN_VERSION = "2.11.0"
DEFAULT_ACTIVITIES = 31
MOST_ACTIVITIES = 100
_TITLE = LocalizedText("Dữ liệu mở Đà Nẵng", "Da Nang Open Data")


class ActionNotFound(NotFound):
    """No action has this name."""

    message = LocalizedText("Không có hành động này.", "There is no such action.")


@reads
def site_read(call: Call) -> JsonValue:
    """True: everybody may read."""
    return True


@reads
def status_show(call: Call) -> JsonValue:
    """What this site is and which CKAN its answers are like; `portal_version` is its own."""
    return {
        "ckan_version": CKAN_VERSION,
        "portal_version": __version__,
        "site_url": base_url(),
        "site_title": _TITLE.vi,
        "site_description": "",
        "error_emails_to": None,
        "locale_default": "vi",
        "extensions": [],
    }


@reads
def help_show(call: Call) -> JsonValue:
    """What the action with this `name` does."""
    name = call.required("name")
    if name not in ACTIONS:
        raise ActionNotFound
    return ACTIONS[name].help


@reads
def license_list(call: Call) -> JsonValue:
    """The licences that packages can be under."""
    found = queries.concepts(context.session(), Vocabulary.LICENCE)
    return [ckan_parts.licence(each) for each in found]


@reads
def package_activity_list(call: Call) -> JsonValue:
    """What was done to the package with this `id`, newest first: `limit` (31, at most 100) and `offset`."""
    dataset = seen(context.session(), call.required("id"))
    return _activities(call, Dataset.id == dataset.id)


@reads
def recently_changed_packages_activity_list(call: Call) -> JsonValue:
    """What was done to public packages, newest first: `limit` (31, at most 100) and `offset`."""
    return _activities(call, None)


@reads
def organization_activity_list(call: Call) -> JsonValue:
    """What was done to the packages of the organisation with this `id`, newest first."""
    return _activities(call, Dataset.agency_id == organization(call, context.session()).id)


@reads
def group_activity_list(call: Call) -> JsonValue:
    """What was done to the packages of the group with this `id`, newest first."""
    return _activities(call, Dataset.themes.any(Concept.id == group(call, context.session()).id))


def _activities(call: Call, within: ColumnElement[bool] | None) -> JsonValue:
    found = package_queries.dataset_changes(
        context.session(),
        what_is_public(),
        within,
        limit=call.number("limit", DEFAULT_ACTIVITIES, most=MOST_ACTIVITIES),
        offset=call.number("offset", 0),
    )
    return [
        ckan_parts.activity(
            change.id,
            change.action,
            change.at,
            str(dataset.uuid),
            {"id": str(dataset.uuid), "name": dataset.slug, "title": dataset.title_vi},
        )
        for change, dataset in found
    ]
