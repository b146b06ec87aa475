"""What the schemas of bodies are made of: cleaned texts, texts in two languages, fields by their columns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from portal.text import LANGUAGES, clean, clean_line

WEB_ADDRESS = validate.Regexp(r"https?://[^\s<>\"]{1,2000}")


class Body(Schema):
    """Unknown keys are refused by name: nothing that a writer sends is dropped in silence."""

    class Meta:
        unknown = RAISE


class Line(fields.String):
    """Text on one line, cleaned before it is measured."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return clean_line(super()._deserialize(value, attr, data, **kwargs))


class Paragraphs(fields.String):
    """Text of several lines, cleaned before it is measured."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return clean(super()._deserialize(value, attr, data, **kwargs))


def line(longest: int = 500, *, shortest: int = 0, **options: Any) -> Line:
    return Line(validate=validate.Length(min=shortest, max=longest), **options)


def lines(longest: int = 500, *, most: int = 100) -> fields.List[Any]:
    return fields.List(line(longest, shortest=1), validate=validate.Length(max=most))


def both(longest: int = 500, *, in_lines: bool = False) -> fields.Nested:
    """Both languages of one text; a language that is absent stays as it is, null clears it."""
    return fields.Nested(_both(longest, Paragraphs if in_lines else Line))


@lru_cache
def _both(longest: int, kind: type[Line] | type[Paragraphs]) -> type[Schema]:
    limit = validate.Length(max=longest)
    members: dict[str, fields.Field[Any]] = {
        name: kind(validate=limit, allow_none=True) for name in LANGUAGES
    }
    return Body.from_dict(members, name=f"Both{kind.__name__}{longest}")


def in_columns(loaded: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """`name` and `name_i18n` as `name_vi` and `name_en`; `texts` maps members to columns. The plain member
    is the Vietnamese text; what `_i18n` says of it wins."""
    found = {name: value for name, value in loaded.items() if name.removesuffix("_i18n") not in texts}
    for member, column in texts.items():
        given: dict[str, Any] = {"vi": loaded[member]} if member in loaded else {}
        given |= loaded.get(f"{member}_i18n", {})
        if "vi" in given:
            found[f"{column}_vi"] = given["vi"] or ""
        if "en" in given:
            found[f"{column}_en"] = given["en"] or None
    return found
