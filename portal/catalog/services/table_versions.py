"""Versions of one table, for whoever may see its dataset, and two of them to compare."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from portal.catalog import table_queries
from portal.catalog.actors import Actor
from portal.catalog.policies import DatasetNotFound
from portal.catalog.services.datasets import seen
from portal.catalog.services.tables import TableNotFound
from portal.catalog.table_queries import FoundTable
from portal.errors import NotFound
from portal.text import LocalizedText


class NoEarlierVersion(NotFound):
    """The table has no version before the one that is asked for."""

    message = LocalizedText(
        "Chưa có phiên bản nào trước đó của bảng này để so sánh.",
        "There is no earlier version of this table to compare with.",
    )


class VersionWithoutTable(NotFound):
    """The file has no such version, or that version has no such table."""

    message = LocalizedText(
        "Tệp không có phiên bản này, hoặc phiên bản này không có bảng dữ liệu để so sánh.",
        "The file has no such version, or that version has no table to compare.",
    )


@dataclass(frozen=True, slots=True)
class TwoVersions:
    """What is compared. `all`: every version that has this table, newest first."""

    before: FoundTable
    after: FoundTable
    all: tuple[FoundTable, ...]


def two_versions(
    session: Session,
    actor: Actor,
    uuid: UUID | None,
    *,
    before: int | None,
    after: int | None,
    hide_illustrative: bool,
) -> TwoVersions:
    """The table in the file versions `before` and `after`: as they are not named, the newest that has it and the one
    before that. Two statements. Raises Withdrawn, TableNotFound, NoEarlierVersion and VersionWithoutTable."""
    found = table_queries.table_versions(session, uuid) if uuid else ()
    if not found:
        raise TableNotFound
    try:
        seen(actor, found[0].dataset, hide_illustrative=hide_illustrative)
    except DatasetNotFound:
        raise TableNotFound from None
    by_number = {each.file.number: each for each in found}
    newer = found[0].file.number if after is None else after
    older = next((each for each in by_number if each < newer), None) if before is None else before
    if newer in by_number and older is None:
        raise NoEarlierVersion
    if newer not in by_number or older not in by_number:
        raise VersionWithoutTable
    return TwoVersions(by_number[older], by_number[newer], tuple(found))
