"""What administrators send about agencies and concepts."""

from __future__ import annotations

from typing import Any, cast

from marshmallow import fields, validate

from portal.api.v1.inputs import WEB_ADDRESS, Body, Paragraphs, both, in_columns, line, lines
from portal.catalog.services.agencies import AgencyFields
from portal.catalog.services.concepts import ConceptFields

_NO_AGENCY: AgencyFields = {
    "name_en": None,
    "kind": "",
    "parent": None,
    "acronyms": [],
    "former_names": [],
    "homepage": None,
    "source": "",
}
_NO_CONCEPT: ConceptFields = {
    "label_en": None,
    "description_vi": "",
    "description_en": None,
    "exact_match": None,
    "also": [],
    "facts": {},
    "position": 0,
}


class AgencyBody(Body):
    """An agency. `name` is the Vietnamese text; `parent` a slug or id."""

    name = line(shortest=1)
    name_i18n = both()
    kind = line(100)
    parent = line(100, allow_none=True)
    acronyms = lines(100)
    former_names = lines()
    homepage = fields.String(validate=WEB_ADDRESS, allow_none=True)
    source = line(2000)


class NewAgencyBody(AgencyBody):
    """A new agency; `slug` follows from the name when it is not given, and never changes."""

    slug = line(100, shortest=1)


class ConceptBody(Body):
    """A concept. `label` and `description` are the Vietnamese texts; `also`: other spellings that mean it."""

    label = line(shortest=1)
    label_i18n = both()
    description = Paragraphs(validate=validate.Length(max=5000), allow_none=True)
    description_i18n = both(5000, in_lines=True)
    uri = fields.String(validate=WEB_ADDRESS, allow_none=True)
    also = lines(200, most=500)
    facts = fields.Dict(keys=line(100, shortest=1))
    position = fields.Integer(strict=True, validate=validate.Range(min=0, max=100_000))


class NewConceptBody(ConceptBody):
    """A new concept; its `code` never changes."""

    code = line(100, shortest=1, required=True)


def agency_fields(loaded: dict[str, Any], *, whole: bool) -> AgencyFields:
    """As the service takes them; `whole` clears what is absent."""
    given = in_columns(loaded, {"name": "name"})
    return cast(AgencyFields, {**_NO_AGENCY, "name_vi": "", **given} if whole else given)


def concept_fields(loaded: dict[str, Any], *, whole: bool) -> ConceptFields:
    """As the service takes them; `whole` clears what is absent."""
    given = in_columns(loaded, {"label": "label", "description": "description"})
    if "uri" in given:
        given["exact_match"] = given.pop("uri")
    return cast(ConceptFields, {**_NO_CONCEPT, "label_vi": "", **given} if whole else given)
