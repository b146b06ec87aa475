"""Who may do what: one table of roles and acts, one function that needs the object in hand."""

from __future__ import annotations

from portal.catalog.actors import Actor, Role
from portal.catalog.lifecycle import Act
from portal.catalog.models import Dataset, State
from portal.errors import Forbidden, NotFound
from portal.text import LocalizedText

ALLOWED: dict[Role, frozenset[Act]] = {
    # Nobody needs a role to see what is published; `may_see` knows the states.
    Role.ANYONE: frozenset(),
    Role.CONTRIBUTOR: frozenset({Act.VIEW, Act.CREATE, Act.UPDATE, Act.SUBMIT, Act.TRASH}),
    Role.PUBLISHER: frozenset(Act),
    Role.ADMINISTRATOR: frozenset(Act),
}
# What is public changes only by those who answer for publishing.
_PUBLIC_ACTS_OF_CONTRIBUTORS = frozenset({Act.VIEW})


class DatasetNotFound(NotFound):
    """Unknown, or not to be known of: both answer alike."""

    message = LocalizedText("Không có bộ dữ liệu này.", "There is no such dataset.")


def role_towards(actor: Actor, dataset: Dataset) -> Role:
    """The actor's strongest role for this dataset: by its owner or its supplying agency."""
    if actor.is_administrator:
        return Role.ADMINISTRATOR
    held = {actor.memberships.get(agency) for agency in (dataset.agency_id, dataset.supplier_id) if agency}
    if Role.PUBLISHER in held:
        return Role.PUBLISHER
    return Role.CONTRIBUTOR if Role.CONTRIBUTOR in held else Role.ANYONE


def may_see(actor: Actor, dataset: Dataset) -> bool:
    """Published for everyone; the rest for those with a role."""
    return dataset.state is State.PUBLISHED or Act.VIEW in ALLOWED[role_towards(actor, dataset)]


def authorize(actor: Actor, act: Act, dataset: Dataset) -> None:
    """Nothing when allowed. Raises DatasetNotFound for what the actor may not know of, else Forbidden."""
    if act is Act.VIEW and may_see(actor, dataset):
        return
    role = role_towards(actor, dataset)
    allowed = ALLOWED[role]
    if role is Role.CONTRIBUTOR and dataset.state in (State.PUBLISHED, State.WITHDRAWN):
        allowed = allowed & _PUBLIC_ACTS_OF_CONTRIBUTORS
    if act in allowed:
        return
    raise Forbidden if may_see(actor, dataset) else DatasetNotFound
