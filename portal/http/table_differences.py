"""Two versions of a table compared for a request: what API and page have in common."""

from __future__ import annotations

from dataclasses import dataclass

from portal.catalog import queries
from portal.catalog.services.table_versions import TwoVersions, two_versions
from portal.catalog.services.tables import schema_of
from portal.catalog.table_queries import FoundTable
from portal.http import context
from portal.http.rows import comparisons, parquet_of, rows_tag
from portal.tables.differences.values import Differences, Question, Version


@dataclass(frozen=True, slots=True)
class Asked:
    """Two versions to compare: the rows of the catalogue, and the tables as the engine has them."""

    versions: TwoVersions
    before: Version
    after: Version

    def tag(self, *parts: object) -> str:
        """The ETag, without quotes, of an answer made of both files and of `parts`."""
        older, newer = self.versions.before, self.versions.after
        told = (self.before.schema, self.after.schema, older.file.number, newer.file.number)
        told_of_dataset = (newer.dataset.slug, newer.dataset.illustrative)
        return rows_tag(newer.table.sha256, older.table.sha256, told, told_of_dataset, *parts)

    def differences(self, question: Question) -> Differences:
        """What differs. Raises what `Comparisons.differences` raises."""
        return comparisons().differences(self.before, self.after, question)


def asked_versions(reference: str, before: int | None, after: int | None) -> Asked:
    """The versions of the table with this id, as `two_versions` finds them. Raises what that raises, and TableAway."""
    versions = two_versions(
        context.session(),
        context.actor(),
        queries.as_uuid(reference),
        before=before,
        after=after,
        hide_illustrative=context.portal().settings.hide_illustrative,
    )
    return Asked(versions, _version(versions.before), _version(versions.after))


def _version(found: FoundTable) -> Version:
    return Version(schema_of(found.table), parquet_of(found.table))
