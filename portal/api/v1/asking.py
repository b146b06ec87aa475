"""What is asked of a table: the table as the asker may see it, and the question checked against its columns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import request

from portal import links
from portal.api.v1 import parameters
from portal.api.v1.tables import found_table
from portal.catalog.services.tables import schema_of
from portal.catalog.table_queries import FoundTable
from portal.exchange.v1_tables import TableAddress
from portal.http import context
from portal.http.rows import parquet_of, row_process, rows_tag
from portal.tables.query import MAX_LIMIT, RowQuery, parse
from portal.tables.schema import Schema


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a table, and where its answer comes from."""

    found: FoundTable
    address: TableAddress
    schema: Schema
    query: RowQuery
    parquet: Path

    @property
    def is_illustrative(self) -> bool:
        """Whether the answer must say that its figures are made up."""
        return self.found.dataset.illustrative

    def tag(self, form: str) -> str:
        """Of the answer in this form: it changes with the file, its columns, the question and the portal's code."""
        file, dataset = self.found.file, self.found.dataset
        told = (self.schema, file.number, dataset.slug, self.is_illustrative)
        return rows_tag(self.found.table.sha256, form, self.address, told, request.query_string)

    def url(self, *parts: str) -> str:
        """A full address of the table or below it."""
        return links.absolute(context.portal().settings.public_url, self.address.path(*parts))


def asked(uuid: str, number: str | None, *, paged: bool) -> Asked:
    """Reads the whole request. Raises TableNotFound, Withdrawn, RowQueryInvalid and ParameterInvalid."""
    found, address = found_table(uuid, number)
    schema = schema_of(found.table)
    pairs = _pairs(schema)
    if not paged:
        pairs = [(name, value) for name, value in pairs if name not in ("limit", "after")]
    return Asked(found, address, schema, parse(pairs, schema), parquet_of(found.table))


def next_address(path: str, token: str) -> str:
    """The present question, for the page that begins behind the row of this token."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
    query = urlencode([*pairs, ("after", token)])
    return links.absolute(context.portal().settings.public_url, f"{path}?{query}")


def limits_told() -> str:
    """What one page may cost, as a structured header (RFC 9651)."""
    limits = row_process().limits
    return f"rows={MAX_LIMIT}, bytes={limits.answer_bytes}, seconds={limits.seconds:g}"


def _pairs(schema: Schema) -> list[tuple[str, str]]:
    """All parameters but `lang`, where no column is called so."""
    pairs = list(request.args.items(multi=True))
    if "lang" in schema.by_key:
        return pairs
    parameters.language()
    return [(name, value) for name, value in pairs if name != "lang"]
