"""The answer to a question, out of the present tables of public datasets that are not illustrative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Boolean, Row, Select, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.orm import Session

from portal.catalog import table_queries
from portal.catalog.models import (
    Agency,
    Dataset,
    DataTable,
    Distribution,
    FileVersion,
    Reading,
    TableDigest,
    TableKey,
    When,
)
from portal.catalog.queries import is_visible
from portal.search.answers.digest import PlaceNames
from portal.search.answers.fitting import Fit, RowName, SmallTable, TableColumn, best_fit, is_about
from portal.search.answers.names import ANY_COLUMN, SUBJECT, is_year
from portal.search.answers.questions import Question, Split, readings, splits
from portal.search.understanding import Understanding
from portal.tables.query import RESERVED
from portal.tables.values import ColumnType
from portal.text import LocalizedText

# With more tables that may answer, one alone is hardly right; and looking would take long.
_MAX_FOUND = 1_000
_MAX_READ = 12
_COLUMN = "="


@dataclass(frozen=True, slots=True)
class Answer:
    """A cell that a question asks for: `column` says what it is, `names` of what; `row` counts from 1. `modified` and
    `period` are those of the dataset."""

    value: str | int | float | bool
    column: TableColumn
    names: tuple[RowName, ...]
    row: int
    table: UUID
    table_name: str | None
    table_rows: int
    table_columns: int
    dataset: UUID
    slug: str
    title: LocalizedText
    agency: LocalizedText
    modified: When | None
    period: tuple[date | None, date | None]

    @property
    def row_query(self) -> str:
        """The query string that narrows the table to the row."""
        pairs = [(each.column.key, str(each.cell)) for each in self.names]
        return urlencode([(f"{key}__eq" if key in RESERVED else key, cell) for key, cell in pairs])


def find_answer(session: Session, understood: Understanding) -> Answer | None:
    """The one cell that the question asks for, or None: where nothing fits, and where several cells do. One statement,
    two or three more when some table may answer."""
    asked = readings(understood)
    wanted = dict(_wanted(_look_up(session, asked), asked))
    if not wanted or len(wanted) > _MAX_READ:
        return None
    rows = session.execute(_tables_query(), {"ids": list(wanted)}).all()
    places = table_queries.unit_names(session) if any(map(_has_codes, rows)) else {}
    fits = [(row, fit) for row in rows if (fit := best_fit(_small(row, places), wanted[row.id])) is not None]
    return _agreed(fits)


def _agreed(fits: Sequence[tuple[Row[Any], Fit]]) -> Answer | None:
    """What all tables say that fit; the latest of them is named."""
    if len({(fit.value, fit.column.unit) for _, fit in fits}) != 1:
        return None
    row, fit = max(fits, key=lambda each: (str(each[0].modified or ""), -each[0].id))
    return None if fit.value == "" else _answer(row, fit)


def _look_up(session: Session, asked: Sequence[Question]) -> Sequence[Row[Any]]:
    """Tables that have a column and a row, or a column and perhaps a year, that the question may name."""
    keys = {key for question in asked for key in question.keys.values()}
    if not keys:
        return ()
    has_year = any(is_year(word.folded) for question in asked for word in question.words)
    given = {"keys": [*sorted(keys), ANY_COLUMN, SUBJECT], "has_year": has_year}
    rows = session.execute(_keys_query(), given).all()
    return rows if len(rows) <= _MAX_FOUND else ()


def _wanted(found: Sequence[Row[Any]], asked: Sequence[Question]) -> Iterator[tuple[int, list[Split]]]:
    """Tables by whose names the whole question can be explained, and how."""
    known: dict[str, list[Split]] = {}
    for row in found:
        # Many tables have the same of the keys.
        ways = known.get(row.found)
        if ways is None:
            ways = known[row.found] = list(_ways(row.found.split("\n"), asked))
        fitting = [
            way for way in ways if way.is_named or not way.column or is_about(_titles(row), way.column)
        ]
        if fitting:
            yield row.table_id, fitting


def _ways(keys: Sequence[str], asked: Sequence[Question]) -> Iterator[Split]:
    columns = {key[1:] for key in keys if key[0] == _COLUMN}
    values = {key for key in keys if key[0] != _COLUMN}
    for question in asked:
        yield from splits(question, columns, values)


def _titles(row: Row[Any]) -> list[str]:
    return [title for title in (row.title_vi, row.title_en, row.name) if title]


def _has_codes(row: Row[Any]) -> bool:
    return any(each["type"] == ColumnType.UNIT_CODE for each in row.columns)


def _small(row: Row[Any], places: PlaceNames) -> SmallTable:
    start, end = row.temporal_start, row.temporal_end
    is_one_year = start is not None and end is not None and start.year == end.year
    titles = (row.title_vi, row.title_en, row.file_title, row.file_name, row.name, *row.captions)
    return SmallTable(
        columns=tuple(map(_column, row.columns)),
        cells=row.cells,
        totals=frozenset(row.total_rows),
        titles=tuple(title for title in titles if title),
        years=(str(start.year),) if is_one_year else (),
        places=places,
    )


def _column(stored: Mapping[str, Any]) -> TableColumn:
    return TableColumn(
        stored["position"], stored["key"], stored["name"], ColumnType(stored["type"]), stored["unit"]
    )


def _answer(row: Row[Any], fit: Fit) -> Answer:
    return Answer(
        value=fit.value,
        column=fit.column,
        names=fit.names,
        row=fit.row,
        table=row.uuid,
        table_name=row.name,
        table_rows=row.rows,
        table_columns=len(row.columns),
        dataset=row.dataset,
        slug=row.slug,
        title=LocalizedText(row.title_vi, row.title_en),
        agency=LocalizedText(row.agency_vi or row.agency_text or "", row.agency_en),
        modified=row.modified or row.issued,
        period=(row.temporal_start, row.temporal_end),
    )


@cache
def _keys_query() -> Select[Any]:
    """Tables with the keys that they have, those of columns marked."""
    is_telling = and_(TableKey.is_column, TableKey.key.not_in((ANY_COLUMN, SUBJECT)))
    has_column = func.max(case((TableKey.is_column, 1), else_=0)) == 1
    has_telling_column = func.max(case((is_telling, 1), else_=0)) == 1
    has_value = func.min(case((TableKey.is_column, 1), else_=0)) == 0
    key = case((TableKey.is_column, literal(_COLUMN) + TableKey.key), else_=TableKey.key)
    grouped = (
        select(TableKey.table_id, func.aggregate_strings(key, "\n").label("found"))
        .where(TableKey.key.in_(bindparam("keys", expanding=True)))
        .group_by(TableKey.table_id)
        .having(
            or_(and_(has_column, has_value), and_(has_telling_column, bindparam("has_year", type_=Boolean)))
        )
        .subquery()
    )
    return (
        select(grouped.c.table_id, grouped.c.found, Dataset.title_vi, Dataset.title_en, DataTable.name)
        .join(TableDigest, TableDigest.table_id == grouped.c.table_id)
        .join(DataTable, DataTable.id == grouped.c.table_id)
        .join(Dataset, Dataset.id == TableDigest.dataset_id)
        .where(*is_visible(hide_illustrative=True))
        .limit(_MAX_FOUND + 1)
    )


@cache
def _tables_query() -> Select[Any]:
    return (
        select(
            DataTable.id, DataTable.uuid, DataTable.name, DataTable.rows, DataTable.captions, DataTable.total_rows,
            TableDigest.columns, TableDigest.cells,
            Distribution.title_vi.label("file_title"), FileVersion.name.label("file_name"),
            Dataset.uuid.label("dataset"), Dataset.slug, Dataset.title_vi, Dataset.title_en, Dataset.modified,
            Dataset.issued, Dataset.temporal_start, Dataset.temporal_end, Dataset.agency_text,
            Agency.name_vi.label("agency_vi"), Agency.name_en.label("agency_en"),
        )
        .join(TableDigest, TableDigest.table_id == DataTable.id)
        .join(Reading, DataTable.reading_id == Reading.id)
        .join(FileVersion, Reading.file_version_id == FileVersion.id)
        .join(Distribution, FileVersion.distribution_id == Distribution.id)
        .join(Dataset, Distribution.dataset_id == Dataset.id)
        .outerjoin(Agency, Dataset.agency_id == Agency.id)
        .where(DataTable.id.in_(bindparam("ids", expanding=True)))
        .where(FileVersion.number == Distribution.table_version)
        .where(*is_visible(hide_illustrative=True))
        .order_by(DataTable.id)
    )  # fmt: skip
