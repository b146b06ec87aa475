"""The page of what differs between two versions of a table: in a sentence, by columns, and row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask_babel import gettext

from portal import links
from portal.catalog.models import When
from portal.catalog.table_queries import FoundTable
from portal.http.table_differences import Asked
from portal.tables.differences.question import token
from portal.tables.differences.sentences import reason, summary
from portal.tables.differences.values import Cell, ColumnChange, Counts, Differences, RowChange
from portal.tables.schema import Field
from portal.tables.values import GEOMETRY, ColumnType
from portal.text import LANGUAGES, Language, LocalizedText
from portal.web.context import Visit
from portal.web.explore import cells
from portal.web.explore.columns import type_name
from portal.web.pages.frame import Frame, Link, item_frame

CHANGES_ASKED = ("from", "to", "key", "change", "limit", "after")
_SHOWN_CELLS = 8
_LONGEST = 300
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class VersionShown:
    """A version that has the table."""

    number: int
    added: When
    rows: int
    file_name: str
    download_path: str


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """A column that differs: the name it has (or had) and each thing that became of it, before and after."""

    name: str
    added: bool
    removed: bool
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class CellShown:
    """A cell of a row that differs. `before` and `after` are None where that version has no such row; empty cells
    are an empty text."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row that differs: what tells it apart, the cells to show at once, and the rest of them."""

    kind: str
    label: str
    number: int
    is_total: bool
    cells: tuple[CellShown, ...]
    more: tuple[CellShown, ...]


@dataclass(frozen=True, slots=True)
class TableChangesPage:
    """The page. `kinds`: ways to see only the rows that were changed, added or removed, with how many there are."""

    frame: Frame
    title: LocalizedText
    table_name: str
    is_illustrative: bool
    before: VersionShown
    after: VersionShown
    versions: tuple[VersionShown, ...]
    form_path: str
    key: str
    summary: LocalizedText
    reason: LocalizedText
    counts: Counts
    changed_cells: int
    columns: tuple[ColumnShown, ...]
    kinds: tuple[tuple[Link, int], ...]
    rows: tuple[RowShown, ...]
    first_path: str
    next_path: str
    csv_path: str
    api_path: str


def table_changes_page(
    visit: Visit, found: Asked, differences: Differences, asked: Mapping[str, str]
) -> TableChangesPage:
    """The page of two versions that were compared; `asked` are the parameters that were given."""
    versions, language = found.versions, visit.language
    dataset, table = versions.after.dataset, versions.after.table
    pair = {"from": str(versions.before.file.number), "to": str(versions.after.file.number)}
    whole = {**pair, **({"key": asked["key"]} if "key" in asked else {})}
    here = {**whole, **{name: asked[name] for name in ("change", "limit") if name in asked}}
    query = urlencode(whole)
    return TableChangesPage(
        frame=_frame(visit, found, differences, asked),
        title=dataset.title,
        table_name=table.name or "",
        is_illustrative=dataset.illustrative,
        before=_version(versions.before),
        after=_version(versions.after),
        versions=tuple(map(_version, versions.all)),
        form_path=links.table_changes(table.uuid, language),
        key=asked.get("key", ""),
        summary=summary(differences),
        reason=reason(differences),
        counts=differences.rows,
        changed_cells=differences.changed_cells,
        columns=tuple(_column(each) for each in differences.columns if each.kinds),
        kinds=_kinds(found, differences, whole, asked.get("change", ""), language),
        rows=tuple(_row(each, differences.key, differences.columns, language) for each in differences.listed),
        first_path=links.table_changes(table.uuid, language, **here) if "after" in asked else "",
        next_path=links.table_changes(table.uuid, language, **here, after=token(differences.next))
        if differences.next
        else "",
        csv_path=f"{links.api('tables', table.uuid, 'differences.csv')}?{query}",
        api_path=f"{links.api('tables', table.uuid, 'differences')}?{query}",
    )


def _frame(visit: Visit, found: Asked, differences: Differences, asked: Mapping[str, str]) -> Frame:
    dataset, table = found.versions.after.dataset, found.versions.after.table
    title = dataset.title.in_language(visit.language)
    named = f"{title} – {table.name}" if table.name else title
    frame = item_frame(
        visit,
        "datasets",
        {each: links.table_changes(table.uuid, each, **asked) for each in LANGUAGES},
        title=gettext("Changes: %(title)s", title=named),
        description=summary(differences).in_language(visit.language),
    )
    return Frame(
        title=frame.title,
        language=frame.language,
        base_url=frame.base_url,
        paths=frame.paths,
        section=frame.section,
        description=frame.description,
        crumbs=(
            *frame.crumbs,
            Link(title, links.dataset_page(dataset.slug, visit.language)),
            Link(gettext("Table"), links.table_page(table.uuid, visit.language)),
        ),
        # Other engines should list the last change, not each pair of versions.
        is_indexed=not asked,
    )


def _version(found: FoundTable) -> VersionShown:
    file = found.file
    path = links.download_version(found.distribution.uuid, file.number, file.name)
    return VersionShown(file.number, file.created_at, found.table.rows, file.name, path)


def _kinds(
    found: Asked, differences: Differences, whole: Mapping[str, str], chosen: str, language: Language
) -> tuple[tuple[Link, int], ...]:
    rows, totals = differences.rows, differences.totals
    uuid = found.versions.after.table.uuid
    named = (
        ("", gettext("All"), rows.differing + totals.differing),
        ("changed", gettext("Changed"), rows.changed + totals.changed),
        ("added", gettext("Added"), rows.added + totals.added),
        ("removed", gettext("Removed"), rows.removed + totals.removed),
    )
    return tuple(
        (
            Link(
                label,
                links.table_changes(uuid, language, **whole, **({"change": kind} if kind else {})),
                kind == chosen,
            ),
            count,
        )
        for kind, label, count in named
        if count or not kind
    )


def _column(column: ColumnChange) -> ColumnShown:
    before, after = column.before, column.after
    told: list[tuple[str, str, str]] = []
    if before is not None and after is not None:
        sides = {
            "renamed": (gettext("Name"), before.name, after.name),
            "type": (gettext("Type"), type_name(before.type), type_name(after.type)),
            "unit": (gettext("Unit"), before.unit or "", after.unit or ""),
        }
        told = [sides[kind] for kind in column.kinds]
    return ColumnShown(field_name(column.field), before is None, after is None, tuple(told))


def field_name(field: Field) -> str:
    """The name of a column; shapes have none of their own."""
    name: str = gettext("Shape on the map") if field.key == GEOMETRY else field.name
    return name


def _row(
    row: RowChange, key: Sequence[ColumnChange], columns: Sequence[ColumnChange], language: Language
) -> RowShown:
    said = [
        f"{field_name(column.field)}: {shown(column.field, cell, language)}"
        for column, cell in zip(key, row.key, strict=True)
        if not cell.is_empty
    ]
    told = _changed(row, language) if row.kind == "changed" else _whole(row, key, columns, language)
    if row.kind == "changed" and (name := _name(row, key, columns)):
        said.append(name)
    number = row.after_row or row.before_row or 0
    label = ", ".join(said)
    return RowShown(row.kind, label, number, row.is_total, told[:_SHOWN_CELLS], told[_SHOWN_CELLS:])


def _name(row: RowChange, key: Sequence[ColumnChange], columns: Sequence[ColumnChange]) -> str:
    """What else people know a changed row by: its first text that is neither key nor changed itself."""
    told = {each.field.key for each in (*key, *(cell.column for cell in row.cells))}
    for column in columns:
        field = column.after
        if field is not None and field.type is ColumnType.TEXT and field.key not in {*told, GEOMETRY}:
            return str(row.values[field.key].value or "")[:_LONGEST_NAME]
    return ""


def _changed(row: RowChange, language: Language) -> tuple[CellShown, ...]:
    return tuple(
        CellShown(
            field_name(each.column.field),
            shown(each.column.before or each.column.field, each.before, language),
            shown(each.column.field, each.after, language),
        )
        for each in row.cells
    )


def _whole(
    row: RowChange, key: Sequence[ColumnChange], columns: Sequence[ColumnChange], language: Language
) -> tuple[CellShown, ...]:
    """The cells of a row that was added or removed, but for the key and empty ones."""
    told = []
    for column in columns:
        field = column.after if row.kind == "added" else column.before
        if field is None or row.values[field.key].is_empty or (column in key and not row.is_total):
            continue
        cell = row.values[field.key]
        text = shown(field, cell, language)
        sides = (None, text) if row.kind == "added" else (text, None)
        told.append(CellShown(field_name(field), *sides))
    return tuple(told)


def shown(field: Field, cell: Cell, language: Language) -> str:
    """A cell as people read it; empty where nothing stands there."""
    if cell.value is None:
        return _cut(cell.text or "")
    return _cut(cells.shown(field.type, cell.value, language))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "…"
