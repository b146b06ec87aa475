"""What datasets are told by: agencies, concepts of every vocabulary, places."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from portal.api.v1 import parameters
from portal.api.v1.answers import form, respond
from portal.api.v1.describing import describes
from portal.api.v1.lists import AgencyList, ConceptList, PlaceList
from portal.api.v1.schemas import AgencyWithChildren, ConceptForm, PlaceWithHistory
from portal.catalog import queries
from portal.catalog.models import Vocabulary
from portal.catalog.services.agencies import find_agency
from portal.catalog.services.concepts import find_concept, vocabulary_named
from portal.errors import NotFound
from portal.exchange import v1_parts
from portal.exchange.values import JsonValue
from portal.http import context
from portal.text import LocalizedText

blueprint = Blueprint(
    "vocabularies", __name__, url_prefix="/api/v1", description="Agencies, concepts and places."
)

_VOCABULARY = parameters.in_path(
    "vocabulary", "Name of the vocabulary.", enum=[each.value for each in Vocabulary]
)

_ONE_AGENCY = [parameters.in_path("reference", "Slug or uuid of the agency."), parameters.LANG]
_ONE_CONCEPT = [_VOCABULARY, parameters.in_path("code", "Code of the concept."), parameters.LANG]
_ONE_PLACE = [parameters.in_path("reference", "Slug or code of the place."), parameters.LANG]


class PlaceNotFound(NotFound):
    """No place has this slug or code."""

    message = LocalizedText("Không có đơn vị hành chính này.", "There is no such place.")


@describes(blueprint, "/agencies", answer=AgencyList, parameters=[parameters.LANG])
def list_agencies() -> Response:
    """All agencies by name, with how many datasets each has"""
    shape, counts = form(), _counts().agencies
    items: list[JsonValue] = [
        v1_parts.agency(each, shape, count=counts.get(each.slug, 0))
        for each in queries.agencies(context.session())
    ]
    return respond({"total": len(items), "items": items})


@describes(
    blueprint,
    "/agencies/<reference>",
    answer=AgencyWithChildren,
    parameters=_ONE_AGENCY,
)
def show_agency(reference: str) -> Response:
    """One agency with the bodies above and under it"""
    shape, agency = form(), find_agency(context.session(), reference)
    count = queries.published_count(
        context.session(), hide_illustrative=context.portal().settings.hide_illustrative, within=agency
    )
    return respond(v1_parts.agency_with_children(agency, shape, count=count), version=agency.version)


@describes(blueprint, "/concepts/<vocabulary>", answer=ConceptList, parameters=[_VOCABULARY, parameters.LANG])
def list_concepts(vocabulary: str) -> Response:
    """One vocabulary in its own order"""
    shape = form()
    found = queries.concepts(context.session(), vocabulary_named(vocabulary))
    items: list[JsonValue] = [v1_parts.concept(each, shape) for each in found]
    return respond({"total": len(items), "items": items})


@describes(
    blueprint,
    "/concepts/<vocabulary>/<code>",
    answer=ConceptForm,
    parameters=_ONE_CONCEPT,
)
def show_concept(vocabulary: str, code: str) -> Response:
    """One concept"""
    shape = form()
    concept = find_concept(context.session(), vocabulary_named(vocabulary), code)
    return respond(v1_parts.concept(concept, shape), version=concept.version)


@describes(blueprint, "/places", answer=PlaceList, parameters=[parameters.LANG])
def list_places() -> Response:
    """All places of the present and of the past, with how many datasets each has"""
    shape, counts = form(), _counts().places
    items: list[JsonValue] = [
        v1_parts.place(each, shape, count=counts.get(each.code, 0))
        for each in queries.places(context.session())
    ]
    return respond({"total": len(items), "items": items})


@describes(
    blueprint,
    "/places/<reference>",
    answer=PlaceWithHistory,
    parameters=_ONE_PLACE,
)
def show_place(reference: str) -> Response:
    """One place with the units it replaced and those that replaced it"""
    shape, place = form(), queries.place(context.session(), reference)
    if place is None:
        raise PlaceNotFound
    count = queries.published_count(
        context.session(), hide_illustrative=context.portal().settings.hide_illustrative, within=place
    )
    return respond(v1_parts.place_with_history(place, shape, count=count), version=place.version)


def _counts() -> queries.Counts:
    return queries.counts(context.session(), hide_illustrative=context.portal().settings.hide_illustrative)
