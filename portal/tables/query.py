"""The row query: parsed from parameters into plain values, every name checked against the table's schema."""

from __future__ import annotations

import base64
import binascii
import csv
import datetime
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from portal.errors import Invalid
from portal.tables.expected import EXPECTED
from portal.tables.schema import Field, Schema
from portal.tables.values import ColumnType
from portal.text import LocalizedText, nfc

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts", "null", "between"]
OPERATORS: tuple[Operator, ...] = (
    "eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts", "null", "between",
)  # fmt: skip
FUNCTIONS = ("count", "sum", "avg", "min", "max", "distinct")
RESERVED = ("select", "where", "q", "sort", "group", "measure", "limit", "after")
MAX_LIMIT = 10_000
DEFAULT_LIMIT = 100
_MAX_CONDITIONS = 50
_MAX_DEPTH = 5
_MAX_VALUES = 1_000
_MAX_TEXT = 10_000
Value = str | int | float | bool | None


class RowQueryInvalid(Invalid):
    """A row query asks for what the table does not have, or in a way that is not understood."""

    message = LocalizedText("Câu hỏi dữ liệu không hợp lệ.", "The row query is not valid.")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `values` are already of the column's type."""

    field: Field
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """Conditions that must hold together (`and`), or of which one must (`or`)."""

    kind: Literal["and", "or"]
    members: tuple[Condition | Junction, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a group; `field` is None for the number of rows. `name` is its key in the answer."""

    function: str
    field: Field | None

    @property
    def name(self) -> str:
        """`count`, `sum_gia`."""
        return self.function if self.field is None else f"{self.function}_{self.field.key}"


@dataclass(frozen=True, slots=True)
class Sort:
    """A key of the answer to sort by; missing values come last in both directions."""

    key: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class RowQuery:
    """What is asked. `after`: the sorted values of the last row of the page before, then its tie-break. `offset`:
    how many rows are passed over, for clients that count; `most`: where an export ends, if not with the answer."""

    select: tuple[Field, ...]
    where: Junction
    search: str | None = None
    group: tuple[Field, ...] = ()
    measures: tuple[Measure, ...] = ()
    sort: tuple[Sort, ...] = ()
    limit: int = DEFAULT_LIMIT
    after: tuple[Value, ...] | None = None
    offset: int = 0
    most: int | None = None

    @property
    def is_grouped(self) -> bool:
        """Whether the answer has groups instead of rows."""
        return bool(self.group or self.measures)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the answer, in order."""
        if self.is_grouped:
            return (*(field.key for field in self.group), *(measure.name for measure in self.measures))
        return tuple(field.key for field in self.select)


def parse(pairs: Iterable[tuple[str, str]], schema: Schema) -> RowQuery:
    """A query from parameters: `select=a,b`, `<key>__<operator>=value`, `where=` (nested, as JSON), `q`, `sort=-a`,
    `group=a`, `measure=count,sum:b`, `limit`, `after`. Raises RowQueryInvalid that names each parameter at fault."""
    given: dict[str, str] = {}
    conditions: list[Condition | Junction] = []
    for name, value in pairs:
        if len(value) > _MAX_TEXT:
            raise _fault(name, "Giá trị quá dài.", "The value is too long.")
        if name not in RESERVED:
            conditions.append(_named_condition(name, value, schema))
        elif name in given:
            raise _fault(name, "Tham số lặp lại.", "The parameter is given twice.")
        else:
            given[name] = value
    if "where" in given:
        conditions.append(_where(given["where"], schema))
    if _size(conditions) > _MAX_CONDITIONS:
        raise _fault("where", "Quá nhiều điều kiện.", "There are too many conditions.")
    group = _fields(given.get("group", ""), "group", schema)
    measures = _measures(given.get("measure", ""), schema, grouped=bool(group))
    query = RowQuery(
        _fields(given.get("select", ""), "select", schema) or schema.fields,
        Junction("and", tuple(conditions)),
        _search(given.get("q", ""), schema),
        group,
        measures,
        limit=_limit(given.get("limit", "")),
    )
    if len(set(query.keys)) < len(query.keys):
        raise _fault("measure", "Trùng tên với một cột gộp nhóm.", "A column to group by has the same name.")
    sort = _sort(given.get("sort", ""), query, schema)
    after = _after(given["after"], sort, query, schema) if given.get("after") else None
    return RowQuery(
        query.select, query.where, query.search, query.group, query.measures, sort, query.limit, after
    )


def token(values: Sequence[Value]) -> str:
    """The word that asks for the page after a row with these sorted values."""
    plain = json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def typed(field: Field, text: Any, name: str) -> Value:
    """A value of the column's type from a text or a JSON scalar."""
    try:
        return _typed(field, text)
    except (ValueError, TypeError, OverflowError, KeyError):
        raise RowQueryInvalid(fields={name[:100]: EXPECTED[field.type]}) from None


def _typed(field: Field, value: Any) -> Value:
    if isinstance(value, list | dict) or value is None:
        raise ValueError
    text = str(value).strip() if not isinstance(value, bool) else str(value).lower()
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError
    if field.storage in ("BIGINT", "SMALLINT", "DOUBLE"):
        return _number(text)
    if field.storage == "BOOLEAN":
        return {"true": True, "false": False, "1": True, "0": False}[text.lower()]
    if field.type is ColumnType.DATE:
        return datetime.date.fromisoformat(text).isoformat()
    if field.type is ColumnType.TIMESTAMP:
        return datetime.datetime.fromisoformat(text).isoformat(sep=" ")
    return nfc(text)


def _number(text: str) -> int | float:
    if len(text) > 40 or not text.isascii():
        raise ValueError
    try:
        number: int | float = int(text)
    except ValueError:
        number = float(text)
    if not math.isfinite(number) or abs(number) >= 2**63:
        raise ValueError
    return number


def _fault(name: str, vi: str, en: str) -> RowQueryInvalid:
    return RowQueryInvalid(fields={name[:100]: LocalizedText(vi, en)})


def _field(key: str, parameter: str, schema: Schema) -> Field:
    field = schema.by_key.get(key)
    if field is None:
        raise _fault(parameter, f"Bảng không có cột “{key[:60]}”.", f"The table has no column “{key[:60]}”.")
    return field


def _fields(text: str, parameter: str, schema: Schema) -> tuple[Field, ...]:
    keys = [key.strip() for key in text.split(",") if key.strip()]
    return tuple(dict.fromkeys(_field(key, parameter, schema) for key in keys))


def _named_condition(name: str, value: str, schema: Schema) -> Condition:
    key, separator, operator = name.rpartition("__")
    if not separator:
        key, operator = name, "eq"
    listed = operator in ("in", "between")
    values: list[Any] = _listed(name, value) if listed else [value]
    return _condition(_field(key, name, schema), operator, values, name)


def _listed(name: str, value: str) -> list[str]:
    """Values between commas, quoted where they hold one."""
    try:
        return next(csv.reader([value]), [])
    except csv.Error as error:
        raise _fault(
            name,
            "Không đọc được danh sách giá trị: giá trị có dấu phẩy hoặc xuống dòng phải đặt trong dấu ngoặc kép.",
            "The list of values cannot be read: values with a comma or a line break stand in quotation marks.",
        ) from error


def _condition(field: Field, operator: str, values: list[Any], name: str) -> Condition:
    if operator not in OPERATORS:
        raise _fault(
            name, f"Không có phép so sánh “{operator[:20]}”.", f"There is no operator “{operator[:20]}”."
        )
    if operator == "null":
        wanted = str(values[0]).lower() if values else ""
        if wanted not in ("true", "false"):
            raise _fault(name, "Chỉ nhận true hoặc false.", "Only true or false is understood.")
        return Condition(field, "null", (wanted == "true",))
    if operator in ("contains", "starts") and not field.is_text:
        raise _fault(name, "Phép này chỉ dùng cho cột văn bản.", "This operator is for columns of text.")
    count = {"in": None, "between": 2}.get(operator, 1)
    if (count is not None and len(values) != count) or not 0 < len(values) <= _MAX_VALUES:
        raise _fault(name, "Số lượng giá trị không đúng.", "The number of values is not right.")
    return Condition(field, operator, tuple(typed(field, value, name) for value in values))


def _where(text: str, schema: Schema) -> Condition | Junction:
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        raise _fault("where", "JSON không đọc được.", "The JSON cannot be read.") from None
    return _node(plain, schema, 0)


def _node(plain: Any, schema: Schema, depth: int) -> Condition | Junction:
    """`["gia", "ge", 5]`, `["gia", "in", [1, 2]]`, `{"and": [...]}`, `{"or": [...]}`."""
    if isinstance(plain, dict) and len(plain) == 1 and depth < _MAX_DEPTH:
        ((kind, members),) = plain.items()
        if kind in ("and", "or") and isinstance(members, list) and 0 < len(members) <= _MAX_CONDITIONS:
            return Junction(kind, tuple(_node(each, schema, depth + 1) for each in members))
    if isinstance(plain, list) and len(plain) == 3 and all(isinstance(each, str) for each in plain[:2]):
        values = plain[2] if isinstance(plain[2], list) else [plain[2]]
        return _condition(_field(plain[0], "where", schema), plain[1], values, "where")
    raise _fault("where", "Không hiểu điều kiện.", "The condition is not understood.")


def _size(members: Sequence[Condition | Junction]) -> int:
    return sum(_size(each.members) if isinstance(each, Junction) else 1 for each in members)


def _search(text: str, schema: Schema) -> str | None:
    words = nfc(text).replace("\0", " ").strip()
    if words and not schema.has_search:
        raise _fault("q", "Bảng không có cột văn bản để tìm.", "The table has no text to search.")
    if any("\ud800" <= c <= "\udfff" for c in words) or len(words) > 200:
        raise _fault("q", "Từ khóa không hợp lệ.", "The words cannot be searched for.")
    return words or None


def _measures(text: str, schema: Schema, *, grouped: bool) -> tuple[Measure, ...]:
    made = []
    for word in (word.strip() for word in text.split(",") if word.strip()):
        function, _, key = word.partition(":")
        if function not in FUNCTIONS or (not key and function != "count"):
            raise _fault("measure", f"Không hiểu “{word[:40]}”.", f"“{word[:40]}” is not understood.")
        field = _field(key, "measure", schema) if key else None
        if function in ("sum", "avg") and field is not None and not field.is_number:
            raise _fault("measure", "Chỉ tính được trên cột số.", "This needs a column of numbers.")
        made.append(Measure(function, field))
    return tuple(dict.fromkeys(made)) or ((Measure("count", None),) if grouped else ())


def _limit(text: str) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or len(text) > 12 or not 1 <= int(text) <= MAX_LIMIT:
        raise _fault("limit", f"Từ 1 đến {MAX_LIMIT}.", f"From 1 to {MAX_LIMIT}.")
    return int(text)


def _sort(text: str, query: RowQuery, schema: Schema) -> tuple[Sort, ...]:
    allowed = set(query.keys) if query.is_grouped else schema.by_key.keys()
    made: dict[str, Sort] = {}
    for word in (word.strip() for word in text.split(",") if word.strip()):
        key = word.removeprefix("-")
        if key not in allowed:
            raise _fault(
                "sort", f"Không sắp xếp được theo “{key[:60]}”.", f"“{key[:60]}” cannot be sorted by."
            )
        made.setdefault(key, Sort(key, word.startswith("-")))
    return tuple(made.values())


def tie_break(query: RowQuery) -> tuple[str, ...]:
    """Keys that make the order of an answer whole: the row's number, or the group itself."""
    return tuple(field.key for field in query.group) if query.is_grouped else ("_row",)


def _after(text: str, sort: tuple[Sort, ...], query: RowQuery, schema: Schema) -> tuple[Value, ...]:
    expected = [each.key for each in sort] + list(tie_break(query))
    try:
        plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(plain, list) or len(plain) != len(expected):
            raise ValueError
        return tuple(_resumed(key, value, schema) for key, value in zip(expected, plain, strict=True))
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError, binascii.Error):
        raise _fault("after", "Mã trang không hợp lệ.", "The page token is not valid.") from None


def _resumed(key: str, value: Any, schema: Schema) -> Value:
    if value is None:
        return None
    field = schema.by_key.get(key)
    if field is None:
        # A row's number, or a measure: a number or what a column holds, compared by the engine as such.
        if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 1000:
            raise ValueError
        return value if isinstance(value, str) else _number(str(value))
    return _typed(field, value)
