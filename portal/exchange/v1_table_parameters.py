"""What may be asked of one table as OpenAPI parameters: every column with its operators, and the question's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from portal.exchange.v1_tables import filter_name
from portal.exchange.values import JsonObject, JsonValue
from portal.tables.query import DEFAULT_LIMIT, MAX_LIMIT, Operator
from portal.tables.schema import Field, Schema
from portal.tables.values import Column, ColumnType
from portal.text import Language, LocalizedText

# Beyond this many columns only equality is told of each, lest the description be larger than the table.
_TOLD_WHOLE = 60
_JSON_TYPES = {"BIGINT": "integer", "SMALLINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean"}
_COMPARED: dict[Operator, LocalizedText] = {
    "eq": LocalizedText("Bằng giá trị này.", "Equals this value."),
    "ne": LocalizedText("Khác giá trị này.", "Differs from this value."),
    "in": LocalizedText("Là một trong các giá trị này.", "Is one of these values."),
    "null": LocalizedText(
        "Ô trống (true) hoặc có giá trị (false).", "Has no value (true) or has one (false)."
    ),
    "lt": LocalizedText("Nhỏ hơn giá trị này.", "Is less than this value."),
    "le": LocalizedText("Không lớn hơn giá trị này.", "Is at most this value."),
    "gt": LocalizedText("Lớn hơn giá trị này.", "Is more than this value."),
    "ge": LocalizedText("Không nhỏ hơn giá trị này.", "Is at least this value."),
    "between": LocalizedText("Trong khoảng này, kể cả hai đầu.", "Lies between these two, both included."),
    "contains": LocalizedText(
        "Có chứa đoạn này, không phân biệt dấu và chữ hoa.",
        "Contains this, whatever the diacritics and case.",
    ),
    "starts": LocalizedText(
        "Bắt đầu bằng đoạn này, không phân biệt dấu và chữ hoa.",
        "Begins with this, whatever the diacritics and case.",
    ),
}
_EVERY: tuple[Operator, ...] = ("ne", "in", "null")
_ORDERED: tuple[Operator, ...] = ("lt", "le", "gt", "ge", "between")
_TEXTUAL: tuple[Operator, ...] = ("contains", "starts")


@dataclass(frozen=True, slots=True)
class DescribedColumn:
    """A column, how it is asked, and what the steward says of it."""

    column: Column
    field: Field
    words: LocalizedText

    @property
    def scalar(self) -> JsonObject:
        """A value of it, as JSON Schema."""
        kind: JsonObject = {"type": _JSON_TYPES.get(self.field.storage, "string")}
        if self.field.type is ColumnType.DATE:
            kind["format"] = "date"
        return kind

    @property
    def example(self) -> JsonValue:
        """A value that occurs, if one is known."""
        profile = self.column.profile
        text = next(iter((*profile.examples, profile.least)), None) if self.field.is_text else profile.least
        return _of_type(text, str(self.scalar["type"]))

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What it may be compared by, beside equality."""
        return (
            *_EVERY,
            *(_ORDERED if self.field.is_ordered else ()),
            *(_TEXTUAL if self.field.is_text else ()),
        )


def described_columns(
    columns: Sequence[Column], schema: Schema, dictionary: Sequence[dict[str, Any]]
) -> list[DescribedColumn]:
    """Columns with their words, joined by the name in the file."""
    said = {each.get("name"): each for each in dictionary}
    return [
        DescribedColumn(each, schema.by_key[each.key], _words(said.get(each.name, {}))) for each in columns
    ]


def question_parameters(
    columns: list[DescribedColumn], schema: Schema, language: Language
) -> list[JsonValue]:
    """What is asked, page or whole."""
    keys = [each.field.key for each in columns]
    numbers = [each.field.key for each in columns if each.field.is_number]
    figures = ["count", *(f"{name}:{key}" for name in ("sum", "avg") for key in numbers)]
    figures += [f"{name}:{key}" for name in ("min", "max", "distinct") for key in keys]
    made: list[JsonValue] = [
        _listed("select", keys, _SELECT, language),
        _listed("sort", [*keys, *(f"-{key}" for key in keys)], _SORT, language),
        _listed("group", keys, _GROUP, language),
        _listed("measure", figures, _MEASURE, language),
        _nested(keys, language),
    ]
    if schema.has_search:
        made.append(_parameter("q", {"type": "string", "maxLength": 200}, _Q, language))
    for each in columns:
        made.extend(_of_column(each, language, is_told_whole=len(columns) <= _TOLD_WHOLE))
    return made


def _nested(keys: list[str], language: Language) -> JsonObject:
    example: JsonObject = {"example": f'["{keys[0]}", "null", false]'} if keys else {}
    return {**_parameter("where", _JSON, _WHERE, language), **example}


def page_parameters(language: Language) -> list[JsonValue]:
    """Which part of the answer."""
    limit: JsonObject = {"type": "integer", "default": DEFAULT_LIMIT, "minimum": 1, "maximum": MAX_LIMIT}
    return [
        _parameter("limit", limit, _LIMIT, language),
        _parameter("after", {"type": "string"}, _AFTER, language),
    ]


def _words(said: dict[str, Any]) -> LocalizedText:
    vi, en = (
        ". ".join(filter(None, (said.get(f"title_{each}"), said.get(f"description_{each}"))))
        for each in ("vi", "en")
    )
    return LocalizedText(vi, en or None)


def _of_column(each: DescribedColumn, language: Language, *, is_told_whole: bool) -> Iterator[JsonObject]:
    head = " ".join(filter(None, (f"{each.field.name}.", each.words.in_language(language))))
    example = each.example
    shown: JsonObject = {} if example is None else {"example": example}
    equals = f"{head} {_COMPARED['eq'].in_language(language)}"
    yield {**_query(filter_name(each.field.key), each.scalar, equals), **shown}
    for operator in each.operators if is_told_whole else ():
        text = f"{each.field.name}. {_COMPARED[operator].in_language(language)}"
        yield _compared(f"{each.field.key}__{operator}", operator, each.scalar, text)


def _compared(name: str, operator: Operator, scalar: JsonObject, text: str) -> JsonObject:
    match operator:
        case "null":
            return _query(name, {"type": "boolean"}, text)
        case "in":
            return {**_query(name, {"type": "array", "items": scalar, "minItems": 1}, text), **_COMMAS}
        case "between":
            two: JsonObject = {"type": "array", "items": scalar, "minItems": 2, "maxItems": 2}
            return {**_query(name, two, text), **_COMMAS}
        case _:
            return _query(name, scalar, text)


def _listed(name: str, values: Sequence[str], text: LocalizedText, language: Language) -> JsonObject:
    items: JsonObject = {"type": "string", "enum": list(values)}
    return {**_query(name, {"type": "array", "items": items}, text.in_language(language)), **_COMMAS}


def _parameter(name: str, schema: JsonObject, text: LocalizedText, language: Language) -> JsonObject:
    return _query(name, schema, text.in_language(language))


def _query(name: str, schema: JsonObject, text: str) -> JsonObject:
    return {"in": "query", "name": name, "description": text, "schema": schema}


def _of_type(text: str | None, kind: str) -> JsonValue:
    """A value as exports write it, as JSON has it; None where it is of another type."""
    if text is None or kind == "string":
        return text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text)
    try:
        return int(text) if kind == "integer" else float(text)
    except ValueError:
        return None


_JSON: JsonObject = {"type": "string", "contentMediaType": "application/json"}
_COMMAS: JsonObject = {"style": "form", "explode": False}
_SELECT = LocalizedText("Các cột cần lấy; không nêu thì lấy tất cả.", "Columns wanted; all without it.")
_SORT = LocalizedText(
    "Thứ tự sắp xếp; dấu - đảo chiều, giá trị trống ở cuối.",
    "Order; - turns it around, missing values come last.",
)
_GROUP = LocalizedText("Gộp nhóm theo các cột này.", "Columns to group by.")
_MEASURE = LocalizedText("Số liệu của từng nhóm hoặc của mọi dòng.", "Figures of each group, or of all rows.")
_WHERE = LocalizedText(
    'Điều kiện lồng nhau: ["key", "operator", value], {"and": [...]}, {"or": [...]}.',
    'Nested conditions: ["key", "operator", value], {"and": [...]}, {"or": [...]}.',
)
_Q = LocalizedText(
    "Từ mà dòng phải có, có dấu hoặc không dấu.", "Words that a row must have, with or without diacritics."
)
_LIMIT = LocalizedText("Số dòng trong một câu trả lời.", "Rows in one answer.")
_AFTER = LocalizedText("Mã trang tiếp theo mà trang trước đã cho.", "The token that the page before gave.")
