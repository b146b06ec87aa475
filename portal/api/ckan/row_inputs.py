"""From a call to a row query: CKAN's filters, words, fields, order and pages, every name checked against the table."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.api.ckan.calls import Call, CallInvalid
from portal.exchange.ckan_tables import ROW, TableFields
from portal.tables.query import MAX_LIMIT, Condition, Junction, Operator, RowQuery, Sort, parse, typed
from portal.tables.schema import Field
from portal.tables.values import ColumnType
from portal.text import LocalizedText

DEFAULT_LIMIT = 100
_COMPARED: dict[str, Operator] = {"eq": "eq", "ne": "ne", "lt": "lt", "lte": "le", "gt": "gt", "gte": "ge"}
_SORTED = re.compile(
    r'\s*(?P<name>"(?:[^"]|"")*"|[^,]+?)\s*(?:\s(?P<way>asc|desc))?\s*(?:\snulls\s+(?P<nulls>first|last))?\s*(?:,|$)',
    re.IGNORECASE,
)
_MOST_CONDITIONS = 50
_MOST_VALUES = 1_000
_MOST_LEVELS = 5
_NOT_FILTERS = LocalizedText("Phải là một đối tượng JSON.", "Not a json object")
_NOT_A_CONDITION = LocalizedText("Không hiểu điều kiện này.", "This condition is not understood")
_NO_VALUE = LocalizedText("Thiếu giá trị.", "Missing value")
_TOO_MANY = LocalizedText("Quá nhiều điều kiện.", "Too many conditions")
_NULLS_LAST = LocalizedText(
    "Ô trống luôn ở cuối: không dùng được “nulls first”.", "Missing values come last: no “nulls first” here"
)
_NO_ORDER = LocalizedText(
    "Khi dùng distinct, chỉ sắp xếp được theo các trường đã chọn.",
    "With distinct, rows are sorted by the chosen fields only",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about rows. `fields`: what the answer shows; `ranks`: names of columns that tell how well a row
    answers words that were searched for."""

    query: RowQuery
    fields: tuple[Field, ...]
    ranks: tuple[str, ...]


def read_asked(call: Call, table: TableFields, *, is_whole: bool = False) -> Asked:
    """What a call asks of a table; `is_whole`: all rows, unless `limit` says less.

    Raises CallInvalid and RowQueryInvalid.
    """
    fields = _fields(call, table)
    words, per_field = _words(call, table)
    conditions = [*_filters(call, table), *(each for _, found in per_field for each in found)]
    if _size(conditions) > _MOST_CONDITIONS:
        raise CallInvalid(fields={"filters": _TOO_MANY})
    is_distinct = bool(fields) and call.flag("distinct") and all(each.key != "_row" for each in fields)
    ranks = (
        () if fields else (("rank",) if words else ()) + tuple(f"rank {field.name}" for field, _ in per_field)
    )
    shown = fields or table.schema.fields
    limit = call.number("limit", DEFAULT_LIMIT, most=MAX_LIMIT)
    where = Junction("and", tuple(conditions))
    sort = _sort(call, table, has_words=bool(words or per_field))
    if is_distinct and any(each.key not in {field.key for field in shown} for each in sort):
        raise CallInvalid(fields={"sort": _NO_ORDER})
    offset = call.number("offset", 0)
    # Rows are numbered: where nothing is left out, the place is found without counting.
    is_plain = not (where.members or words or sort or is_distinct or is_whole)
    query = RowQuery(
        shown,
        where,
        words,
        group=shown if is_distinct else (),
        sort=sort,
        limit=max(limit, 1),
        after=(offset,) if offset and is_plain else None,
        offset=0 if is_plain else offset,
        most=call.number("limit", 0) if is_whole and call.text("limit") else None,
    )
    return Asked(query, shown, ranks)


def _fields(call: Call, table: TableFields) -> tuple[Field, ...]:
    found: dict[str, Field] = {}
    for word in call.words("fields"):
        names = [word] if table.find(word) else [part.strip() for part in word.split(",")]
        for name in filter(None, names):
            field = _field(name, table, "fields")
            found[field.key] = field
    return tuple(found.values())


def _field(name: Any, table: TableFields, parameter: str) -> Field:
    field = table.find(name)
    if field is None:
        shown = str(name)[:60]
        raise CallInvalid(
            fields={
                parameter: LocalizedText(f"Bảng không có trường “{shown}”.", f'field "{shown}" not in table')
            }
        )
    return field


def _words(call: Call, table: TableFields) -> tuple[str | None, list[tuple[Field, list[Condition]]]]:
    """Words for all texts of a row, and conditions of words for single fields."""
    asked = _json(call.data.get("q"))
    if isinstance(asked, Mapping):
        pairs = [(_field(name, table, "q"), str(text)) for name, text in asked.items()]
        return _searched(call.text("full_text"), table), [
            (field, _contains(field, text)) for field, text in pairs
        ]
    return _searched(f"{call.text('q')} {call.text('full_text')}", table), []


def _searched(text: str, table: TableFields) -> str | None:
    return parse([("q", text.strip())], table.schema).search


def _contains(field: Field, text: str) -> list[Condition]:
    words = text.split()[:20]
    if field.is_text:
        return [Condition(field, "contains", (word,)) for word in words]
    return [Condition(field, "eq", (typed(field, _plain(field, word), "q"),)) for word in words]


def _filters(call: Call, table: TableFields) -> list[Condition | Junction]:
    value = _json(call.data.get("filters"))
    if value is None or value == "":
        return []
    return [_any_filters(value, table, 0)]


def read_filters(call: Call, table: TableFields) -> Junction:
    """The conditions of `filters` alone. Raises CallInvalid, RowQueryInvalid."""
    found = _filters(call, table)
    if _size(found) > _MOST_CONDITIONS:
        raise CallInvalid(fields={"filters": _TOO_MANY})
    return Junction("and", tuple(found))


def _any_filters(value: Any, table: TableFields, level: int) -> Condition | Junction:
    """One object of filters, or a list of them of which one must hold."""
    if isinstance(value, list) and value and level < _MOST_LEVELS:
        return Junction("or", tuple(_any_filters(each, table, level + 1) for each in value[:_MOST_VALUES]))
    if not isinstance(value, Mapping):
        raise CallInvalid(fields={"filters": _NOT_FILTERS})
    members = [_filter(name, each, table, level) for name, each in value.items()]
    return Junction("and", tuple(members)) if members else Junction("and", (_everything(),))


def _everything() -> Condition:
    return Condition(ROW, "null", (False,))


def _filter(name: str, value: Any, table: TableFields, level: int) -> Condition | Junction:
    if name in ("$or", "$and") and isinstance(value, list) and value and level < _MOST_LEVELS:
        members = tuple(_any_filters(each, table, level + 1) for each in value[:_MOST_VALUES])
        return Junction("or" if name == "$or" else "and", members)
    field = _field(name.removeprefix("$") if name.startswith("$$") else name, table, "filters")
    if not isinstance(value, list):
        return _condition(field, value)
    if not 0 < len(value) <= _MOST_VALUES:
        raise CallInvalid(fields={"filters": _TOO_MANY if value else _NO_VALUE})
    scalars = tuple(each for each in value if each is not None and not isinstance(each, Mapping))
    others = [_condition(field, each) for each in value if each is None or isinstance(each, Mapping)]
    if scalars:
        others.append(Condition(field, "in", tuple(_typed(field, each) for each in scalars)))
    return Junction("or", tuple(others))


def _condition(field: Field, value: Any) -> Condition | Junction:
    if value is None:
        return Condition(field, "null", (True,))
    if not isinstance(value, Mapping):
        return Condition(field, "eq", (_typed(field, value),))
    if not value or not set(value) <= set(_COMPARED):
        raise CallInvalid(fields={"filters": _NOT_A_CONDITION})
    members = [Condition(field, _COMPARED[name], (_typed(field, each),)) for name, each in value.items()]
    return Junction("and", tuple(members))


def _typed(field: Field, value: Any) -> Any:
    return typed(field, _plain(field, value), "filters")


def _plain(field: Field, value: Any) -> Any:
    """Clients write days as CKAN shows them, some as its moments."""
    if field.type is ColumnType.DATE and isinstance(value, str):
        return value.strip().removesuffix("T00:00:00").removesuffix(" 00:00:00")
    return value


def _sort(call: Call, table: TableFields, *, has_words: bool) -> tuple[Sort, ...]:
    found: dict[str, Sort] = {}
    for text in call.words("sort"):
        for name, is_descending in _ways(text, table):
            if has_words and name.split(" ")[0] == "rank" and table.find(name) is None:
                continue
            key = _field(name, table, "sort").key
            found.setdefault(key, Sort(key, is_descending))
    return tuple(found.values())


def _ways(text: str, table: TableFields) -> list[tuple[str, bool]]:
    if table.find(text):
        return [(text, False)]
    ways = []
    for found in _SORTED.finditer(text):
        if found["nulls"] and found["nulls"].lower() == "first":
            raise CallInvalid(fields={"sort": _NULLS_LAST})
        name = found["name"]
        if name.startswith('"') and name.endswith('"') and len(name) > 1:
            name = name[1:-1].replace('""', '"')
        ways.append((name, (found["way"] or "").lower() == "desc"))
    return ways


def _size(members: Any) -> int:
    return sum(_size(each.members) if isinstance(each, Junction) else 1 for each in members)


def _json(value: Any) -> Any:
    """Addresses carry objects as text."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
