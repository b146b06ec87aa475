"""A dataset on its way in: what every reader makes of a file or an answer, and the one report of the pipe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, Literal, TypedDict
from uuid import UUID

from portal.catalog.models import When
from portal.text import LocalizedText


class DatasetFields(TypedDict, total=False):
    """What is said of a dataset. A key that is absent leaves the stored value alone; None or empty clears it.

    Themes, publisher, supplier, places, frequency, licence and access level are codes, slugs or raw words;
    what no vocabulary knows stays as the raw word.
    """

    title_vi: str
    title_en: str | None
    description_vi: str
    description_en: str | None
    keywords: list[str]
    themes: list[str]
    publisher: str | None
    supplier: str | None
    places: list[str]
    temporal_start: date | None
    temporal_end: date | None
    frequency: str | None
    licence: str | None
    access_level: str | None
    access_reason: str | None
    languages: list[str]
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None
    legal_basis: str | None
    landing_page: str | None
    conforms_to: str | None
    # Slug, uuid or title of one that the catalogue has.
    series: str | None
    provenance: str | None
    illustrative: bool
    issued: When | None
    modified: When | None
    other_identifier: str | None
    # Merged into the stored ones, key by key; a None removes its key.
    extras: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file to take in: its name for people, and how to open its bytes (once, by the pipe)."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column of a table; types as in Table Schema 1.0, empty when not known."""

    name: str
    title: LocalizedText | None = None
    type: str = ""
    unit: str | None = None
    description: LocalizedText | None = None


@dataclass(frozen=True, slots=True)
class RecordDistribution:
    """A file or a link of a record; `key` (path or address in the source) finds it again next time."""

    key: str
    title: LocalizedText
    description: LocalizedText
    format: str | None = None
    url: str | None = None
    file: FileSource | None = None
    columns: tuple[ColumnFacts, ...] | None = None
    rows: int | None = None
    # The id that its source gives it, kept where nothing else has it.
    uuid: UUID | None = None


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """What a source says of the series that a dataset belongs to: enough to make it where it is not known."""

    title: LocalizedText
    description: LocalizedText
    # The id and the name in addresses that it has there.
    uuid: UUID | None = None
    slug: str | None = None
    publisher: str | None = None

    @property
    def key(self) -> str:
        """What finds the series again: its id, else its slug, else its title."""
        return str(self.uuid or "") or self.slug or self.title.vi


@dataclass(frozen=True, slots=True)
class Record:
    """One dataset as a reader understood it; `line` is where in its source, from 1."""

    line: int
    identifier: str
    fields: DatasetFields
    # None: the source said nothing of files.
    distributions: tuple[RecordDistribution, ...] | None = None
    notes: tuple[LocalizedText, ...] = ()
    # The id and the name in addresses that its source gives it; kept for a new record where they are free.
    uuid: UUID | None = None
    slug: str | None = None
    # Whether its source shows it to everybody: what does not is never published by taking it in.
    is_public: bool = True
    # The series that `fields` name by its key.
    series: SeriesFacts | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that no record could be made of."""

    line: int
    reason: LocalizedText
    identifier: str | None = None


Result = Literal["created", "changed", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record; `fields` are the changed ones, `reason` tells why it was refused."""

    line: int
    identifier: str | None
    result: Result
    fields: tuple[str, ...] = ()
    reason: LocalizedText | None = None
    notes: tuple[LocalizedText, ...] = ()
