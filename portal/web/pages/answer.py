"""The answer above the results: one cell, what it is of, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from portal import links
from portal.catalog.models import When
from portal.search.answers.finding import Answer
from portal.search.answers.names import without_unit
from portal.tables.values import NUMERIC
from portal.text import Language, LocalizedText
from portal.web import filters
from portal.web.explore.cells import shown


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """`what` is the column, `of` the cells by which its row was named; `table` is the name of a sheet."""

    value: str
    unit: str
    what: str
    of: tuple[str, ...]
    path: str
    table: str
    title: LocalizedText
    dataset_path: str
    agency: LocalizedText | None
    updated: When | None
    period: str


def answer_card(found: Answer, language: Language) -> AnswerCard:
    """What the page shows of an answer."""
    start, end = found.period
    unit = found.column.unit if found.column.type in NUMERIC else None
    return AnswerCard(
        value=shown(found.column.type, found.value, language),
        unit=unit or "",
        what=without_unit(found.column.name, unit),
        of=tuple(each.spoken for each in found.names),
        path=f"{links.table_page(found.table, language)}?{found.row_query}",
        table=found.table_name or "",
        title=found.title,
        dataset_path=links.dataset_page(found.slug, language),
        agency=found.agency if found.agency else None,
        updated=found.modified,
        period=filters.period(start, end),
    )
