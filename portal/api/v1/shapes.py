"""What the schemas of API v1 are made of.

Schemas describe (OpenAPI) and are what tests hold answers against. Forms are written
by `portal.exchange.v1`; dumping them through these would cost fifty times as much.
"""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields


class Shape(Schema):
    """Every member is always there; null means not stated."""

    class Meta:
        unknown = RAISE


class Both(Shape):
    """One text in both languages."""

    vi = fields.String(required=True, allow_none=True)
    en = fields.String(required=True, allow_none=True)


def text(*, null: bool = True) -> fields.String:
    return fields.String(required=True, allow_none=null)


def both() -> fields.Nested:
    return fields.Nested(Both, required=True)


def whole(*, null: bool = False) -> fields.Integer:
    return fields.Integer(required=True, allow_none=null)


def number() -> fields.Float:
    return fields.Float(required=True, allow_none=True)


def box() -> fields.List[float]:
    note = "West, south, east, north in degrees; null until the boundary is known."
    return fields.List(fields.Float(), required=True, allow_none=True, metadata={"description": note})


def url(*, null: bool = False) -> fields.String:
    return fields.String(required=True, allow_none=null, metadata={"format": "uri"})


def uuid() -> fields.UUID:
    return fields.UUID(required=True)


def instant(*, null: bool = False) -> fields.String:
    return fields.String(required=True, allow_none=null, metadata={"format": "date-time"})


def day() -> fields.String:
    return fields.String(required=True, allow_none=True, metadata={"format": "date"})


def when() -> fields.String:
    note = "A day (2024-05-31) or an instant (2024-05-31T08:00:00+07:00), as precise as the source tells."
    return fields.String(required=True, allow_none=True, metadata={"description": note})


def one(schema: type[Schema], *, null: bool = False) -> fields.Nested:
    return fields.Nested(schema, required=True, allow_none=null)


def many(schema: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), required=True)


def texts() -> fields.List[str]:
    return fields.List(fields.String(), required=True)


def object() -> fields.Dict:
    return fields.Dict(required=True)
