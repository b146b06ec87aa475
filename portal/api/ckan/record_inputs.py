"""From a call to records and fields: CKAN's types, values checked against the columns that they go into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.api.ckan.calls import Call, CallInvalid
from portal.api.ckan.table_bases import new_field
from portal.exchange.ckan_tables import ROW_ID
from portal.exchange.values import JsonValue
from portal.tables.query import RowQueryInvalid, Value, typed
from portal.tables.schema import Field
from portal.tables.values import ColumnType
from portal.text import LocalizedText, clean, clean_line

_TYPES = {
    **dict.fromkeys(("text", "json", "time", "string", "varchar"), ColumnType.TEXT),
    **dict.fromkeys(("int", "int2", "int4", "int8", "integer", "bigint", "smallint"), ColumnType.INTEGER),
    **dict.fromkeys(("float", "float4", "float8", "numeric", "double precision"), ColumnType.DECIMAL),
    **dict.fromkeys(("bool", "boolean"), ColumnType.BOOLEAN),
    "date": ColumnType.DATE,
    **dict.fromkeys(("timestamp", "timestamptz"), ColumnType.TIMESTAMP),
}
_DICTIONARY_TYPES = {
    ColumnType.INTEGER: "integer",
    ColumnType.DECIMAL: "number",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "datetime",
}
_LONGEST_NAME = 200
_MOST_FIELDS = 500
_NOT_A_FIELD = LocalizedText("Mỗi trường phải có “id”.", "Each field needs an “id”")
_NO_RECORDS = LocalizedText("Mỗi dòng phải là một đối tượng JSON.", "Each record must be a JSON object")
_NOT_A_SCALAR = LocalizedText(
    "Giá trị phải là văn bản, số, đúng/sai hoặc null.", "Values are texts, numbers, true, false, null"
)
_NO_KEY = LocalizedText("Dòng thiếu giá trị của khóa.", "A record lacks a value of the key")
_NOT_WHOLE = LocalizedText("Cột này chỉ nhận số nguyên.", "This column holds whole numbers")


def read_fields(call: Call) -> tuple[tuple[Field, ...], list[dict[str, JsonValue]], frozenset[str]]:
    """The columns that a call names, what it says of them for the dictionary, and which of them have a type."""
    found: dict[str, Field] = {}
    told: list[dict[str, JsonValue]] = []
    has_type = set()
    for row in call.rows("fields") or []:
        name = clean_line(str(row.get("id") or "")) if isinstance(row, dict) else ""
        if not name or name.startswith("_") or len(name) > _LONGEST_NAME or name in found:
            raise CallInvalid(fields={"fields": _NOT_A_FIELD})
        word = str(row.get("type") or "")
        if word and word not in _TYPES:
            raise CallInvalid(fields={"fields": _unknown_type(word)})
        found[name] = new_field(name, _TYPES.get(word, ColumnType.TEXT))
        if word:
            has_type.add(name)
        if isinstance(row.get("info"), dict):
            told.append(_entry(found[name], row["info"]))
    if len(found) > _MOST_FIELDS:
        raise CallInvalid(fields={"fields": _NOT_A_FIELD})
    return tuple(found.values()), told, frozenset(has_type)


def _unknown_type(word: str) -> LocalizedText:
    shown = word[:40]
    return LocalizedText(f"Không có kiểu “{shown}”.", f'"{shown}" is not a valid column type')


def _entry(field: Field, info: Mapping[str, Any]) -> dict[str, JsonValue]:
    """What `info` says, as the dictionary of a resource's columns has it."""

    def text(name: str) -> str:
        return clean(str(info.get(name) or ""))[:2000]

    return {
        "name": field.name,
        "title_vi": clean_line(text("label")),
        "title_en": clean_line(text("label_en")),
        "type": _DICTIONARY_TYPES.get(field.type, "string"),
        "unit": clean_line(text("unit")),
        "description_vi": text("notes"),
        "description_en": text("notes_en"),
    }


def rows_of(call: Call) -> list[Mapping[str, Any]]:
    """The records as they came. Raises CallInvalid."""
    found = call.rows("records") or []
    if not all(isinstance(each, dict) for each in found):
        raise CallInvalid(fields={"records": _NO_RECORDS})
    return found


def fields_of_records(records: list[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Columns for records that come without any: texts, whose types the reader then judges."""
    names = dict.fromkeys(clean_line(str(name)) for record in records for name in record if name != ROW_ID)
    if len(names) > _MOST_FIELDS or not all(name and not name.startswith("_") for name in names):
        raise CallInvalid(fields={"records": _NOT_A_FIELD})
    return tuple(new_field(name, ColumnType.TEXT) for name in names)


def read_records(
    records: list[Mapping[str, Any]], fields: tuple[Field, ...], typed_names: frozenset[str]
) -> list[dict[int, Value]]:
    """Values by the place of their column. Raises CallInvalid and RowQueryInvalid that name the record."""
    places = {name: place for place, field in enumerate(fields) for name in (field.key, field.name)}
    found = []
    for number, record in enumerate(records, start=1):
        row: dict[int, Value] = {}
        for name, value in record.items():
            place = places.get(clean_line(str(name)))
            if place is None and name == ROW_ID:
                continue
            if place is None:
                raise CallInvalid(fields={"records": _extra_key(number, name)})
            row[place] = _value(fields[place], value, is_typed=fields[place].name in typed_names)
        found.append(row)
    return found


def _extra_key(number: int, name: object) -> LocalizedText:
    shown = str(name)[:60]
    return LocalizedText(f"Dòng {number} có trường lạ “{shown}”.", f'row "{number}" has extra keys "{shown}"')


def _value(field: Field, value: Any, *, is_typed: bool) -> Value:
    if isinstance(value, list | dict):
        raise CallInvalid(fields={"records": _NOT_A_SCALAR})
    if value is None or value == "":
        return None
    if not is_typed or field.is_text:
        return clean(value).strip() or None if isinstance(value, str) else value
    try:
        found = typed(field, value, "records")
    except RowQueryInvalid:
        if field.text_key and isinstance(value, str):
            return clean(value).strip()
        raise
    if isinstance(found, float) and field.storage in ("BIGINT", "SMALLINT"):
        if not found.is_integer():
            raise CallInvalid(fields={"records": _NOT_WHOLE})
        return int(found)
    return found.replace(" ", "T") if field.storage == "TIMESTAMP" and isinstance(found, str) else found


def key_places(names: list[str], fields: tuple[Field, ...], parameter: str) -> tuple[int, ...]:
    """The places of the columns that tell rows apart. Raises CallInvalid."""
    places = {name: place for place, field in enumerate(fields) for name in (field.key, field.name)}
    found = []
    for name in names:
        if name not in places:
            text = LocalizedText(f"Bảng không có trường “{name[:60]}”.", f'field "{name[:60]}" not in table')
            raise CallInvalid(fields={parameter: text})
        found.append(places[name])
    return tuple(found)


def require_keys(records: list[dict[int, Value]], key: tuple[int, ...]) -> None:
    """Every record says which row it means. Raises CallInvalid."""
    if any(record.get(place) is None for record in records for place in key):
        raise CallInvalid(fields={"key": _NO_KEY})
