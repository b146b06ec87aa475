"""People and their roles in agencies: made, changed and put out of service, never deleted."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TypedDict
from uuid import UUID, uuid4

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from portal.accounts import queries
from portal.accounts.models import Membership, Person
from portal.accounts.rights import is_administering, require_hand, require_sight
from portal.catalog.actors import Actor, Role
from portal.catalog.models import Agency
from portal.catalog.policies import require_administrator
from portal.database import flush_unique
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.text import LocalizedText, clean_line

_EMAIL = re.compile(r"[^@\s<>\",;:\\()\[\]]{1,64}@[^@\s<>\",;:\\()\[\]]{1,189}")


class PersonFields(TypedDict, total=False):
    """What may be said of a person; what is absent stays as it is."""

    email: str
    name: str
    is_administrator: bool
    active: bool


# What people may change about themselves.
OWN_FIELDS = frozenset({"name"})


class EmailInvalid(Invalid):
    """Not the form of an e-mail address."""

    message = LocalizedText("Địa chỉ email không đúng dạng.", "This is not an e-mail address.")


class EmailTaken(Conflict):
    """Somebody else has this address: creating never updates."""

    message = LocalizedText(
        "Địa chỉ email này đã thuộc về một người dùng khác.", "Another person has this e-mail address."
    )


class LastAdministrator(Conflict):
    """Nobody would be left to administer the portal."""

    message = LocalizedText(
        "Đây là quản trị viên cuối cùng của cổng; hãy chỉ định người khác trước.",
        "This is the portal's last administrator; appoint another one first.",
    )


class MembershipNotFound(NotFound):
    """The person has no role in this agency."""

    message = LocalizedText(
        "Người dùng không có vai trò nào tại cơ quan này.", "The person has no role in this agency."
    )


def visible_person(session: Session, actor: Actor, uuid: UUID | None) -> Person:
    """The person, for administrators and for themselves. Raises PersonNotFound, alike for unknown and unseen."""
    return require_sight(actor, queries.person(session, uuid) if uuid else None)


def create_person(session: Session, actor: Actor, fields: PersonFields, now: datetime) -> Person:
    """A new person without roles. Raises EmailInvalid, EmailTaken, AdministratorsOnly."""
    require_administrator(actor)
    email = _email(fields["email"])
    _require_free(session, email)
    person = Person(
        uuid=uuid4(),
        email=email,
        email_folded=email.casefold(),
        name=clean_line(fields.get("name", "")),
        is_administrator=fields.get("is_administrator", False),
        active=fields.get("active", True),
        memberships=[],
        created_at=now,
        updated_at=now,
    )
    session.add(person)
    flush_unique(session, EmailTaken())
    return person


def update_person(
    session: Session, actor: Actor, person: Person, fields: PersonFields, now: datetime
) -> Person:
    """Changes what is given. People change OWN_FIELDS of themselves, administrators everything.

    Raises EmailInvalid, EmailTaken, LastAdministrator, Forbidden, PersonNotFound.
    """
    require_hand(actor, person)
    if not is_administering(actor) and fields.keys() - OWN_FIELDS:
        raise Forbidden
    if "email" in fields:
        email = _email(fields["email"])
        if email.casefold() != person.email_folded:
            _require_free(session, email)
        person.email, person.email_folded = email, email.casefold()
    if "name" in fields:
        person.name = clean_line(fields["name"])
    was_administering = person.is_administrator and person.active
    person.is_administrator = fields.get("is_administrator", person.is_administrator)
    person.active = fields.get("active", person.active)
    if was_administering and not (person.is_administrator and person.active):
        _require_administrators_left(session)
    _touch(session, person, now)
    return person


def appoint_administrator(session: Session, email: str, now: datetime) -> Person:
    """The administrator with this address: made, or an existing person promoted and active again.

    For the machine's owner, who needs no right. Raises EmailInvalid.
    """
    address = _email(email)
    person = queries.person_by_email(session, address.casefold())
    if person is None:
        person = Person(
            uuid=uuid4(),
            email=address,
            email_folded=address.casefold(),
            name="",
            memberships=[],
            created_at=now,
            updated_at=now,
        )
        session.add(person)
    person.is_administrator = person.active = True
    _touch(session, person, now)
    return person


def set_membership(
    session: Session, actor: Actor, person: Person, agency: Agency, role: Role, now: datetime
) -> Person:
    """Gives the person this role in the agency, instead of one they had there. Raises AdministratorsOnly."""
    require_administrator(actor)
    held = _held(person, agency)
    if held is None:
        held = Membership(person=person, agency=agency, agency_id=agency.id, role=role, created_at=now)
        session.add(held)
    elif held.role is role:
        return person
    held.role = role
    _touch(session, person, now, counts_always=True)
    return person


def remove_membership(
    session: Session, actor: Actor, person: Person, agency: Agency, now: datetime
) -> Person:
    """Takes the person's role in the agency away. Raises MembershipNotFound, AdministratorsOnly."""
    require_administrator(actor)
    held = _held(person, agency)
    if held is None:
        raise MembershipNotFound
    session.delete(held)
    _touch(session, person, now, counts_always=True)
    # Not `remove`: the trail names a deleted role by its person, from whom that would part it too early.
    set_committed_value(person, "memberships", [each for each in person.memberships if each is not held])
    return person


def _held(person: Person, agency: Agency) -> Membership | None:
    return next((each for each in person.memberships if each.agency_id == agency.id), None)


def _email(text: str) -> str:
    email = clean_line(text)
    if not _EMAIL.fullmatch(email):
        raise EmailInvalid(fields={"email": EmailInvalid.message})
    return email


def _require_free(session: Session, email: str) -> None:
    if queries.person_by_email(session, email.casefold()) is not None:
        raise EmailTaken(fields={"email": EmailTaken.message})


def _require_administrators_left(session: Session) -> None:
    session.flush()
    if queries.active_administrators(session) == 0:
        raise LastAdministrator


def _touch(session: Session, person: Person, now: datetime, *, counts_always: bool = False) -> None:
    if counts_always or session.is_modified(person):
        person.updated_at = now
    session.flush()
