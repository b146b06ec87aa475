"""The engines under contract and how to open them; a new engine joins by one entry in ENGINES."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.search.documents import SearchDocument
from portal.search.engines.base import EngineAnswer, Reader, Sort, Writer
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.search.facets import FACET_NAMES
from portal.search.query import Filters, Query
from portal.search.understanding import understand
from portal.text import LocalizedText


@dataclass(frozen=True)
class Engine:
    """How to open both sides of an engine; a fresh reader sees the newest state at once."""

    writer: Writer
    open_writer: Callable[[], Writer]
    open_reader: Callable[[], Reader]

    def ask(
        self,
        text: str | Query,
        filters: Filters | None = None,
        *,
        sort: Sort = "relevance",
        start: int = 0,
        size: int = 20,
    ) -> EngineAnswer:
        """One search with all facets."""
        query = understand(text).query if isinstance(text, str) else text
        return self.open_reader().search(
            query, filters=filters or {}, sort=sort, start=start, size=size, facets=FACET_NAMES
        )

    def found(self, text: str | Query, **options: object) -> list[int]:
        """Ids of the first page."""
        return list(self.ask(text, **options).ids)  # type: ignore[arg-type]


def _whoosh(folder: Path) -> Engine:
    return Engine(
        WhooshWriter(folder),
        lambda: WhooshWriter(folder),
        lambda: WhooshReader(folder, poll_seconds=0),
    )


ENGINES: dict[str, Callable[[Path], Engine]] = {"whoosh": _whoosh}


def document(number: int, title: str, **fields: object) -> SearchDocument:
    return SearchDocument(id=number, version=1, title=LocalizedText(title), **fields)  # type: ignore[arg-type]


def values(answer: EngineAnswer, facet: str) -> dict[str, int]:
    return {each.value: each.count for each in answer.facets[facet]}
