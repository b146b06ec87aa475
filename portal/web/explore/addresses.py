"""Addresses of a table's page and of the same rows in the API, for any state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal import links
from portal.text import Language
from portal.web.explore.state import Pair, State, View, with_query

EXPORTS = ("csv", "excel.csv", "xlsx", "json", "jsonl", "parquet", "geojson")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where this table is, for people and for programs."""

    uuid: UUID
    language: Language
    base_url: str
    state: State

    def page(
        self, pairs: Iterable[Pair] | None = None, *, view: View | None = None, chart: tuple[Pair, ...] = ()
    ) -> str:
        """This page with these parameters (default: its own), in this view (default: its own)."""
        shown = view or self.state.view
        kept = tuple(self.state.pairs if pairs is None else pairs)
        drawn = (chart or self.state.chart) if shown != "table" else ()
        first: tuple[Pair, ...] = (("view", shown),) if shown != "table" else ()
        return with_query(links.table_page(self.uuid, self.language), (*first, *kept, *drawn))

    @property
    def bare(self) -> str:
        """The page as it is opened first."""
        return links.table_page(self.uuid, self.language)

    @property
    def share(self) -> str:
        """The full address of exactly this."""
        return links.absolute(self.base_url, self.page())

    @property
    def embed(self) -> str:
        """The full address of exactly this as a frame in other sites."""
        _, _, query = self.page().partition("?")
        path = links.table_embed(self.uuid, self.language)
        return links.absolute(self.base_url, f"{path}?{query}".rstrip("?"))

    @property
    def rows(self) -> str:
        """The full address of exactly these rows in the API."""
        path = links.api("tables", self.uuid, "rows")
        return links.absolute(self.base_url, with_query(path, self.state.pairs))

    def export(self, kind: str) -> str:
        """The path of the whole answer as a file."""
        return with_query(links.api("tables", self.uuid, f"export.{kind}"), self.state.whole)
