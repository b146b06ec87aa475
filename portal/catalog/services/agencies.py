"""Agencies: made, changed and, while nothing refers to them, deleted; by administrators alone."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TypedDict
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.catalog import queries
from portal.catalog.actors import Actor
from portal.catalog.changes import record_change
from portal.catalog.datestamps import move_datestamps
from portal.catalog.models import Agency
from portal.catalog.policies import require_administrator
from portal.database import flush_unique
from portal.errors import Conflict, Invalid, NotFound
from portal.text import LocalizedText, slugify

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?")


class AgencyFields(TypedDict, total=False):
    """What is said of an agency. What is absent stays as it is; None or empty clears it."""

    name_vi: str
    name_en: str | None
    kind: str
    # Slug or uuid of the body above it.
    parent: str | None
    acronyms: list[str]
    former_names: list[str]
    homepage: str | None
    source: str


class AgencyNotFound(NotFound):
    """No agency has this slug or uuid."""

    message = LocalizedText("Không có cơ quan này.", "There is no such agency.")


class AgencyNameMissing(Invalid):
    """An agency needs a name in Vietnamese."""

    message = LocalizedText("Cơ quan cần có tên.", "An agency needs a name.")


class SlugInvalid(Invalid):
    """It stands in addresses."""

    message = LocalizedText(
        "Chỉ gồm a-z, 0-9 và dấu gạch nối ở giữa, nhiều nhất 100 ký tự.",
        "Only a-z, 0-9 and hyphens inside, at most 100 characters.",
    )


class SlugTaken(Conflict):
    """Another agency has it: creating never updates."""

    message = LocalizedText(
        "Một cơ quan khác đã dùng địa chỉ này.", "Another agency is already found at this address."
    )


class ParentInvalid(Invalid):
    """The body above does not exist, or is the agency itself or below it."""

    message = LocalizedText(
        "Cơ quan cấp trên không tồn tại, hoặc chính là cơ quan này hay đơn vị thuộc nó.",
        "The parent does not exist, or is the agency itself or a body under it.",
    )


class AgencyInUse(Conflict):
    """Datasets, people or other agencies refer to it."""

    message = LocalizedText(
        "Cơ quan này còn bộ dữ liệu, thành viên hoặc đơn vị trực thuộc nên chưa xóa được.",
        "The agency still has datasets, members or bodies under it and cannot be deleted.",
    )


def find_agency(session: Session, reference: str) -> Agency:
    """By slug or uuid, with parent and children. Raises AgencyNotFound."""
    agency = queries.agency(session, reference)
    if agency is None:
        raise AgencyNotFound
    return agency


def create_agency(
    session: Session,
    actor: Actor,
    slug: str | None,
    fields: AgencyFields,
    now: datetime,
    *,
    uuid: UUID | None = None,
) -> Agency:
    """A new agency; without a slug its name makes one. `uuid`: the id that it has elsewhere.

    Raises AdministratorsOnly, AgencyNameMissing, SlugInvalid, SlugTaken, ParentInvalid.
    """
    require_administrator(actor)
    slug = slug or slugify(fields.get("name_vi", ""))
    if not SLUG.fullmatch(slug):
        raise SlugInvalid(fields={"slug": SlugInvalid.message})
    if queries.agency(session, slug) is not None:
        raise SlugTaken(fields={"slug": SlugTaken.message})
    agency = Agency(
        uuid=uuid or uuid4(),
        slug=slug,
        name_vi="",
        acronyms=[],
        former_names=[],
        created_at=now,
        updated_at=now,
    )
    _apply(session, agency, fields)
    session.add(agency)
    flush_unique(session, SlugTaken())
    _keep(session, actor, agency, "create", now)
    return agency


def update_agency(
    session: Session, actor: Actor, agency: Agency, fields: AgencyFields, now: datetime
) -> Agency:
    """Changes what is given. Raises AdministratorsOnly, AgencyNameMissing, ParentInvalid."""
    require_administrator(actor)
    with session.no_autoflush:
        _apply(session, agency, fields)
    if session.is_modified(agency):
        agency.updated_at = now
        _keep(session, actor, agency, "update", now)
        move_datestamps(session, agency, now)
    return agency


def delete_agency(session: Session, actor: Actor, agency: Agency, now: datetime) -> None:
    """Raises AdministratorsOnly, AgencyInUse."""
    require_administrator(actor)
    record_change(session, agency, action="delete", is_public=True, actor=actor.name, at=now)
    try:
        with session.begin_nested():
            # The database knows all that refers to it, tables of other rooms too.
            if queries.has_agencies_below(session, agency.id):
                raise AgencyInUse
            session.delete(agency)
            session.flush()
    except IntegrityError as error:
        raise AgencyInUse from error


def _apply(session: Session, agency: Agency, fields: AgencyFields) -> None:
    if not fields.get("name_vi", agency.name_vi):
        raise AgencyNameMissing(fields={"name": AgencyNameMissing.message})
    for name, value in fields.items():
        if name != "parent" and getattr(agency, name) != value:
            setattr(agency, name, value)
    if "parent" in fields:
        _set_parent(session, agency, fields["parent"])


def _set_parent(session: Session, agency: Agency, reference: str | None) -> None:
    parent = queries.agency(session, reference) if reference else None
    if reference and (parent is None or agency.id in _line_above(session, parent)):
        raise ParentInvalid(fields={"parent": ParentInvalid.message})
    if agency.parent_id != (parent.id if parent else None):
        agency.parent_id = parent.id if parent else None


def _line_above(session: Session, agency: Agency) -> list[int]:
    """Ids of the agency and of all above it."""
    above = queries.agency_parents(session)
    line = [agency.id]
    while (parent := above.get(line[-1])) is not None and parent not in line:
        line.append(parent)
    return line


def _keep(session: Session, actor: Actor, agency: Agency, action: str, now: datetime) -> None:
    session.flush()
    session.expire(agency, ["parent", "children"])
    record_change(session, agency, action=action, is_public=True, actor=actor.name, at=now)
