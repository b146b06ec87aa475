"""Actions that write rows: each makes a new version of the resource's CSV file, by the way that every upload takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from portal.api.ckan.calls import Call, CallInvalid
from portal.api.ckan.common import base_url, seen, seen_resource
from portal.api.ckan.package_writing import write_package
from portal.api.ckan.record_inputs import (
    fields_of_records,
    key_places,
    read_fields,
    read_records,
    require_keys,
    rows_of,
)
from portal.api.ckan.registry import writes
from portal.api.ckan.resource_writing import resources_of_package
from portal.api.ckan.row_inputs import read_filters
from portal.api.ckan.table_bases import Base, StillReading, base_of, overrides_for, wait_until_read
from portal.catalog.models import Dataset
from portal.catalog.services.distributions import find, require_change
from portal.catalog.services.files import IncomingFile, describe_stored
from portal.catalog.services.tables import choose_reading
from portal.errors import Conflict
from portal.exchange import ckan
from portal.exchange.ckan_tables import ROW_ID, type_of
from portal.exchange.values import JsonObject, JsonValue
from portal.http import context
from portal.tables.records import Method, PieceStream, Records, Row, csv_pieces, put, without
from portal.tables.schema import Field
from portal.text import LocalizedText

_KEY = "primary_key"
_METHODS: dict[str, Method] = {"insert": "insert", "update": "update", "upsert": "upsert"}
_NO_FIELDS = LocalizedText("Cần “fields” hoặc “records”.", "Either “fields” or “records” is needed")
_NO_SUCH_METHOD = LocalizedText("Chỉ có upsert, insert, update.", "Must be one of upsert, insert, update")
_NO_KEY = LocalizedText(
    "Bảng chưa có khóa: đặt “primary_key” bằng datastore_create, hoặc dùng method=insert.",
    "The table has no unique key defined: set “primary_key” by datastore_create, or use method=insert.",
)
_NO_FILTERS = LocalizedText(
    "Cần “filters”: bảng luôn đi cùng tệp của nó, muốn bỏ cả bảng thì xóa tài nguyên bằng resource_delete.",
    "“filters” is needed: a table is what its file holds, so a whole table goes with its resource (resource_delete).",
)


class ChangedMeanwhile(Conflict):
    """Somebody else made a version of the file since its rows were read; nothing was written."""

    message = LocalizedText(
        "Tệp vừa có phiên bản khác; chưa ghi gì. Vui lòng gửi lại.",
        "The file has got another version meanwhile; nothing was written. Please send it again.",
    )


@dataclass(frozen=True, slots=True)
class NewTable:
    """A CSV file that is stored and not yet a version of anything: its columns, and what the resource says of them."""

    file: IncomingFile
    fields: tuple[Field, ...]
    typed: frozenset[str]
    keys: Mapping[str, Any]


@writes
def datastore_create(call: Call) -> JsonValue:
    """A table of `fields` (`id`, `type`, `info`) and `records`: of a new resource (`resource` with a `package_id`), or
    put behind the rows of the table that `resource_id` has, new fields as new columns. `primary_key`: fields that tell
    rows apart."""
    if isinstance(call.data.get("resource"), Mapping):
        return _create_resource(call, Call(call.action, call.data["resource"]))
    uuid, base = _base(call)
    fields, told, typed = read_fields(call)
    names = {each.name for each in base.fields} | {each.key for each in base.fields}
    columns = (*base.fields, *(each for each in fields if each.name not in names))
    key = _key(call, uuid, columns)
    typed |= base.typed
    records = read_records(rows_of(call), columns, typed)
    require_keys(records, key)
    more = [None] * (len(columns) - len(base.fields))
    rows: Iterator[Row] = ([*row, *more] for row in base.rows())
    wanted = Records(records, key, "insert")
    keys = {_KEY: [columns[place].name for place in key], **({"columns": told} if told else {})}
    file = _stored(base.name, columns, put(rows, len(columns), wanted))
    is_read = _supersede(uuid, base, NewTable(file, columns, typed, keys))
    return _answer(call, uuid, columns, "insert", is_read=is_read)


@writes
def datastore_upsert(call: Call) -> JsonValue:
    """Puts `records` into the table of `resource_id`: `method` upsert (change the row with the same key, else add),
    insert, or update. Rows are told apart by the table's primary key, or by `_id`. `dry_run`: only checks."""
    method = _METHODS.get(call.text("method") or "upsert")
    if method is None:
        raise CallInvalid(fields={"method": _NO_SUCH_METHOD})
    uuid, base = _base(call)
    rows = rows_of(call)
    key = _key(call, uuid, base.fields)
    if not key and method != "insert":
        return _update_numbered(call, uuid, base, method, rows)
    records = read_records(rows, base.fields, base.typed)
    require_keys(records, key)
    return _rewrite(
        call, uuid, base, method, put(base.rows(), len(base.fields), Records(records, key, method))
    )


@writes
def datastore_delete(call: Call) -> JsonValue:
    """Takes the rows that `filters` describe, as in datastore_search, out of the table of `resource_id`."""
    filters = call.data.get("filters")
    if filters is None or filters == "":
        raise CallInvalid(fields={"filters": _NO_FILTERS})
    uuid, base = _base(call)
    gone = base.numbers(read_filters(call, base.asked.fields)) if base.asked else frozenset()
    if gone:
        _rewrite(call, uuid, base, "update", without(base.rows(), gone))
    return {"resource_id": str(uuid), "filters": filters, "deleted_rows": len(gone)}


@writes
def datastore_records_delete(call: Call) -> JsonValue:
    """The same as `datastore_delete`."""
    return datastore_delete(call)


def _create_resource(call: Call, resource: Call) -> JsonValue:
    with context.portal().database.read() as session:
        require_change(context.actor(), seen(session, resource.required("package_id")))
    records = rows_of(call)
    fields, told, typed = read_fields(call)
    fields = fields or fields_of_records(records)
    if not fields:
        raise CallInvalid(fields={"fields": _NO_FIELDS})
    key = key_places(call.words(_KEY), fields, _KEY)
    values = read_records(records, fields, typed)
    require_keys(values, key)
    name = resource.text("name") or "table"
    file = _stored(name, fields, put((), len(fields), Records(values, key, "insert")))
    keys = {_KEY: [fields[place].name for place in key], **({"columns": told} if told else {})}
    uuid = _attach(resource, NewTable(file, fields, typed, keys))
    return _answer(call, uuid, fields, "insert", is_read=wait_until_read(uuid))


def _attach(resource: Call, table: NewTable) -> UUID:
    """The resource, its file and how it is to be read, in one transaction."""
    uuid = uuid4()
    with context.write() as session:
        stored = seen(session, resource.required("package_id"))
        row = ckan.package(stored, base_url())
        own = {
            name: value for name, value in resource.data.items() if name not in ("package_id", "id", "url")
        }
        resources = [*resources_of_package(row), {**own, **table.keys, "id": str(uuid)}]
        write_package(session, {**row, "resources": resources}, stored, {len(resources) - 1: table.file})
        _say_how_to_read(stored, uuid, table)
    return uuid


def _say_how_to_read(dataset: Dataset, uuid: UUID, table: NewTable) -> None:
    choose_reading(find(dataset, uuid), overrides_for(table.fields, table.typed))


def _base(call: Call) -> tuple[UUID, Base]:
    """The table that is written into, once whoever asks may. Raises Forbidden, NotRewritable, StillReading ..."""
    reference = call.required("resource_id", "id")
    with context.portal().database.read() as session:
        dataset, distribution = seen_resource(session, reference)
        require_change(context.actor(), dataset)
    if not wait_until_read(distribution.uuid):
        raise StillReading
    with context.portal().database.read() as session:
        _, distribution = seen_resource(session, reference)
        return distribution.uuid, base_of(session, distribution)


def _key(call: Call, uuid: UUID, columns: tuple[Field, ...]) -> tuple[int, ...]:
    """The key that the call names, else the one that the resource keeps."""
    named = call.words(_KEY)
    if not named:
        with context.portal().database.read() as session:
            dataset, distribution = seen_resource(session, str(uuid))
            kept = ckan.resource(distribution, dataset, 0, base_url()).get(_KEY)
        named = [str(each) for each in kept] if isinstance(kept, list) else []
    return key_places(named, columns, _KEY)


def _update_numbered(
    call: Call, uuid: UUID, base: Base, method: Method, rows: list[Mapping[str, Any]]
) -> JsonValue:
    """Rows that are named by their numbers: the number goes before each row and is its key."""
    if not all(isinstance(row.get(ROW_ID), int) for row in rows):
        raise CallInvalid(fields={"method": _NO_KEY})
    values = read_records(rows, base.fields, base.typed)
    shifted = [
        {0: row[ROW_ID], **{place + 1: value for place, value in record.items()}}
        for row, record in zip(rows, values, strict=True)
    ]
    numbered: Iterator[Row] = ([number, *row] for number, row in enumerate(base.rows(), start=1))
    changed = put(numbered, len(base.fields) + 1, Records(shifted, (0,), "update"))
    return _rewrite(call, uuid, base, method, (row[1:] for row in changed))


def _rewrite(call: Call, uuid: UUID, base: Base, method: Method, rows: Iterator[Row]) -> JsonValue:
    if call.flag("dry_run"):
        for _ in rows:
            pass
        return _answer(call, uuid, base.fields, method, is_read=True)
    file = _stored(base.name, base.fields, rows)
    is_read = _supersede(uuid, base, NewTable(file, base.fields, base.typed, {}))
    return _answer(call, uuid, base.fields, method, is_read=is_read)


def _stored(name: str, fields: tuple[Field, ...], rows: Iterator[Row]) -> IncomingFile:
    """The file, durable before any row speaks of it. Raises FileTooLarge, StorageFull, and what the rows raise."""
    storage, limit = context.portal().storage, context.portal().settings.file_limit
    pieces = PieceStream(csv_pieces([field.name for field in fields], rows))
    stored = storage.put(cast(BinaryIO, pieces), max_bytes=limit)
    return describe_stored(storage, f"{PurePosixPath(name).stem or 'table'}.csv", stored)


def _supersede(uuid: UUID, base: Base, table: NewTable) -> bool:
    """The file as the next version, unless the rows are not those of the newest; whether it was read at once."""
    with context.write() as session:
        dataset, distribution = seen_resource(session, str(uuid))
        if distribution.current_file is None or distribution.current_file.number != base.number:
            raise ChangedMeanwhile
        choose_reading(distribution, overrides_for(table.fields, table.typed))
        _write_resource(session, dataset, uuid, table)
    return wait_until_read(uuid)


def _write_resource(session: Session, dataset: Dataset, uuid: UUID, table: NewTable) -> None:
    row = ckan.package(dataset, base_url())
    resources = [dict(each) for each in resources_of_package(row)]
    number = next(place for place, each in enumerate(resources) if each["id"] == str(uuid))
    resources[number] |= table.keys
    write_package(session, {**row, "resources": resources}, dataset, {number: table.file})


def _answer(
    call: Call, uuid: UUID, fields: tuple[Field, ...], method: Method, *, is_read: bool
) -> JsonObject:
    """What CKAN answers, and whether the new rows are found already (`is_read`)."""
    return {
        "resource_id": str(uuid),
        "method": method,
        "fields": [{"id": field.name, "type": type_of(field)} for field in fields],
        _KEY: call.words(_KEY),
        "is_read": is_read,
        **({"records": call.rows("records")} if call.flag("include_records") else {}),
    }
