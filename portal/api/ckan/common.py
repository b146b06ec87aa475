"""What actions share: what the asker finds, and packages, resources, organisations and groups by id or name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.api.ckan.calls import Call
from portal.catalog import package_queries, public_queries, queries
from portal.catalog.models import Agency, Concept, Dataset, Distribution, Vocabulary
from portal.catalog.package_queries import Visible
from portal.catalog.policies import DatasetNotFound
from portal.catalog.services.agencies import find_agency
from portal.catalog.services.concepts import find_concept
from portal.catalog.services.datasets import Withdrawn, visible
from portal.catalog.services.distributions import DistributionNotFound, find
from portal.http import context

MOST_PACKAGES = 1000


def base_url() -> str:
    """The address that links begin with."""
    return context.portal().settings.public_url


def hides_illustrative() -> bool:
    """Whether illustrative records are left out everywhere."""
    return context.portal().settings.hide_illustrative


def what_is_public() -> Visible:
    """Conditions of what everybody finds."""
    return package_queries.visible_to(
        context.actor(), with_drafts=False, hide_illustrative=hides_illustrative()
    )


def what_is_found(call: Call) -> Visible:
    """The same, with the asker's own drafts when the call wants them."""
    wanted = call.flag("include_drafts") or call.flag("include_private")
    known = wanted and context.actor().person is not None
    return package_queries.visible_to(
        context.actor(), with_drafts=known, hide_illustrative=hides_illustrative()
    )


def seen(session: Session, reference: str) -> Dataset:
    """The package with this id or name, everything loaded. Raises DatasetNotFound, Withdrawn."""
    try:
        return visible(session, context.actor(), reference, hide_illustrative=hides_illustrative())
    except Withdrawn:
        # A rollback would make the session forget what the answer tells of it.
        session.expunge_all()
        raise


def seen_resource(session: Session, reference: str) -> tuple[Dataset, Distribution]:
    """The resource with this id and its package. Raises DistributionNotFound, Withdrawn."""
    key = queries.as_uuid(reference)
    owner = public_queries.dataset_of_distribution(session, key) if key else None
    if key is None or owner is None:
        raise DistributionNotFound
    try:
        dataset = seen(session, owner)
    except DatasetNotFound:
        raise DistributionNotFound from None
    return dataset, find(dataset, key)


def organization(call: Call, session: Session) -> Agency:
    """The organisation that a call names. Raises AgencyNotFound, CallInvalid."""
    return find_agency(session, call.required("id", "name_or_id"))


def group(call: Call, session: Session) -> Concept:
    """The group that a call names. Raises ConceptNotFound, CallInvalid."""
    return find_concept(session, Vocabulary.THEME, call.required("id", "name_or_id"))


def page_of(
    items: Sequence[Any], call: Call, *, default: int | None, most: int | None = None
) -> Sequence[Any]:
    """`limit` and `offset` of a call, applied."""
    offset = call.number("offset", 0)
    end = (
        len(items)
        if default is None and not call.has("limit")
        else call.number("limit", default or 0, most=most)
    )
    return items[offset : offset + end]
