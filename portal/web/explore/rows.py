"""The rows of a table's page, with heads that sort and cells as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext, ngettext

from portal.tables.query import RowQuery, Value
from portal.tables.rows import Page
from portal.tables.schema import Schema
from portal.tables.values import ColumnType
from portal.text import Language
from portal.web import filters
from portal.web.charts.words import words
from portal.web.explore.addresses import Addresses
from portal.web.explore.cells import Cell, cell, figure
from portal.web.explore.columns import column_id, type_name
from portal.web.explore.state import State


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a column. `order`: `ascending`, `descending` or empty; `path`: the page sorted by it."""

    name: str
    type: str
    unit: str
    path: str
    order: str
    menu: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one page. `total`: how many there are in the state; `next_path` and `first_path` are empty
    where one is at the end or at the beginning."""

    headers: tuple[Header, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    is_grouped: bool
    next_path: str
    first_path: str


def rows_of(page: Page, schema: Schema, state: State, addresses: Addresses, units: Mapping[str, str]) -> Rows:
    """A page of rows. `units`: names of the city's units by code, told beside the codes."""
    following = (*(pair for pair in state.pairs if pair[0] != "after"), ("after", page.next or ""))
    language = addresses.language
    return Rows(
        headers=tuple(_header(key, schema, state, addresses) for key in page.keys),
        rows=tuple(
            tuple(
                _cell(schema, key, value, odd.get(key), language, units)
                for key, value in zip(page.keys, row, strict=True)
            )
            for row, odd in zip(page.rows, page.texts, strict=True)
        ),
        total=page.total,
        is_grouped=state.query.is_grouped,
        next_path=addresses.page(following) if page.next else "",
        first_path=addresses.page(state.changed()) if state.query.after is not None else "",
    )


def count_of(rows: Rows | None, state: State, all_rows: int) -> str:
    """`5 trên 120 dòng`."""
    if rows is None:
        return ""
    shown, whole = filters.number(rows.total), filters.number(all_rows)
    if rows.is_grouped:
        return str(ngettext("%(shown)s group", "%(shown)s groups", rows.total, shown=shown))
    if state.is_narrowed:
        return str(gettext("%(shown)s of %(all)s rows", shown=shown, all=whole))
    return str(ngettext("%(shown)s row", "%(shown)s rows", rows.total, shown=shown))


def _cell(
    schema: Schema, key: str, value: Value, odd: str | None, language: Language, units: Mapping[str, str]
) -> Cell:
    field = schema.by_key.get(key)
    if field is None:
        return figure(value, language)
    made = cell(field, value, odd, language)
    if field.type is ColumnType.UNIT_CODE and (name := units.get(str(value))):
        return replace(made, text=f"{made.text} – {name}")
    return made


def _header(key: str, schema: Schema, state: State, addresses: Addresses) -> Header:
    """Sorted by a click: first upwards, then downwards, then as the file has it."""
    sorted_by = next((each for each in state.query.sort if each.key == key), None)
    order = "" if sorted_by is None else "descending" if sorted_by.is_descending else "ascending"
    following = {"": key, "ascending": f"-{key}", "descending": ""}[order]
    path = addresses.page(state.changed(sort=following))
    field = schema.by_key.get(key)
    if field is None:
        name = _measure_name(state.query, key, addresses.language)
        return Header(name, "", "", path, order, "", is_number=True)
    unit = field.unit if field.unit and field.unit.casefold() not in field.name.casefold() else ""
    menu = "" if state.query.is_grouped else f"{column_id(key)}-menu"
    return Header(field.name, type_name(field.type), unit or "", path, order, menu, field.is_number)


def _measure_name(query: RowQuery, key: str, language: Language) -> str:
    measure = next(each for each in query.measures if each.name == key)
    name = measure.field.name if measure.field else ""
    names: dict[str, str] = {
        "count": gettext("Number of rows"),
        "sum": words("sum", language, name=name),
        "avg": words("avg", language, name=name),
        "min": gettext("Least of %(name)s", name=name),
        "max": gettext("Most of %(name)s", name=name),
        "distinct": gettext("Different values of %(name)s", name=name),
    }
    return names[measure.function]
