"""A row query as DuckDB's SQL: names from the schema, every value bound."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.tables.query import Condition, Junction, Measure, RowQuery, Sort, Value, tie_break
from portal.tables.schema import Field, Schema
from portal.tables.sql import folded_sql, sql_name, sql_text
from portal.tables.values import SEPARATOR
from portal.text import fold

GEOMETRY = "_geometry"
"""The column of the shapes of rows, as GeoJSON."""

_COMPARED = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
# Sorting a large table by the alphabet of the country costs seconds; beyond this it is by code points.
COLLATED_ROWS = 200_000


@dataclass(slots=True)
class Statement:
    """SQL with `$v0`, `$v1` ... and their values. `keys` are the columns of the answer; `order` the columns
    behind them that make the token of the next page."""

    sql: str
    values: dict[str, Value] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    # Whole tables in the order of their rows are read a span at a time, bound as $first and $last: flat memory.
    is_spanned: bool = False


class _Values:
    """Hands out a name for each value."""

    def __init__(self) -> None:
        self.bound: dict[str, Value] = {}

    def bind(self, value: Value) -> str:
        name = f"v{len(self.bound)}"
        self.bound[name] = value
        return f"${name}"


def rows_statement(
    query: RowQuery, schema: Schema, parquet: str, *, whole: bool = False, with_shapes: bool = False
) -> Statement:
    """One page of the answer and one row more, which tells whether there is a next page; `whole`: all of it, with
    the shapes of rows, which a page has only when `with_shapes`."""
    values = _Values()
    source = f"read_parquet({sql_text(parquet)})"
    sort = (*query.sort, *(Sort(key) for key in tie_break(query)))
    order = ", ".join(
        f"{_ordered(each.key, query, schema)} {'DESC' if each.is_descending else 'ASC'} NULLS LAST"
        for each in sort
    )
    limit = _limit(query, whole=whole)
    order_by = f"ORDER BY {order}" if order else ""
    build = _groups if query.is_grouped else _rows
    is_cut = bool(query.offset) or query.most is not None
    is_spanned = whole and not query.sort and not query.is_grouped and not is_cut
    where = _where(query, schema, values) + (" AND _row BETWEEN $first AND $last" if is_spanned else "")
    after = _behind(query.after, sort, query, schema, values) if query.after is not None else "true"
    columns = _columns(query, schema, has_shapes=schema.has_geometry and (whole or with_shapes))
    sql = build(query, columns, source, where, after, (order_by, limit))
    return Statement(sql, values.bound, query.keys, tuple(each.key for each in sort), is_spanned)


def _groups(
    query: RowQuery, columns: str, source: str, where: str, after: str, ending: tuple[str, str]
) -> str:
    grouped = ", ".join(sql_name(each.key) for each in query.group)
    inner = f"SELECT {columns} FROM {source} WHERE {where}"
    inner += f" GROUP BY {grouped}" if grouped else ""
    return f"SELECT * FROM ({inner}) AS answer WHERE {after} {' '.join(ending)}"


def _rows(query: RowQuery, columns: str, source: str, where: str, after: str, ending: tuple[str, str]) -> str:
    order, limit = ending
    if query.sort and limit:
        # Sorting numbers of rows, then reading these rows alone, spares reading every column of the table.
        found = f"SELECT _row FROM {source} WHERE ({where}) AND {after} {order} {limit}"
        return f"SELECT {columns} FROM {source} WHERE _row IN ({found}) {order}"
    return f"SELECT {columns} FROM {source} WHERE ({where}) AND {after} {order} {limit}"


def _limit(query: RowQuery, *, whole: bool) -> str:
    most = query.most if whole else query.limit + 1
    return ("" if most is None else f"LIMIT {most}") + (f" OFFSET {query.offset}" if query.offset else "")


def count_statement(query: RowQuery, schema: Schema, parquet: str) -> Statement:
    """How many rows, or groups, the whole answer has."""
    values = _Values()
    where = _where(query, schema, values)
    source = f"read_parquet({sql_text(parquet)})"
    if query.group:
        keys = ", ".join(sql_name(each.key) for each in query.group)
        return Statement(
            f"SELECT count(*) FROM (SELECT 1 FROM {source} WHERE {where} GROUP BY {keys})", values.bound
        )
    if query.is_grouped:
        return Statement("SELECT 1")
    return Statement(f"SELECT count(*) FROM {source} WHERE {where}", values.bound)


def _columns(query: RowQuery, schema: Schema, *, has_shapes: bool) -> str:
    if query.is_grouped:
        groups = [sql_name(each.key) for each in query.group]
        return ", ".join([*groups, *map(_measure, query.measures)])
    needed = dict.fromkeys([*query.keys, *(each.key for each in query.sort), "_row"])
    columns = [sql_name(key) for key in needed]
    columns += [sql_name(text) for key in query.keys if (text := schema.by_key[key].text_key)]
    if has_shapes:
        columns.append(sql_name(GEOMETRY))
    return ", ".join(columns)


def _measure(measure: Measure) -> str:
    name = sql_name(measure.name)
    if measure.field is None:
        return f"count(*) AS {name}"
    column = sql_name(measure.field.key)
    if measure.function == "distinct":
        return f"count(DISTINCT {column}) AS {name}"
    # A sum of whole numbers may be larger than any of them.
    cast = "::DOUBLE" if measure.function == "sum" else ""
    return f"{measure.function}({column}){cast} AS {name}"


def _where(query: RowQuery, schema: Schema, values: _Values) -> str:
    parts = [_junction(query.where, schema, values)] if query.where.members else []
    if query.search:
        words = fold(query.search).split()[:20]
        parts += [f"contains(_search, {values.bind(word)})" for word in words]
    if query.is_grouped and schema.has_totals:
        # A total beside its parts would count everything twice.
        parts.append("NOT _total")
    return " AND ".join(parts) or "true"


def _junction(node: Condition | Junction, schema: Schema, values: _Values) -> str:
    if isinstance(node, Condition):
        return _condition(node, schema, values)
    return "(" + f" {node.kind.upper()} ".join(_junction(each, schema, values) for each in node.members) + ")"


def _condition(condition: Condition, schema: Schema, values: _Values) -> str:
    column = sql_name(condition.field.key)
    match condition.operator:
        case "null":
            return f"{column} IS {'' if condition.values[0] else 'NOT '}NULL"
        case "contains" | "starts":
            function = "contains" if condition.operator == "contains" else "starts_with"
            word = values.bind(fold(str(condition.values[0])))
            place = schema.place_in_search(condition.field)
            if place is None:
                return f"{function}({folded_sql(column)}, {word})"
            # Folding a million cells takes a second; the folded text of the row is there already.
            said = f"{function}(split_part(_search, {SEPARATOR}, {place}), {word})"
            return f"CASE WHEN contains(_search, {word}) THEN {said} ELSE false END"
        case "in":
            return f"{column} IN ({', '.join(_bound(condition.field, each, values) for each in condition.values)})"
        case "between":
            low, high = (_bound(condition.field, each, values) for each in condition.values)
            return f"{column} BETWEEN {low} AND {high}"
        case "ne":
            return f"{column} IS DISTINCT FROM {_bound(condition.field, condition.values[0], values)}"
        case operator:
            return f"{column} {_COMPARED[operator]} {_bound(condition.field, condition.values[0], values)}"


def _bound(column: Field, value: Value, values: _Values) -> str:
    name = values.bind(value)
    return f"{name}::{column.storage}" if column.storage in ("DATE", "TIMESTAMP") else name


def _ordered(key: str, query: RowQuery, schema: Schema) -> str:
    column = schema.by_key.get(key)
    is_words = column is not None and column.type == "text" and schema.rows <= COLLATED_ROWS
    return f"{sql_name(key)}{' COLLATE vi' if is_words else ''}"


def _storage(key: str, query: RowQuery, schema: Schema) -> str:
    """DuckDB's type of a column of the answer."""
    if known := schema.by_key.get(key):
        return known.storage
    measure = next((each for each in query.measures if each.name == key), None)
    if measure is None or measure.field is None or measure.function == "distinct":
        return "BIGINT"
    return measure.field.storage if measure.function in ("min", "max") else "DOUBLE"


def _behind(
    after: tuple[Value, ...], sort: tuple[Sort, ...], query: RowQuery, schema: Schema, values: _Values
) -> str:
    """Rows that come after one with these values, missing values last."""
    alternatives, same = [], []
    for each, value in zip(sort, after, strict=True):
        column = _ordered(each.key, query, schema)
        if value is None:
            same.append(f"{column} IS NULL")
            continue
        bound = f"{values.bind(value)}::{_storage(each.key, query, schema)}"
        further = f"{column} {'<' if each.is_descending else '>'} {bound}"
        if each.key != "_row":
            further = f"({further} OR {column} IS NULL)"
        alternatives.append(" AND ".join([*same, further]))
        same.append(f"{column} = {bound}")
    return "(" + " OR ".join(alternatives) + ")" if alternatives else "false"
