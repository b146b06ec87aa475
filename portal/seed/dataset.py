"""The shape of a dataset that the seed registers, the same for sourced facts and illustrative records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from portal.text import LocalizedText

# Names of Table Schema 1.0, so that a column dictionary can be exported as it is.
ColumnType = Literal["string", "integer", "number", "boolean", "date", "year", "yearmonth"]


@dataclass(frozen=True, slots=True)
class SeedColumn:
    """One column of a seeded table; `unit` as people write it (`%`, `người`, `µg/m³`), None without one."""

    name: str
    title: LocalizedText
    type: ColumnType
    unit: str | None = None
    description: LocalizedText | None = None


@dataclass(frozen=True, slots=True)
class SeedFile:
    """One file of a seeded dataset; `content` makes the bytes when asked, the same every time."""

    name: str
    title: LocalizedText
    content: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class SeedDataset:
    """A dataset as the seed hands it to the catalogue.

    `themes`, `frequency` and `licence` are concept codes, `places` place codes, `publisher` an agency slug or
    free text; `temporal` is (start, end), each end None when open; `source` tells where the content is from.
    """

    identifier: str
    title: LocalizedText
    description: LocalizedText
    keywords: tuple[str, ...]
    themes: tuple[str, ...]
    publisher: str
    supplier: str | None
    places: tuple[str, ...]
    temporal: tuple[date | None, date | None]
    frequency: str | None
    licence: str | None
    source: str
    illustrative: bool
    issued: date | None
    modified: date | None
    columns: tuple[SeedColumn, ...]
    files: tuple[SeedFile, ...]
