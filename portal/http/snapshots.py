"""Sends whole-catalogue documents as the worker left them: conditional, resumable, compressed beforehand."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BufferedReader

from flask import Response, request
from werkzeug.http import http_date, is_resource_modified

from portal.errors import Unavailable
from portal.exchange.snapshots import Snapshot, Snapshots
from portal.exchange.whole_catalogue import DOCUMENTS, Audience
from portal.files.ranges import Part, Unsatisfiable
from portal.http import context
from portal.http.answers import PUBLIC
from portal.http.compression import Encoding
from portal.http.conditional import etag
from portal.http.downloads import selected_range, with_body
from portal.http.frontdoor import visit_of
from portal.text import LocalizedText


class DocumentNotReady(Unavailable):
    """The worker has not yet written the document, or not yet with the present settings."""

    message = LocalizedText(
        "Tài liệu này đang được tạo. Vui lòng thử lại sau ít phút.",
        "This document is being made. Please try again in a few minutes.",
    )


def send_document(document: str) -> Response:
    """The newest of `DOCUMENTS` with this name: 200, 206, 304, 412 or 416. Raises DocumentNotReady."""
    encoding = visit_of(request.environ).encoding
    snapshot, file = _open(document, encoding)
    tag = etag(f"{snapshot.name}-{document}", encoding)
    modified = datetime.fromtimestamp(snapshot.path(document).stat().st_mtime, UTC)
    response = _bare(tag, modified)
    if not is_resource_modified(request.environ, tag, last_modified=modified):
        file.close()
        response.status_code = 412 if request.if_match else 304
        return response
    size = file.seek(0, 2)
    selected = selected_range(tag, size)
    if isinstance(selected, Unsatisfiable):
        file.close()
        response.status_code = 416
        response.headers["Content-Range"] = selected.content_range
        return response
    if selected is not None:
        response.status_code = 206
        response.headers["Content-Range"] = selected.content_range
    response.headers["Content-Type"] = f"{DOCUMENTS[document].media_type}; charset=utf-8"
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return with_body(response, file, selected or Part(0, size, size))


def _open(document: str, encoding: Encoding) -> tuple[Snapshot, BufferedReader]:
    """Looks twice: between reading the newest one's name and opening a file it may have been replaced."""
    settings = context.portal().settings
    wanted = Audience(settings.public_url, settings.hide_illustrative).key
    for _ in range(2):
        snapshot = Snapshots(settings.snapshots_folder).current()
        if snapshot is None or snapshot.audience != wanted:
            break
        try:
            return snapshot, snapshot.path(document, encoding).open("rb")
        except FileNotFoundError:
            continue
    raise DocumentNotReady


def _bare(tag: str, modified: datetime) -> Response:
    response = Response(
        headers={
            "ETag": tag,
            "Last-Modified": http_date(modified),
            "Cache-Control": PUBLIC,
            "Vary": "Accept-Encoding",
            "Accept-Ranges": "bytes",
        }
    )
    # Flask's default; an answer without content has no type.
    del response.headers["Content-Type"]
    return response
