"""Agencies and concepts, written by administrators."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from portal import links
from portal.api.v1 import parameters
from portal.api.v1.answers import form
from portal.api.v1.describing import describes_write
from portal.api.v1.schemas import AgencyWithChildren, ConceptForm
from portal.api.v1.vocabulary_bodies import (
    AgencyBody,
    ConceptBody,
    NewAgencyBody,
    NewConceptBody,
    agency_fields,
    concept_fields,
)
from portal.catalog import queries
from portal.catalog.actors import Actor
from portal.catalog.models import Agency
from portal.catalog.policies import require_administrator
from portal.catalog.services import agencies, concepts
from portal.exchange import v1_parts
from portal.http import actor, context
from portal.http.bodies import json_body
from portal.http.preconditions import answer, expected, no_content

blueprint = Blueprint(
    "vocabulary_writing",
    __name__,
    url_prefix="/api/v1",
    description="Agencies and concepts, by administrators.",
)

_AGENCY = parameters.in_path("reference", "Slug or uuid of the agency.")
_VOCABULARY = parameters.in_path("vocabulary", "Name of the vocabulary.")
_CODE = parameters.in_path("code", "Code of the concept.")


@describes_write(
    blueprint,
    "POST",
    "/agencies",
    answer=AgencyWithChildren,
    parameters=[parameters.LANG],
    body=NewAgencyBody,
    status=201,
)
def create_agency() -> Response:
    """Add an agency"""
    shape, author = form(), _administrator()
    loaded = json_body(NewAgencyBody())
    slug = loaded.pop("slug", None)
    with context.write() as session:
        fields = agency_fields(loaded, whole=False)
        agency = agencies.create_agency(session, author, slug, fields, context.portal().clock())
        return _show_agency(session, agency, shape, status=201)


@describes_write(
    blueprint,
    "PUT",
    "/agencies/<reference>",
    answer=AgencyWithChildren,
    parameters=[_AGENCY, parameters.LANG],
    body=AgencyBody,
)
def replace_agency(reference: str) -> Response:
    """Write an agency anew

    Members that are absent are cleared.
    """
    return _change_agency(reference, whole=True)


@describes_write(
    blueprint,
    "PATCH",
    "/agencies/<reference>",
    answer=AgencyWithChildren,
    parameters=[_AGENCY, parameters.LANG],
    body=AgencyBody,
)
def change_agency(reference: str) -> Response:
    """Change some members of an agency"""
    return _change_agency(reference, whole=False)


@describes_write(blueprint, "DELETE", "/agencies/<reference>", answer=None, parameters=[_AGENCY], status=204)
def delete_agency(reference: str) -> Response:
    """Delete an agency that nothing refers to"""
    author = _administrator()
    condition = expected()
    with context.write() as session:
        agency = agencies.find_agency(session, reference)
        condition.check(agency.version)
        agencies.delete_agency(session, author, agency, context.portal().clock())
    return no_content()


@describes_write(
    blueprint,
    "POST",
    "/concepts/<vocabulary>",
    answer=ConceptForm,
    parameters=[_VOCABULARY, parameters.LANG],
    body=NewConceptBody,
    status=201,
)
def create_concept(vocabulary: str) -> Response:
    """Add a concept to a vocabulary"""
    shape, author = form(), _administrator()
    kind = concepts.vocabulary_named(vocabulary)
    loaded = json_body(NewConceptBody())
    code = loaded.pop("code")
    with context.write() as session:
        fields = concept_fields(loaded, whole=False)
        concept = concepts.create_concept(session, author, kind, code, fields, context.portal().clock())
        return answer(
            v1_parts.concept(concept, shape),
            version=concept.version,
            status=201,
            location=shape.link(links.api("concepts", kind.value, code)),
        )


@describes_write(
    blueprint,
    "PUT",
    "/concepts/<vocabulary>/<code>",
    answer=ConceptForm,
    parameters=[_VOCABULARY, _CODE, parameters.LANG],
    body=ConceptBody,
)
def replace_concept(vocabulary: str, code: str) -> Response:
    """Write a concept anew

    Members that are absent are cleared.
    """
    return _change_concept(vocabulary, code, whole=True)


@describes_write(
    blueprint,
    "PATCH",
    "/concepts/<vocabulary>/<code>",
    answer=ConceptForm,
    parameters=[_VOCABULARY, _CODE, parameters.LANG],
    body=ConceptBody,
)
def change_concept(vocabulary: str, code: str) -> Response:
    """Change some members of a concept"""
    return _change_concept(vocabulary, code, whole=False)


@describes_write(
    blueprint,
    "DELETE",
    "/concepts/<vocabulary>/<code>",
    answer=None,
    parameters=[_VOCABULARY, _CODE],
    status=204,
)
def delete_concept(vocabulary: str, code: str) -> Response:
    """Delete a concept that nothing refers to"""
    author = _administrator()
    condition = expected()
    with context.write() as session:
        concept = concepts.find_concept(session, concepts.vocabulary_named(vocabulary), code)
        condition.check(concept.version)
        concepts.delete_concept(session, author, concept, context.portal().clock())
    return no_content()


def _administrator() -> Actor:
    """Before the body is read: who may not write learns nothing of how it should look."""
    author = actor.required()
    require_administrator(author)
    return author


def _change_agency(reference: str, *, whole: bool) -> Response:
    shape, author, condition = form(), _administrator(), expected()
    fields = agency_fields(json_body(AgencyBody()), whole=whole)
    with context.write() as session:
        agency = agencies.find_agency(session, reference)
        condition.check(agency.version)
        agencies.update_agency(session, author, agency, fields, context.portal().clock())
        return _show_agency(session, agency, shape)


def _change_concept(vocabulary: str, code: str, *, whole: bool) -> Response:
    shape, author, condition = form(), _administrator(), expected()
    fields = concept_fields(json_body(ConceptBody()), whole=whole)
    with context.write() as session:
        concept = concepts.find_concept(session, concepts.vocabulary_named(vocabulary), code)
        condition.check(concept.version)
        concepts.update_concept(session, author, concept, fields, context.portal().clock())
        return answer(v1_parts.concept(concept, shape), version=concept.version)


def _show_agency(session: Session, agency: Agency, shape: v1_parts.Form, *, status: int = 200) -> Response:
    """Read again in the same transaction, with what its form needs."""
    found = agencies.find_agency(session, agency.slug)
    count = queries.published_count(
        session, hide_illustrative=context.portal().settings.hide_illustrative, within=found
    )
    return answer(
        v1_parts.agency_with_children(found, shape, count=count),
        version=found.version,
        status=status,
        location=shape.link(links.api("agencies", found.slug)) if status == 201 else None,
    )
