"""Whole answers of tables as files, written while they are sent."""

from __future__ import annotations

from flask import Response, request
from flask_smorest import Blueprint

from portal.api.v1 import parameters
from portal.api.v1.asking import Asked, asked
from portal.api.v1.describing import BYTES, describes_files
from portal.api.v1.row_parameters import EXPORT
from portal.api.v1.tables import TABLE, VERSION
from portal.errors import NotFound
from portal.exchange.v1_exports import EXPORTS, export_kinds, file_name
from portal.files.names import content_disposition
from portal.http.downloads import SAFE_HEADERS
from portal.http.rows import row_process, tagged, unchanged
from portal.tables.query import RowQueryInvalid
from portal.text import LocalizedText

blueprint = Blueprint("exports", __name__, url_prefix="/api/v1", description="Tables as files.")

_KIND = parameters.in_path(
    "kind",
    "`csv`; `excel.csv`: for Excel, with BOM, `;` and decimal comma; `json`; `jsonl`; `xlsx`; `parquet`; "
    "`geojson`: where rows have a place on the map.",
    enum=list(EXPORTS),
)
_MEDIA = {each.media_type: BYTES for each in EXPORTS.values()} | {
    EXPORTS["json"].media_type: {"type": "array", "items": {"type": "object"}},
    EXPORTS["geojson"].media_type: {"type": "object"},
}


class ExportKindUnknown(NotFound):
    """There is no such kind of file."""

    message = LocalizedText(
        f"Không có dạng tệp này. Các dạng hiện có: {', '.join(EXPORTS)}.",
        f"There is no such kind of file. Those there are: {', '.join(EXPORTS)}.",
    )


class TableNotMapped(NotFound):
    """GeoJSON was asked of rows that have no place on the map."""

    message = LocalizedText(
        "Bảng này không có tọa độ nên không xuất được GeoJSON.",
        "This table has no coordinates, so there is no GeoJSON of it.",
    )


_GROUPS_NOT_MAPPED = LocalizedText("Nhóm không có vị trí trên bản đồ.", "Groups have no place on the map.")


@describes_files(blueprint, "/tables/<uuid>/export.<kind>", media=_MEDIA, parameters=[TABLE, _KIND, *EXPORT])
def export_table(uuid: str, kind: str) -> Response:
    """A whole table, or all that is asked of it, as a file

    Streamed while it is read, without a limit on rows. A text that a spreadsheet could take for a formula gets an
    apostrophe in CSV. Files of illustrative records have a column that says so.
    """
    return _file(uuid, None, kind)


@describes_files(
    blueprint,
    "/tables/<uuid>/versions/<number>/export.<kind>",
    media=_MEDIA,
    parameters=[TABLE, VERSION, _KIND, *EXPORT],
)
def export_table_version(uuid: str, number: str, kind: str) -> Response:
    """A table as it was in one file version, as a file"""
    return _file(uuid, number, kind)


def _file(uuid: str, number: str | None, kind: str) -> Response:
    question = asked(uuid, number, paged=False)
    if kind not in EXPORTS:
        raise ExportKindUnknown
    if kind not in export_kinds(question.schema):
        raise TableNotMapped
    if kind == "geojson" and question.query.is_grouped:
        raise RowQueryInvalid(fields={"group": _GROUPS_NOT_MAPPED})
    tag = question.tag(f"export.{kind}")
    known = unchanged(tag, is_weak=True)
    if known is not None:
        return known
    response = Response(headers={**SAFE_HEADERS, "Content-Type": EXPORTS[kind].media_type})
    # What other sites may read of it is told by the standing headers of the API.
    del response.headers["Access-Control-Expose-Headers"]
    name = file_name(question.found, question.address.version, kind)
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Link"] = f'<{question.url()}>; rel="describedby"'
    _stream(response, question, kind)
    return tagged(response, tag, is_weak=True)


def _stream(response: Response, question: Asked, kind: str) -> None:
    """The file in pieces; the process that writes it ends with the response, however that ends. HEAD costs nothing."""
    response.direct_passthrough = True
    if request.method == "HEAD":
        response.response = iter(())
        return
    response.response = row_process().export(
        question.query,
        question.schema,
        question.parquet,
        EXPORTS[kind].writer,
        marked=question.is_illustrative,
    )
