"""People and their roles in agencies, by administrators; everybody sees and names themselves."""

from __future__ import annotations

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import fields, validate

from portal import links
from portal.accounts import queries
from portal.accounts.models import Person
from portal.accounts.people import (
    create_person as create,
)
from portal.accounts.people import (
    remove_membership,
    set_membership,
    update_person,
    visible_person,
)
from portal.accounts.rights import is_administering
from portal.api.v1 import parameters
from portal.api.v1.answers import CURSOR_START, form, read_cursor, write_cursor
from portal.api.v1.describing import describes_private, describes_write
from portal.api.v1.inputs import Body, line
from portal.api.v1.private_forms import MEMBER_ROLES, MeForm, PersonForm, PersonList, me, person
from portal.catalog.actors import Role
from portal.catalog.policies import require_administrator
from portal.catalog.queries import as_uuid
from portal.catalog.services.agencies import find_agency
from portal.exchange.v1_parts import Form
from portal.exchange.values import JsonValue
from portal.http import actor, context
from portal.http.bodies import json_body
from portal.http.preconditions import answer, expected

blueprint = Blueprint("people", __name__, url_prefix="/api/v1", description="People and their roles.")

DEFAULT_LIMIT = 100
MAX_LIMIT = 500
_PERSON = parameters.in_path("uuid", "Id of the person.")
_AGENCY = parameters.in_path("reference", "Slug or uuid of the agency.")


class PersonBySelf(Body):
    """What people may change about themselves."""

    name = line(200)


class PersonByAdministrator(PersonBySelf):
    """What administrators may change about people."""

    email = line(254, shortest=3)
    is_administrator = fields.Boolean()
    active = fields.Boolean()


class NewPerson(PersonByAdministrator):
    """Somebody new."""

    email = line(254, shortest=3, required=True)


class MembershipBody(Body):
    """A role in an agency."""

    role = fields.String(required=True, validate=validate.OneOf(MEMBER_ROLES))


@describes_private(blueprint, "/me", answer=MeForm, parameters=[parameters.LANG])
def show_me() -> Response:
    """Who the token that you send speaks for"""
    shape, asker = form(), actor.required()
    found = visible_person(context.session(), asker, asker.person)
    return answer(me(asker, found, shape))


@describes_private(
    blueprint,
    "/people",
    answer=PersonList,
    parameters=[*parameters.listing("People", DEFAULT_LIMIT, MAX_LIMIT), parameters.LANG],
)
def list_people() -> Response:
    """All people; for administrators"""
    shape = form()
    require_administrator(actor.required())
    limit = parameters.number("limit", default=DEFAULT_LIMIT, minimum=1, maximum=MAX_LIMIT)
    after_id = read_cursor(request.args.get("cursor", CURSOR_START), {})
    session = context.session()
    found = queries.people(session, after_id=after_id, limit=limit + 1)
    items: list[JsonValue] = [person(each, shape) for each in found[:limit]]
    cursor = write_cursor(found[limit - 1].id, {}) if len(found) > limit else None
    return answer({"total": queries.people_count(session), "items": items, "next_cursor": cursor})


@describes_write(
    blueprint,
    "POST",
    "/people",
    answer=PersonForm,
    parameters=[parameters.LANG],
    body=NewPerson,
    status=201,
)
def create_person() -> Response:
    """Add a person, who has no role yet; for administrators"""
    shape, author = form(), actor.required()
    require_administrator(author)
    loaded = json_body(NewPerson())
    with context.write() as session:
        # The schema has made sure of what the TypedDict says.
        made = create(session, author, loaded, context.portal().clock())  # type: ignore[arg-type]
        return _show(made, shape, status=201)


@describes_private(blueprint, "/people/<uuid>", answer=PersonForm, parameters=[_PERSON, parameters.LANG])
def show_person(uuid: str) -> Response:
    """One person; for administrators and for the person"""
    shape, asker = form(), actor.required()
    return _show(visible_person(context.session(), asker, as_uuid(uuid)), shape)


@describes_write(
    blueprint,
    "PATCH",
    "/people/<uuid>",
    answer=PersonForm,
    parameters=[_PERSON, parameters.LANG],
    body=PersonByAdministrator,
)
def change_person(uuid: str) -> Response:
    """Change some members of a person

    People change their own `name`; the rest is for administrators. Nobody is deleted: `active: false` ends
    all that a person may do, with the next request.
    """
    shape, author = form(), actor.required()
    # Read first: who may not see the person learns nothing, whatever else is wrong with the request.
    visible_person(context.session(), author, as_uuid(uuid))
    condition = expected()
    loaded = json_body(PersonByAdministrator() if is_administering(author) else PersonBySelf())
    with context.write() as session:
        found = visible_person(session, author, as_uuid(uuid))
        condition.check(found.version)
        # As above: the schema stands for the TypedDict.
        update_person(session, author, found, loaded, context.portal().clock())  # type: ignore[arg-type]
        return _show(found, shape)


@describes_write(
    blueprint,
    "PUT",
    "/people/<uuid>/memberships/<reference>",
    answer=PersonForm,
    parameters=[_PERSON, _AGENCY, parameters.LANG],
    body=MembershipBody,
)
def put_membership(uuid: str, reference: str) -> Response:
    """Give a person a role in an agency, instead of the one held there; for administrators

    If-Match names the version of the person, who is answered anew.
    """
    shape, author = form(), actor.required()
    require_administrator(author)
    condition = expected()
    role = Role(json_body(MembershipBody())["role"])
    with context.write() as session:
        found = visible_person(session, author, as_uuid(uuid))
        agency = find_agency(session, reference)
        condition.check(found.version)
        set_membership(session, author, found, agency, role, context.portal().clock())
        return _show(found, shape)


@describes_write(
    blueprint,
    "DELETE",
    "/people/<uuid>/memberships/<reference>",
    answer=PersonForm,
    parameters=[_PERSON, _AGENCY, parameters.LANG],
)
def delete_membership(uuid: str, reference: str) -> Response:
    """Take a person's role in an agency away; for administrators

    If-Match names the version of the person, who is answered anew.
    """
    shape, author = form(), actor.required()
    require_administrator(author)
    condition = expected()
    with context.write() as session:
        found = visible_person(session, author, as_uuid(uuid))
        agency = find_agency(session, reference)
        condition.check(found.version)
        remove_membership(session, author, found, agency, context.portal().clock())
        return _show(found, shape)


def _show(found: Person, shape: Form, *, status: int = 200) -> Response:
    location = shape.link(links.api("people", found.uuid)) if status == 201 else None
    return answer(person(found, shape), version=found.version, status=status, location=location)
