"""Two versions of a table compared for a request: what API and page have in common."""

from __future__ import annotations

from dataclasses import dataclass

from portal.catalog import queries
from portal.catalog.services.table_versions import TwoVersions, two_versions
from portal.catalog.services.tables import schema_of
from portal.catalog.table_queries import FoundTable
from portal.errors import Unavailable
from portal.http import context
from portal.http.rows import comparisons
from portal.tables.differences.values import Differences, Question, Version
from portal.text import LocalizedText


class TableAway(Unavailable):
    """The rows of a version are being made anew."""

    message = LocalizedText(
        "Bảng của một trong hai phiên bản đang được đọc lại. Vui lòng thử lại sau ít phút.",
        "The table of one of the versions is being read again. Please try again in a few minutes.",
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """The rows of the catalogue, the versions as the engine has them, and what differs."""

    versions: TwoVersions
    before: Version
    after: Version
    differences: Differences


def compared(reference: str, before: int | None, after: int | None, question: Question) -> Compared:
    """What differs between two versions of the table with this id. Raises what `two_versions` and `Comparisons` raise,
    and TableAway."""
    versions = two_versions(
        context.session(),
        context.actor(),
        queries.as_uuid(reference),
        before=before,
        after=after,
        hide_illustrative=context.portal().settings.hide_illustrative,
    )
    older, newer = _version(versions.before), _version(versions.after)
    return Compared(versions, older, newer, comparisons().differences(older, newer, question))


def _version(found: FoundTable) -> Version:
    tables = context.portal().tables
    path = tables.local_path(found.table.sha256) if tables.exists(found.table.sha256) else None
    if path is None:
        raise TableAway
    return Version(schema_of(found.table), path)
