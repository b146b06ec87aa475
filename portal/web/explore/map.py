"""The map of a table's page: its rows where they lie, or a figure for each unit of the city."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext, ngettext

from portal.catalog import map_queries
from portal.catalog.map_queries import Unit
from portal.tables import schema as tables
from portal.tables.query import RowQuery, parse
from portal.tables.rows import Page
from portal.tables.schema import Schema
from portal.tables.values import Column, ColumnType
from portal.web import filters
from portal.web.charts.choice import first_measure, measure_name
from portal.web.charts.meaning import unit_column
from portal.web.context import Visit
from portal.web.explore.addresses import Addresses
from portal.web.explore.cells import shown
from portal.web.explore.chart import Ask, Option, chosen_unit, grouped, options, plan_for
from portal.web.explore.state import Pair, State
from portal.web.map_framing import detail_of
from portal.web.map_layers import Feature, Features, Field, Values, point
from portal.web.maps import Map, city_map

# More of them on a page would be heavy on a phone; the browser takes the rest from the API when the map is opened.
MOST_POINTS = 500
MOST_SHAPES = 200
_TOLD = 5
_PLACES = (ColumnType.LATITUDE, ColumnType.LONGITUDE, ColumnType.POINT)


@dataclass(frozen=True, slots=True)
class MapView:
    """`picture` is None where nothing has a place on it; `words` says what is seen, or why nothing is. `of` and `as_`:
    what else may be shown of units; empty for rows."""

    picture: Map | None
    words: str
    of: tuple[Option, ...] = ()
    as_: tuple[Option, ...] = ()


def has_map(schema: Schema) -> bool:
    """Whether rows of this table have a place: a shape, coordinates, or the code of a unit."""
    return schema.has_geometry or schema.place is not None or _unit_column(schema) is not None


def map_view(
    visit: Visit,
    columns: Sequence[Column],
    schema: Schema,
    state: State,
    addresses: Addresses,
    ask: Ask,
    title: str,
) -> MapView:
    """The map of the chosen rows."""
    if schema.has_geometry or schema.place is not None:
        return _rows_on_map(visit, schema, state, addresses, ask, title)
    unit = _unit_column(schema)
    if unit is None:
        return MapView(None, gettext("Nothing in this table tells where it is."))
    return _units_on_map(visit, columns, schema, state, unit, ask, title)


def _unit_column(schema: Schema) -> tables.Field | None:
    return next((field for field in schema.fields if field.type is ColumnType.UNIT_CODE), None)


def _rows_on_map(
    visit: Visit, schema: Schema, state: State, addresses: Addresses, ask: Ask, title: str
) -> MapView:
    told = [field for field in schema.fields if field.type not in _PLACES][:_TOLD]
    page = ask(_query(state.query, schema, told), with_shapes=schema.has_geometry)
    features = _features(page, schema, told, visit)
    if not features:
        return MapView(None, gettext("No row of these has a place on the map."))
    words = ngettext(
        "%(shown)s row on the map, of %(all)s.",
        "%(shown)s rows on the map, of %(all)s.",
        len(features),
        shown=filters.number(len(features)),
        all=filters.number(page.total),
    )
    url = addresses.export("geojson") if page.total > len(page.rows) else ""
    layer = Features(features, tuple(Field(field.key, field.name) for field in told), url)
    units = map_queries.units(visit.session, detail_of(layer))
    return MapView(_drawn(visit, units, layer, title, words), words)


def _query(query: RowQuery, schema: Schema, told: Sequence[tables.Field]) -> RowQuery:
    limit = MOST_SHAPES if schema.has_geometry else MOST_POINTS
    wanted = dict.fromkeys([*told, *(schema.place or ())])
    return replace(query, select=tuple(wanted), group=(), measures=(), sort=(), after=None, limit=limit)


def _features(page: Page, schema: Schema, told: Sequence[tables.Field], visit: Visit) -> list[Feature]:
    index = {key: number for number, key in enumerate(page.keys)}
    found = []
    for number, row in enumerate(page.rows):
        facts = {
            field.key: shown(field.type, row[index[field.key]], visit.language)
            for field in told
            if row[index[field.key]] is not None
        }
        if page.shapes:
            shape = page.shapes[number]
            found += [Feature(json.loads(shape), facts)] if shape else []
        elif schema.place is not None:
            latitude, longitude = (row[index[field.key]] for field in schema.place)
            if isinstance(latitude, int | float) and isinstance(longitude, int | float):
                found.append(point(float(longitude), float(latitude), facts))
    return found


def _units_on_map(
    visit: Visit,
    columns: Sequence[Column],
    schema: Schema,
    state: State,
    unit: tables.Field,
    ask: Ask,
    title: str,
) -> MapView:
    column = next(each for each in columns if each.key == unit.key)
    plan = plan_for(column, first_measure(columns), columns, state)
    mixed = unit_column(columns)
    if plan.measure is not None and mixed is not None and not chosen_unit(mixed, state):
        words = gettext(
            "Rows of this table have different units: filter by one in the column “%(name)s”.",
            name=mixed.name,
        )
        return MapView(None, words)
    pairs: tuple[Pair, ...] = tuple(pair for pair in grouped(plan, state) if pair[0] not in ("limit", "sort"))
    page = ask(replace(parse(pairs, schema), limit=1_000))
    units = map_queries.units(visit.session, "sketch")
    known = {each.code for each in units}
    values = {
        str(code): float(value)
        for code, value, *_ in page.rows
        if code in known and isinstance(value, int | float) and not isinstance(value, bool)
    }
    _, of, as_ = options(columns, plan)
    if not values:
        return MapView(
            None,
            gettext("None of the codes in this table is that of a unit of today's city with a figure."),
            of,
            as_,
        )
    name = measure_name(plan, visit.language)
    words = ngettext(
        "%(name)s of %(shown)s unit.",
        "%(name)s of %(shown)s units.",
        len(values),
        name=name,
        shown=len(values),
    )
    is_told = plan.measure is None or not plan.measure.unit or plan.measure.unit.casefold() in name.casefold()
    layer = Values(values, name, "" if is_told or plan.measure is None else plan.measure.unit or "")
    return MapView(_drawn(visit, units, layer, title, words), words, of, as_)


def _mixed_words(name: str) -> str:
    return str(
        gettext("Rows of this table have different units: filter by one in the column “%(name)s”.", name=name)
    )


def _drawn(
    visit: Visit, units: Sequence[Unit], layer: Features | Values, title: str, words: str
) -> Map | None:
    if not units:
        return None
    return city_map(units, visit.language, title=title, description=words, layer=layer)
