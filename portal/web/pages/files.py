"""The files and links of a dataset, and what their columns mean, as its page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from flask_babel import gettext

from portal import links
from portal.catalog.models import Dataset, Distribution, FileVersion, When
from portal.exchange.columns import columns as columns_of_file
from portal.exchange.facts import web_address
from portal.tables.refusals import Refusal
from portal.text import Language, LocalizedText
from portal.web.pages.card import format_name


@dataclass(frozen=True, slots=True)
class TableLink:
    """A table of a file: its page, the name of its sheet where there are several, and how large it is.
    `changes_path`: what changed in it since the version before; empty where there is none."""

    path: str
    name: str
    rows: int
    columns: int
    changes_path: str


@dataclass(frozen=True, slots=True)
class File:
    """One way to have the data: a file of ours (`size`, `sha256`), or a link to `host`."""

    title: str
    description: LocalizedText
    format: str
    path: str
    is_link: bool
    host: str
    name: str
    size: int | None
    rows: int | None
    sha256: str
    added: When
    version: int
    api_path: str
    tables: tuple[TableLink, ...]
    # Why there is no table, in a plain sentence; empty where there is one, or none was looked for.
    no_table: LocalizedText
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, what it means, the type and unit of its values, and one of them, which differs
    between files that share their columns."""

    name: str
    meaning: LocalizedText
    description: LocalizedText
    type: str
    unit: str
    example: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class ColumnTable:
    """The columns of one or more files that share them."""

    title: str
    columns: tuple[Column, ...]
    has_meanings: bool
    has_types: bool
    has_units: bool
    has_examples: bool


def files_of(dataset: Dataset, language: Language, compared: Set[UUID] = frozenset()) -> tuple[File, ...]:
    """Every file and link, in the order that the agency gave them; `compared`: tables with an earlier version."""
    return tuple(_file(each, language, compared) for each in dataset.distributions)


def _file(distribution: Distribution, language: Language, compared: Set[UUID]) -> File:
    current = distribution.current_file
    address = distribution.access_url or ""
    is_safe = web_address(address) is not None
    return File(
        title=distribution_title(distribution, language),
        description=distribution.description,
        format=format_name(distribution),
        path=links.download(distribution.uuid, current.name) if current else address if is_safe else "",
        is_link=current is None,
        host=(urlsplit(address).hostname or "") if is_safe else "",
        name=current.name if current else "",
        size=current.byte_size if current else None,
        rows=distribution.rows,
        sha256=current.sha256 if current else "",
        added=current.created_at if current else distribution.updated_at,
        version=current.number if current else 0,
        api_path=links.api("distributions", distribution.uuid),
        tables=_tables(distribution, language, compared),
        no_table=_no_table(distribution),
        is_waiting=distribution.table_state == "waiting" and not distribution.tables,
    )


def _tables(distribution: Distribution, language: Language, compared: Set[UUID]) -> tuple[TableLink, ...]:
    is_one = len(distribution.tables) == 1
    return tuple(
        TableLink(
            links.table_page(uuid, language),
            "" if is_one else each["name"] or gettext("Table %(number)s", number=number),
            each["rows"],
            each["columns"],
            links.table_changes(uuid, language) if uuid in compared else "",
        )
        for number, each in enumerate(distribution.tables, 1)
        for uuid in (UUID(each["id"]),)
    )


def _no_table(distribution: Distribution) -> LocalizedText:
    if distribution.tables or distribution.table_state != "failed" or distribution.table_reason is None:
        return LocalizedText("")
    return Refusal(distribution.table_reason, distribution.table_reason_values).message


def distribution_title(distribution: Distribution, language: Language) -> str:
    """Its own title, else the file's name, else what kind of thing it is."""
    own = distribution.title.in_language(language)
    return own or _file_name(distribution.current_file) or gettext("Data at the source")


def _file_name(version: FileVersion | None) -> str:
    return version.name if version else ""


def column_tables(distributions: Iterable[Distribution], language: Language) -> tuple[ColumnTable, ...]:
    """A table for each different set of columns; files with the same columns share one."""
    titles: dict[tuple[Column, ...], list[str]] = {}
    for each in distributions:
        columns = _columns(each)
        if columns:
            titles.setdefault(columns, []).append(distribution_title(each, language))
    return tuple(
        ColumnTable(
            title=", ".join(names),
            columns=columns,
            has_meanings=any(column.meaning or column.description for column in columns),
            has_types=any(column.type for column in columns),
            has_units=any(column.unit for column in columns),
            has_examples=any(column.example for column in columns),
        )
        for columns, names in titles.items()
    )


def _columns(distribution: Distribution) -> tuple[Column, ...]:
    """What the steward says of the columns, and what was read of those of which nothing is said."""
    words = {_text(each, "name"): _text(each, "type") for each in distribution.columns}
    return tuple(
        Column(
            name=column.name,
            meaning=column.title,
            description=column.description,
            type=type_name(words.get(column.name) or column.type),
            unit=column.unit or "",
            example=next(iter(column.examples), ""),
        )
        for column in columns_of_file(distribution)
    )


def _text(facts: Mapping[str, object], key: str) -> str:
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def type_name(type_: str) -> str:
    """A column's type in words; the source's own word when it is none that we know."""
    names: dict[str, str] = {
        "string": gettext("text"),
        "text": gettext("text"),
        "integer": gettext("whole number"),
        "number": gettext("number"),
        "date": gettext("date"),
        "datetime": gettext("date and time"),
        "time": gettext("time"),
        "year": gettext("year"),
        "yearmonth": gettext("month"),
        "boolean": gettext("yes or no"),
        "geopoint": gettext("point on a map"),
        "geometry": gettext("shape on a map"),
    }
    return names.get(type_, type_)
