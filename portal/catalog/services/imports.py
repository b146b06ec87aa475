"""The one pipe into the catalogue: records from any reader, in batches, files first, then one transaction each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.exc import IntegrityError, StatementError

from portal.catalog.actors import Actor
from portal.catalog.records import FileSource, Outcome, Record, Unreadable
from portal.catalog.services.files import FileEmpty, IncomingFile, take_in
from portal.catalog.services.matching import load_lookup
from portal.catalog.services.upsert import open_target, refused, upsert
from portal.clock import Clock
from portal.database import Database
from portal.errors import PortalError
from portal.files.formats import detect
from portal.files.names import clean_file_name
from portal.files.storage.base import Storage
from portal.text import LocalizedText

_BATCH_RECORDS = 250
_LOG_LIMIT_BYTES = 16 * 1024**2
_REPEATED = LocalizedText(
    "Mã định danh này đã xuất hiện ở một dòng trước trong cùng nguồn.",
    "This identifier stood on an earlier line of the same source.",
)
_NOT_STORABLE = LocalizedText(
    "Cơ sở dữ liệu không nhận bản ghi này.", "The database does not take this record."
)


@dataclass(frozen=True, slots=True)
class ImportRun:
    """Where an import goes and how: `publish` makes new records public, `dry_run` only tells what would be."""

    database: Database
    storage: Storage
    actor: Actor
    clock: Clock
    publish: bool = True
    dry_run: bool = False
    max_file_bytes: int | None = None


def import_records(run: ImportRun, records: Iterable[Record | Unreadable]) -> Iterator[Outcome]:
    """One outcome per record, in order within a batch of its kind; yielded only after its batch is committed."""
    seen: set[str] = set()
    remaining = iter(records)
    while batch := list(islice(remaining, _BATCH_RECORDS)):
        yield from _import_batch(run, batch, seen)
        if run.database.write_ahead_bytes() > _LOG_LIMIT_BYTES:
            run.database.checkpoint()


def _import_batch(run: ImportRun, batch: Sequence[Record | Unreadable], seen: set[str]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    usable: list[Record] = []
    for each in batch:
        if isinstance(each, Unreadable):
            outcomes.append(Outcome(each.line, each.identifier, "refused", reason=each.reason))
        elif each.identifier in seen:
            outcomes.append(refused(each, _REPEATED))
        else:
            seen.add(each.identifier)
            usable.append(each)
    incoming, broken = _take_files(run, usable)
    outcomes += broken
    outcomes += _write(run, [each for each in usable if each.line in incoming], incoming)
    return sorted(outcomes, key=lambda outcome: outcome.line)


_Incoming = dict[int, dict[str, IncomingFile]]


def _take_files(run: ImportRun, records: Sequence[Record]) -> tuple[_Incoming, list[Outcome]]:
    wanted = [
        (record, each.key, each.file)
        for record in records
        for each in record.distributions or ()
        if each.file
    ]
    sources = [source for _, _, source in wanted]
    taken = (
        [_measure(source) for source in sources]
        if run.dry_run
        else take_in(run.storage, sources, max_bytes=run.max_file_bytes)
    )
    incoming: _Incoming = {record.line: {} for record in records}
    broken: list[Outcome] = []
    for (record, key, source), file in zip(wanted, taken, strict=True):
        if isinstance(file, IncomingFile):
            if record.line in incoming:
                incoming[record.line][key] = file
        elif incoming.pop(record.line, None) is not None:
            broken.append(refused(record, _about(source, file)))
    return incoming, broken


def _about(source: FileSource, error: PortalError) -> LocalizedText:
    return LocalizedText(f"{source.name}: {error.text.vi}", f"{source.name}: {error.text.en}")


def _measure(source: FileSource) -> IncomingFile | PortalError:
    try:
        with source.open() as stream:
            digest, size = hashlib.sha256(), 0
            while chunk := stream.read(1024 * 1024):
                digest.update(chunk)
                size += len(chunk)
            stream.seek(0)
            found = detect(stream, source.name)
    except PortalError as error:
        return error
    if size == 0:
        return FileEmpty()
    return IncomingFile(
        digest.hexdigest(), size, clean_file_name(source.name), found.code, found.content_type
    )


def _write(run: ImportRun, records: Sequence[Record], incoming: _Incoming) -> list[Outcome]:
    """One transaction for all; when the database refuses it, one for each, so that only the culprit is lost."""
    if not records:
        return []
    try:
        return _write_together(run, records, incoming)
    except (IntegrityError, StatementError) as error:
        if not _is_of_the_data(error):
            raise
        if len(records) == 1:
            return [refused(records[0], _NOT_STORABLE)]
        return [outcome for record in records for outcome in _write(run, [record], incoming)]


def _is_of_the_data(error: StatementError) -> bool:
    # OperationalError (locked, disk full, gone) is a StatementError too, and no fault of the record.
    return (
        isinstance(error, IntegrityError)
        or type(error) is StatementError
        or "DataError" in type(error).__name__
    )


class _DryRun(Exception):
    """Rolls the transaction of a dry run back."""


def _write_together(
    run: ImportRun, records: Sequence[Record], incoming: Mapping[int, Mapping[str, IncomingFile]]
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    try:
        with run.database.write() as session, session.no_autoflush:
            target = open_target(
                session, run.actor, load_lookup(session), run.clock(), records, publish=run.publish
            )
            outcomes = [upsert(target, record, incoming[record.line]) for record in records]
            if run.dry_run:
                session.flush()
                raise _DryRun
    except _DryRun:
        pass
    return outcomes
