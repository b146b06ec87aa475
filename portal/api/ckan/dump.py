"""A whole table as a file, where clients of CKAN look for it: `/datastore/dump/<id>`."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from flask import Blueprint, Response, request

from portal.api.ckan.asked_tables import AskedTable, asked_table
from portal.api.ckan.calls import Call, CallInvalid
from portal.api.ckan.inputs import merged
from portal.api.ckan.row_inputs import Asked, read_asked
from portal.files.names import content_disposition
from portal.http import context
from portal.http.downloads import SAFE_HEADERS
from portal.http.rows import row_process
from portal.tables.rows import MARK
from portal.text import LocalizedText

blueprint = Blueprint("ckan_dump", __name__)

_BOM = "\ufeff".encode()
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
}
_NO_SUCH_FORMAT = LocalizedText("Chỉ có csv, tsv, json, xml.", "Must be one of csv, tsv, json, xml")


@blueprint.route("/datastore/dump/<reference>")
def dump(reference: str) -> Response:
    """Every row that is asked for, streamed: `format` csv, tsv, json or xml, `bom`, and the parameters of
    datastore_search."""
    call = Call("datastore_dump", merged(request.args))
    kind = call.text("format") or "csv"
    if kind not in _TYPES:
        raise CallInvalid(fields={"format": _NO_SUCH_FORMAT})
    found = asked_table(context.session(), reference)
    asked = read_asked(call, found.fields, is_whole=True)
    # A resource of CKAN's has one id; the file is called by it there too.
    response = Response(_pieces(found, asked, kind, has_bom=call.flag("bom")), content_type=_TYPES[kind])
    response.headers.extend(SAFE_HEADERS)
    response.headers["Content-Disposition"] = content_disposition(_file_name(found, kind))
    return response


def _file_name(found: AskedTable, kind: str) -> str:
    return f"{'minh-hoa-' if found.is_illustrative else ''}{found.table.uuid}.{kind}"


def _pieces(found: AskedTable, asked: Asked, kind: str, *, has_bom: bool) -> Iterator[bytes]:
    """The file piece by piece; its first piece is made before the answer begins."""
    form = "arrays" if kind == "json" else kind
    rows = row_process().export(
        asked.query, found.fields.schema, found.parquet, form, marked=found.is_illustrative
    )
    return _framed(found, asked, kind, rows, has_bom=has_bom)


def _framed(
    found: AskedTable, asked: Asked, kind: str, rows: Iterator[bytes], *, has_bom: bool
) -> Iterator[bytes]:
    if has_bom:
        yield _BOM
    if kind != "json":
        yield from rows
        return
    mark = [{"id": MARK["name"], "type": "bool"}] if found.is_illustrative else []
    yield b'{"fields":' + orjson.dumps([*found.fields.described(asked.fields), *mark]) + b',"records":'
    yield from rows
    yield b"}\n"
