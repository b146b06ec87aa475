"""What a search engine must do, reading and writing; `tests/contracts/test_engines.py` is its proof.

Documents go in whole, dataset ids come out. An engine understands our query tree and nothing that a person
typed, keeps no texts, and answers total, facets and results of one state of the index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from portal.errors import Unavailable
from portal.search.documents import SearchDocument, Stamp
from portal.search.knowledge import Knowledge
from portal.search.names import Name
from portal.search.prefix import Prefix
from portal.search.query import Filters, Query
from portal.search.words import EMPTY, Glossary
from portal.text import LocalizedText

Sort = Literal["relevance", "modified", "title", "used"]
SORTS: tuple[Sort, ...] = ("relevance", "modified", "title", "used")

Progress = Callable[[int], None]
"""Told how many documents are done."""


class IndexMissing(Unavailable):
    """There is no search index yet."""

    message = LocalizedText(
        "Chỉ mục tìm kiếm chưa được tạo. Vui lòng thử lại sau ít phút.",
        "The search index has not been made yet. Please try again in a few minutes.",
    )


class IndexBroken(Unavailable):
    """No generation of the search index can be opened."""

    message = LocalizedText(
        "Chỉ mục tìm kiếm bị hỏng và đang chờ tạo lại. Vui lòng thử lại sau ít phút.",
        "The search index is damaged and waits to be rebuilt. Please try again in a few minutes.",
    )


class IndexBusy(Unavailable):
    """Another process is writing the index."""

    message = LocalizedText(
        "Một tiến trình khác đang ghi chỉ mục tìm kiếm.", "Another process is writing the search index."
    )


@dataclass(frozen=True, slots=True)
class FacetValue:
    """How many results would be left by choosing `value`."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """One page of results. `scores` go with `ids` and are 0 where nothing was ranked; `related` are further
    ids that match less; `relaxed` tells that nothing held enough of the query and less was accepted.
    `facets` are ordered by count, then value."""

    ids: tuple[int, ...]
    scores: tuple[float, ...]
    total: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    related: tuple[int, ...]
    generation: int
    relaxed: bool = False


@dataclass(frozen=True, slots=True)
class Completed:
    """What can be meant by a beginning, each kind best first: what begins with it, then what is used or held
    more, then what changed last. `titles` are ids of datasets, more than can be shown; `columns` and `names`
    come with the number of datasets that have them."""

    generation: int
    titles: tuple[int, ...] = ()
    columns: tuple[tuple[str, int], ...] = ()
    names: tuple[tuple[Name, int], ...] = ()


class Reader(Protocol):
    """The side of web processes; safe for many threads at once."""

    def search(
        self, query: Query, *, filters: Filters, sort: Sort, start: int, size: int, facets: Sequence[str]
    ) -> EngineAnswer:
        """Results `start` to `start + size`. Counts of a facet disregard its own filter, so that a second
        value can be added. Ties: last modified first, then lower id. Raises IndexMissing or IndexBroken."""
        ...

    def complete(self, prefix: Prefix, count: int) -> Completed:
        """About `count` of each kind that have a syllable from which on they begin with `prefix`, diacritics
        or not; those that have its first syllable exactly are among them. Raises IndexMissing, IndexBroken."""
        ...

    def generation(self) -> int:
        """The number of the state that `search` answers from now; it only grows."""
        ...

    def indexed(self) -> Mapping[int, Stamp]:
        """The versions of every dataset in the index by id. Raises IndexMissing or IndexBroken."""
        ...

    def knowledge(self) -> Knowledge:
        """The tables of words and the terms of the present state. Raises IndexMissing or IndexBroken."""
        ...


class Writer(Protocol):
    """The side of the one indexing process."""

    def apply(
        self,
        upserts: Iterable[SearchDocument],
        deletes: Iterable[int],
        *,
        glossary: Glossary | None = None,
        names: Sequence[Name] | None = None,
    ) -> int:
        """Make changes durable and visible, all or none; returns the new generation, or the present one when
        there is nothing to change. The last document of an id counts; an id in both is deleted. Without a
        `glossary` the tables of words stay, without `names` the present ones. Raises IndexMissing and
        IndexBroken when only a rebuild helps."""
        ...

    def rebuild(
        self,
        documents: Iterable[SearchDocument],
        progress: Progress,
        *,
        source: str,
        glossary: Glossary = EMPTY,
        names: Sequence[Name] = (),
    ) -> int:
        """Replace the whole index; readers keep the old state until the new one is whole. `source` names the
        catalogue that the documents are from."""
        ...

    def names(self) -> Sequence[Name]:
        """The names in the index."""
        ...

    def indexed(self) -> Mapping[int, Stamp]:
        """The versions of every dataset in the index by id."""
        ...

    def glossary(self) -> Glossary:
        """The tables of words of the last state."""
        ...

    def needs_rebuild(self, source: str) -> bool:
        """Whether there is no whole index, or one made with other weights or from another catalogue."""
        ...

    def close(self) -> None:
        """Let another process write."""
        ...
