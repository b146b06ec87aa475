"""The table that a call of the datastore names, as CKAN's clients see it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from portal.api.ckan.common import hides_illustrative, seen_resource
from portal.catalog import queries
from portal.catalog.models import DataTable, Distribution
from portal.catalog.services.distributions import DistributionNotFound
from portal.catalog.services.tables import TableNotFound, schema_of, visible_table
from portal.exchange import facts
from portal.exchange.ckan_tables import TableFields, table_fields
from portal.http import context
from portal.http.rows import parquet_of
from portal.tables.refusals import Refusal
from portal.text import LocalizedText

_WAITS = LocalizedText(
    "Tệp này đang chờ được đọc thành bảng. Vui lòng thử lại sau ít phút.",
    "The file is waiting to be read as a table. Please try again in a few minutes.",
)
_NO_FILE = LocalizedText(
    "Tài nguyên này là liên kết, không có bảng dữ liệu.", "The resource is a link and has no table."
)


@dataclass(frozen=True)
class AskedTable:
    """A table that the asker may see, its fields, and its Parquet file. `is_illustrative`: its rows are made up, and
    every answer must say so."""

    table: DataTable
    distribution: Distribution
    fields: TableFields
    is_illustrative: bool

    @property
    def parquet(self) -> Path:
        """Where its rows lie. Raises TableAway."""
        return parquet_of(self.table)


def asked_table(session: Session, reference: str) -> AskedTable:
    """The table with this id, or the first of the resource with this id. Raises Withdrawn, and TableNotFound that tells
    why there is none, where the resource may be seen."""
    try:
        found = visible_table(
            session, context.actor(), queries.as_uuid(reference), hide_illustrative=hides_illustrative()
        )
    except TableNotFound as error:
        raise TableNotFound(_why(session, reference) or error.text) from None
    fields = table_fields(schema_of(found.table), facts.columns(found.distribution))
    return AskedTable(found.table, found.distribution, fields, found.dataset.illustrative)


def _why(session: Session, reference: str) -> LocalizedText | None:
    try:
        _, distribution = seen_resource(session, reference)
    except DistributionNotFound:
        return None
    match distribution.table_state:
        case "none":
            return _NO_FILE
        case "waiting":
            return _WAITS
    if distribution.table_reason is None:
        return None
    return Refusal(distribution.table_reason, distribution.table_reason_values).message
