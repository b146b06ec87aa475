"""The page of one table: everything its template shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from portal import links
from portal.catalog import queries, table_queries
from portal.catalog.models import Dataset, DataTable
from portal.catalog.services.tables import columns_of, schema_of
from portal.catalog.table_queries import FoundTable
from portal.errors import TooLarge, Unavailable
from portal.tables.notes import sentence
from portal.tables.reading import note_from
from portal.tables.schema import Schema
from portal.tables.values import Column, ColumnType
from portal.text import LANGUAGES, LocalizedText
from portal.web.context import Visit
from portal.web.explore.addresses import EXPORTS, Addresses
from portal.web.explore.chart import Ask, ChartView, chart_view
from portal.web.explore.columns import ColumnMenu, menus
from portal.web.explore.map import MapView, has_map, map_view
from portal.web.explore.narrowing import Chosen, chosen
from portal.web.explore.rows import Rows, count_of, rows_of
from portal.web.explore.snippets import Snippet, snippets
from portal.web.explore.state import Pair, State, View, hidden_pairs, read_state
from portal.web.pages.card import agency_link
from portal.web.pages.dataset import Licence, licence_words
from portal.web.pages.files import distribution_title
from portal.web.pages.frame import Frame, Link, item_frame

_COUNTED_TOTALS = 3
_WAIT_SECONDS = 10
_LONGEST_ADDRESS = 1_500


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there are no rows just now, and what can be done."""

    message: LocalizedText
    retry_after: int | None
    path: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows come from: file, version, agency, licence, when it was read."""

    file: str
    version: int
    download_path: str
    byte_size: int
    agency: Link | None
    licence: Licence | None
    read_at: datetime
    # Empty where there is no earlier version of the table.
    changes_path: str


@dataclass(frozen=True, slots=True)
class TablePage:
    """The page. `rows` is None in the other views and in trouble, `chart` but in the view of charts."""

    frame: Frame
    title: LocalizedText
    table_name: str
    dataset_path: str
    is_illustrative: bool
    source: Source
    state: State
    views: tuple[Link, ...]
    tables: tuple[Link, ...]
    all_rows: int
    all_columns: int
    rows: Rows | None
    chart: ChartView | None
    map: MapView | None
    trouble: Trouble | None
    chosen: tuple[Chosen, ...]
    clear_path: str
    has_search: bool
    hidden: tuple[Pair, ...]
    chart_hidden: tuple[Pair, ...]
    menus: tuple[ColumnMenu, ...]
    notes: tuple[LocalizedText, ...]
    total_rows: tuple[int, ...]
    shown_columns: int
    all_columns_path: str
    bare: str
    words: str
    count: str
    exports: tuple[Link, ...]
    snippets: tuple[Snippet, ...]
    api_address: str
    share: str
    embed: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for, with what is known of the table."""

    visit: Visit
    found: FoundTable
    dataset: Dataset
    columns: tuple[Column, ...]
    schema: Schema
    state: State
    addresses: Addresses


def table_page(visit: Visit, found: FoundTable, pairs: Sequence[Pair], ask: Ask) -> TablePage:
    """The page of a table that the reader may see; `ask` answers row queries over it. Row queries that cannot be
    answered now become `trouble`."""
    columns, schema = columns_of(found.table), schema_of(found.table)
    state = read_state(pairs, schema)
    dataset = queries.load_everything(visit.session, found.dataset)
    addresses = Addresses(found.table.uuid, visit.language, visit.base_url, state)
    asked = _Asked(visit, found, dataset, columns, schema, state, addresses)
    return _page(asked, _content(asked, ask))


@dataclass(frozen=True, slots=True)
class _Content:
    """What the view of the address shows; all None but one."""

    rows: Rows | None = None
    chart: ChartView | None = None
    map: MapView | None = None
    trouble: Trouble | None = None


def _content(asked: _Asked, ask: Ask) -> _Content:
    state, columns, schema, addresses = asked.state, asked.columns, asked.schema, asked.addresses
    is_illustrative = asked.dataset.illustrative
    try:
        if state.view == "chart":
            view = chart_view(columns, schema, state, addresses, ask, is_illustrative=is_illustrative)
            return _Content(chart=view)
        if state.view == "map":
            title = asked.dataset.title.in_language(asked.visit.language)
            return _Content(map=map_view(asked.visit, columns, schema, state, addresses, ask, title))
        return _Content(rows=rows_of(ask(state.query), schema, state, addresses, _units(asked)))
    except Unavailable as failure:
        seconds = int(getattr(failure, "retry_after_seconds", _WAIT_SECONDS))
        return _Content(trouble=Trouble(failure.text, seconds, addresses.page()))
    except TooLarge as failure:
        fewer = addresses.page(state.changed(limit="5"), view="table")
        return _Content(trouble=Trouble(failure.text, None, fewer))


def _units(asked: _Asked) -> Mapping[str, str]:
    """Names of units by code, where a column holds such codes."""
    if not any(each.type is ColumnType.UNIT_CODE for each in asked.state.query.select):
        return {}
    places = queries.places(asked.visit.session)
    return {each.code: each.name.in_language(asked.visit.language) for each in places}


def _page(asked: _Asked, content: _Content) -> TablePage:
    found, state, addresses = asked.found, asked.state, asked.addresses
    table, dataset = found.table, asked.dataset
    shown = {each.key for each in state.query.select}
    inputs = menus(
        tuple(each for each in asked.columns if each.key in shown),
        found.distribution.columns,
        state,
        addresses,
        is_illustrative=dataset.illustrative,
    )
    own = frozenset(each.name for menu in inputs for each in menu.inputs) | {"q"}
    return TablePage(
        frame=_frame(asked),
        title=dataset.title,
        table_name=(table.name or "") if len(found.distribution.tables) > 1 else "",
        dataset_path=links.dataset_page(dataset.slug, addresses.language),
        is_illustrative=dataset.illustrative,
        source=_source(asked),
        state=state,
        views=_views(asked),
        tables=_siblings(asked),
        all_rows=table.rows,
        all_columns=len(asked.columns),
        rows=content.rows,
        chart=content.chart,
        map=content.map,
        trouble=content.trouble,
        chosen=chosen(asked.schema, state, addresses),
        clear_path=addresses.page(_cleared(state)),
        has_search=asked.schema.has_search,
        hidden=hidden_pairs(state, own),
        chart_hidden=hidden_pairs(state, frozenset({"chart-by", "chart-of", "chart-as"})),
        menus=inputs,
        notes=tuple(sentence(note_from(each)) for each in (*found.reading.notes, *table.notes)),
        total_rows=tuple(table.total_rows[:_COUNTED_TOTALS]),
        shown_columns=len(state.query.select),
        all_columns_path=_all_columns(asked),
        bare=addresses.bare,
        words=state.value("q"),
        count=count_of(content.rows, state, table.rows),
        exports=_exports(asked),
        snippets=snippets(addresses, asked.visit.base_url),
        api_address=addresses.rows,
        share=addresses.share,
        embed=addresses.embed,
    )


def _all_columns(asked: _Asked) -> str:
    """The page with every column; empty where that would be too much for one."""
    keys = ",".join(field.key for field in asked.schema.fields)
    return asked.addresses.page(asked.state.changed(select=keys)) if len(keys) <= _LONGEST_ADDRESS else ""


def _cleared(state: State) -> tuple[Pair, ...]:
    gone = {*state.conditions, ("q", state.value("q"))}
    return tuple(pair for pair in state.pairs if pair not in gone and pair[0] != "after")


def _frame(asked: _Asked) -> Frame:
    dataset, visit, uuid = asked.dataset, asked.visit, asked.found.table.uuid
    title = dataset.title.in_language(visit.language)
    is_one = len(asked.found.distribution.tables) < 2
    named = title if is_one else f"{title} – {asked.found.table.name or asked.found.table.position + 1}"
    query = asked.addresses.page().partition("?")[2]
    paths = {each: f"{links.table_page(uuid, each)}?{query}".rstrip("?") for each in LANGUAGES}
    described = gettext("See, filter, draw and download the rows of “%(title)s”.", title=named)
    frame = item_frame(
        visit, "datasets", paths, title=gettext("Table: %(title)s", title=named), description=described
    )
    return Frame(
        title=frame.title,
        language=frame.language,
        base_url=frame.base_url,
        paths=frame.paths,
        section="datasets",
        description=frame.description,
        crumbs=(*frame.crumbs, Link(title, links.dataset_page(dataset.slug, visit.language))),
        # Other engines should list the table, not each of its states.
        is_indexed=asked.state.is_plain,
    )


def _source(asked: _Asked) -> Source:
    file, distribution, dataset = asked.found.file, asked.found.distribution, asked.dataset
    whole = next(each for each in dataset.distributions if each.id == distribution.id)
    return Source(
        file=distribution_title(whole, asked.visit.language),
        version=file.number,
        download_path=links.download_version(distribution.uuid, file.number, file.name),
        byte_size=file.byte_size,
        agency=agency_link(dataset.agency, dataset.agency_text, asked.visit.language),
        licence=licence_words(dataset.licence, dataset.licence_raw),
        read_at=asked.found.reading.read_at,
        changes_path=_changes(asked),
    )


def _changes(asked: _Asked) -> str:
    """What changed since the version before; looked for where the file was superseded."""
    table, file, distribution = asked.found.table, asked.found.file, asked.found.distribution
    is_compared = file.number > 1 and table.uuid in table_queries.tables_with_history(
        asked.visit.session, [distribution.id]
    )
    return links.table_changes(table.uuid, asked.visit.language) if is_compared else ""


def _views(asked: _Asked) -> tuple[Link, ...]:
    state, addresses = asked.state, asked.addresses
    names: dict[View, str] = {"table": gettext("Table"), "chart": gettext("Chart"), "map": gettext("Map")}
    return tuple(
        Link(name, addresses.page(view=view), state.view == view)
        for view, name in names.items()
        if view != "map" or has_map(asked.schema)
    )


def _siblings(asked: _Asked) -> tuple[Link, ...]:
    """The other tables of the same file: sheets, members of an archive."""
    tables: Sequence[DataTable] = table_queries.sibling_tables(asked.visit.session, asked.found.reading.id)
    if len(tables) < 2:
        return ()
    return tuple(
        Link(
            each.name or gettext("Table %(number)s", number=each.position + 1),
            links.table_page(each.uuid, asked.visit.language),
            each.uuid == asked.found.table.uuid,
        )
        for each in tables
    )


def _exports(asked: _Asked) -> tuple[Link, ...]:
    names = {
        "csv": "CSV", "excel.csv": gettext("CSV for Excel"), "xlsx": "XLSX", "json": "JSON",
        "jsonl": "JSON lines", "parquet": "Parquet", "geojson": "GeoJSON",
    }  # fmt: skip
    is_mapped = asked.schema.has_geometry or asked.schema.place is not None
    kinds = [
        each for each in EXPORTS if each != "geojson" or (is_mapped and not asked.state.query.is_grouped)
    ]
    return tuple(Link(names[kind], asked.addresses.export(kind)) for kind in kinds)
