"""What stewards send about datasets, and how it becomes the fields of the services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from marshmallow import ValidationError, fields, validate, validates_schema

from portal.api.v1.inputs import WEB_ADDRESS, Body, Paragraphs, both, in_columns, line, lines
from portal.catalog.records import DatasetFields
from portal.clock import CITY_ZONE
from portal.exchange.json_values import clean_value
from portal.exchange.json_values import when as read_when
from portal.text import LocalizedText

MAX_EXTRAS = 100
_EXTRAS_DEPTH = 6
_EXTRAS_CHARACTERS = 20_000
_NOT_A_TIME = LocalizedText(
    "Phải là ngày (2026-03-31) hoặc thời điểm (2026-03-31T08:00:00+07:00).",
    "Must be a day (2026-03-31) or an instant (2026-03-31T08:00:00+07:00).",
)
_EXTRAS_TOO_DEEP = LocalizedText(
    f"Lồng quá {_EXTRAS_DEPTH} tầng hoặc dài quá {_EXTRAS_CHARACTERS} ký tự.",
    f"Nested more than {_EXTRAS_DEPTH} deep or longer than {_EXTRAS_CHARACTERS} characters.",
)
_TWO_IDS = LocalizedText(
    "id và identifier là một; chỉ gửi một trong hai.", "id and identifier are the same; send one of them."
)
# Absent in a PUT: cleared. The owner, the identifier and the mark of illustrative records stay.
_NOTHING_STATED: DatasetFields = {
    "title_vi": "",
    "title_en": None,
    "description_vi": "",
    "description_en": None,
    "keywords": [],
    "themes": [],
    "supplier": None,
    "places": [],
    "temporal_start": None,
    "temporal_end": None,
    "frequency": None,
    "licence": None,
    "access_level": None,
    "access_reason": None,
    "languages": [],
    "contact_name": None,
    "contact_email": None,
    "contact_phone": None,
    "legal_basis": None,
    "landing_page": None,
    "conforms_to": None,
    "series": None,
    "provenance": None,
    "issued": None,
    "modified": None,
    "other_identifier": None,
}


class WhenField(fields.String):
    """A day or an instant; times without a zone are the city's."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = read_when(super()._deserialize(value, attr, data, **kwargs))
        if found is None:
            raise ValidationError([_NOT_A_TIME])
        return found


class PeriodBody(Body):
    """From day to day, both included."""

    start = fields.Date(allow_none=True)
    end = fields.Date(allow_none=True)


class ContactBody(Body):
    """An office to ask."""

    name = line(allow_none=True)
    email = line(254, allow_none=True)
    phone = line(100, allow_none=True)


class DatasetBody(Body):
    """What is said of a dataset. Plain texts are Vietnamese; words of vocabularies are given by code."""

    title = line(shortest=1)
    title_i18n = both()
    description = Paragraphs(validate=validate.Length(max=50_000), allow_none=True)
    description_i18n = both(50_000, in_lines=True)
    keywords = lines(100)
    themes = lines(200)
    agency = line()
    supplier = line(allow_none=True)
    places = lines(200, most=300)
    temporal = fields.Nested(PeriodBody, allow_none=True)
    frequency = line(200, allow_none=True)
    licence = line(200, allow_none=True)
    access_level = line(200, allow_none=True)
    access_reason = line(2000, allow_none=True)
    languages = lines(20)
    contact = fields.Nested(ContactBody, allow_none=True)
    legal_basis = line(2000, allow_none=True)
    landing_page = fields.String(validate=WEB_ADDRESS, allow_none=True)
    conforms_to = line(2000, allow_none=True)
    series = line(500, allow_none=True)
    provenance = Paragraphs(validate=validate.Length(max=20_000), allow_none=True)
    issued = WhenField(allow_none=True)
    modified = WhenField(allow_none=True)
    other_identifier = line(200, allow_none=True)
    extras = fields.Dict(keys=line(200, shortest=1), validate=validate.Length(max=MAX_EXTRAS))

    @validates_schema(skip_on_field_errors=True)
    def check_extras(self, loaded: Mapping[str, Any], **_: Any) -> None:
        """They come back in every answer, so that their depth and size have an end."""
        extras = loaded.get("extras", {})
        if _depth(extras) > _EXTRAS_DEPTH or len(repr(extras)) > _EXTRAS_CHARACTERS:
            raise ValidationError({"extras": [_EXTRAS_TOO_DEEP]})


class AdministratorsDatasetBody(DatasetBody):
    """What administrators alone may say: that a record is illustrative."""

    illustrative = fields.Boolean()


class AdministratorsNewDatasetBody(AdministratorsDatasetBody):
    """And the identifier of a new dataset (`id`, as in import files, means the same); others get one made."""

    identifier = line(200, shortest=1)
    id = line(200, shortest=1)

    @validates_schema
    def check_one_identifier(self, loaded: Mapping[str, Any], **_: Any) -> None:
        """Two different ones would leave it to us to choose."""
        if loaded.get("id", loaded.get("identifier")) != loaded.get("identifier", loaded.get("id")):
            raise ValidationError({"id": [_TWO_IDS]})


class ScheduleBody(Body):
    """When to publish; a time without a zone is the city's."""

    scheduled_at = fields.AwareDateTime(format="iso", default_timezone=CITY_ZONE, required=True)


class WithdrawBody(Body):
    """Why readers find it no more, and the public dataset to use instead (slug or id)."""

    reason = Paragraphs(required=True, validate=validate.Length(min=1, max=2000))
    replacement = line(200, allow_none=True)


class NothingBody(Body):
    """No members; the body may be left out."""


def dataset_fields(loaded: Mapping[str, Any], *, whole: bool) -> DatasetFields:
    """As the services take them; `whole` clears what is absent."""
    texts = {"title": "title", "description": "description"}
    given = in_columns(loaded, texts) | {"publisher": loaded.get("agency")}
    if not loaded.get("agency"):
        del given["publisher"]
    given.pop("agency", None)
    given |= _flat(given.pop("temporal", {}), "temporal", ("start", "end"))
    given |= _flat(given.pop("contact", {}), "contact", ("name", "email", "phone"))
    if "extras" in given:
        given["extras"] = clean_value(given["extras"])
    stated = {
        name: _emptied(name, value) for name, value in given.items() if name not in ("id", "identifier")
    }
    return cast(DatasetFields, {**_NOTHING_STATED, **stated} if whole else stated)


def _flat(nested: Mapping[str, Any] | None, name: str, members: tuple[str, ...]) -> dict[str, Any]:
    """A nested object's members as columns; null clears all of them."""
    if nested is None:
        return {f"{name}_{each}": None for each in members}
    return {f"{name}_{each}": nested[each] for each in members if each in nested}


def _emptied(name: str, value: Any) -> Any:
    """An empty text says as little as null."""
    return None if value == "" and not name.endswith("_vi") else value


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)
