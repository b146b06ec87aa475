"""Sends stored files: conditional, resumable, and never rendered as a page of ours.

Behind nginx (`accel_location`), which then answers ranges itself, most headers of our answer are dropped.
Its internal location must repeat them: `etag off; add_header ETag $upstream_http_etag always;` and so on.
"""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from flask import Response, request
from werkzeug.http import http_date, is_resource_modified

from portal.files.formats import safe_content_type
from portal.files.names import content_disposition
from portal.files.ranges import Part, Unsatisfiable, repr_digest
from portal.files.storage.base import FileDamaged, FileMissing, Storage, relative_path
from portal.http.file_bodies import file_body, selected_range

# A version never changes, but it may be withdrawn: a shared cache must not keep it much longer than a day.
FOREVER = "public, max-age=86400, immutable"
SHORTLY = "public, max-age=60"
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Last-Modified, Repr-Digest"
    ),
}


def send_stored(
    storage: Storage,
    *,
    sha256: str,
    byte_size: int,
    name: str,
    media_type: str,
    last_modified: datetime,
    accel_location: str,
    immutable: bool,
) -> Response:
    """The answer to GET or HEAD of a registered file: 200, 206, 304, 412 or 416.

    `immutable`: the address names one version for ever. `accel_location`: nginx's internal location or empty.
    Raises FileDamaged when the stored bytes are absent or of another length.
    """
    etag = f'"{sha256}"'
    response = _bare(sha256, last_modified, FOREVER if immutable else SHORTLY)
    if not is_resource_modified(request.environ, etag, last_modified=last_modified):
        response.status_code = 412 if request.if_match else 304
        return response
    selected = None if accel_location else selected_range(request.environ, etag, byte_size)
    if isinstance(selected, Unsatisfiable):
        response.status_code = 416
        response.headers["Content-Range"] = selected.content_range
        return response
    response.headers["Content-Type"] = safe_content_type(media_type)
    response.headers["Content-Disposition"] = content_disposition(name)
    if accel_location:
        # nginx adds its own.
        del response.headers["Accept-Ranges"]
        response.headers["X-Accel-Redirect"] = f"{accel_location.rstrip('/')}/{relative_path(sha256)}"
        return response
    if selected is not None:
        response.status_code = 206
        response.headers["Content-Range"] = selected.content_range
    file = _open_whole(storage, sha256, byte_size)
    return _with_body(response, file, selected or Part(0, byte_size, byte_size))


def _bare(sha256: str, last_modified: datetime, cache_control: str) -> Response:
    """What every answer about these bytes carries, without any body."""
    own = {
        "ETag": f'"{sha256}"',
        "Last-Modified": http_date(last_modified),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "Repr-Digest": repr_digest(sha256),
    }
    response = Response(headers=SAFE_HEADERS | own)
    # Flask's default; an answer without content has no type.
    del response.headers["Content-Type"]
    return response


def _with_body(response: Response, file: BinaryIO, part: Part) -> Response:
    """The answer with these bytes of an open file, which it closes in the end; without any for HEAD."""
    response.content_length = part.length
    response.direct_passthrough = True
    response.response = file_body(request.environ, file, part)
    return response


def _open_whole(storage: Storage, sha256: str, byte_size: int) -> BinaryIO:
    try:
        if storage.size(sha256) == byte_size:
            return storage.open(sha256)
    except FileMissing as error:
        raise FileDamaged from error
    raise FileDamaged
