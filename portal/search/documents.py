"""What an engine is told of one published dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.text import LocalizedText

_NO_TEXT = LocalizedText("")


class Stamp(NamedTuple):
    """What a document was made of: the version of the dataset's row, and how often its files were read."""

    version: int
    tables_version: int = 0


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One dataset as it is searched. `id` is its primary key, `version` and `tables_version` are of its row.
    `columns` are of its files, said by stewards or read; `values` the texts in their small tables.

    `facets` has the values of every facet of `facets.FACETS` by name, as they stand in URLs. `modified` and
    `issued` are seconds since 1970, 0 when not known; `popularity` is None while nobody counts.
    """

    id: int
    version: int
    title: LocalizedText
    description: LocalizedText = _NO_TEXT
    keywords: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    modified: int = 0
    issued: int = 0
    popularity: float | None = None
    tables_version: int = 0
