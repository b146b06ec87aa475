"""Who may do what with people and tokens: administrators everything, everybody a little with their own."""

from __future__ import annotations

from portal.accounts.models import Person
from portal.catalog.actors import Actor, Scope
from portal.catalog.policies import ScopeMissing
from portal.errors import NotFound
from portal.text import LocalizedText


class PersonNotFound(NotFound):
    """Unknown, or not the asker's business: both answer alike."""

    message = LocalizedText("Không có người dùng này.", "There is no such person.")


def is_administering(actor: Actor) -> bool:
    """Whether the actor is an administrator and came with the right to act as one."""
    return actor.is_administrator and actor.holds(Scope.ADMIN)


def require_sight(actor: Actor, person: Person | None) -> Person:
    """`person` for administrators and for themselves. Raises PersonNotFound."""
    if person is None or not (is_administering(actor) or actor.person == person.uuid):
        raise PersonNotFound
    return person


def require_hand(actor: Actor, person: Person) -> None:
    """For changes that people may make to what is theirs. Raises PersonNotFound, ScopeMissing."""
    require_sight(actor, person)
    if not (is_administering(actor) or actor.holds(Scope.WRITE)):
        raise ScopeMissing(Scope.WRITE)
