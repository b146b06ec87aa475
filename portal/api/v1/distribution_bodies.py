"""What stewards send about files and links beside the bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from marshmallow import fields, validate

from portal.api.v1.inputs import Body, Paragraphs, both, in_columns, line
from portal.catalog.services.distributions import DistributionFields
from portal.text import LocalizedText

MAX_COLUMNS = 2000
_TEXTS = {"title": "title", "description": "description"}


class ColumnBody(Body):
    """One column; `type` as in Table Schema 1.0."""

    name = line(500, shortest=1, required=True)
    title_vi = line(allow_none=True)
    title_en = line(allow_none=True)
    type = line(50, allow_none=True)
    unit = line(100, allow_none=True)
    description_vi = line(2000, allow_none=True)
    description_en = line(2000, allow_none=True)


class DistributionBody(Body):
    """What a file or link is. Plain texts are Vietnamese."""

    title = line(allow_none=True)
    title_i18n = both()
    description = Paragraphs(validate=validate.Length(max=10_000), allow_none=True)
    description_i18n = both(10_000, in_lines=True)


class DistributionChangeBody(DistributionBody):
    """Members that are absent stay; `columns` are replaced as a whole."""

    columns = fields.List(fields.Nested(ColumnBody), validate=validate.Length(max=MAX_COLUMNS))


class LinkBody(DistributionBody):
    """A link to data that lies elsewhere; `format` is a code or a word."""

    url = line(2000, shortest=1, required=True)
    format = line(100, allow_none=True)


class OrderBody(Body):
    """Every distribution of the dataset once, by id."""

    order = fields.List(fields.UUID(), required=True, validate=validate.Length(max=10_000))


def distribution_fields(loaded: Mapping[str, Any]) -> DistributionFields:
    """As the service takes them."""
    given = in_columns(loaded, _TEXTS)
    if "columns" in given:
        given["columns"] = [_column(each) for each in given["columns"]]
    return cast(DistributionFields, given)


def texts_of(loaded: Mapping[str, Any]) -> tuple[LocalizedText, LocalizedText]:
    """Title and description."""
    given = in_columns(loaded, _TEXTS)
    title = LocalizedText(given.get("title_vi", ""), given.get("title_en"))
    return title, LocalizedText(given.get("description_vi", ""), given.get("description_en"))


def _column(loaded: Mapping[str, Any]) -> dict[str, Any]:
    """Every member, as imports write them."""
    return {
        "name": loaded["name"],
        "title_vi": loaded.get("title_vi") or "",
        "title_en": loaded.get("title_en") or None,
        "type": loaded.get("type") or "",
        "unit": loaded.get("unit") or None,
        "description_vi": loaded.get("description_vi") or "",
        "description_en": loaded.get("description_en") or None,
    }
