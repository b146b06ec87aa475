"""Sends stored files: conditional, resumable, and never rendered as a page of ours.

Behind nginx (`accel_location`), which then answers ranges itself, most headers of our answer are dropped.
Its internal location must repeat them: `etag off; add_header ETag $upstream_http_etag always;` and so on.
"""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO, cast

from flask import Response, request
from werkzeug.http import http_date, is_resource_modified
from werkzeug.wsgi import wrap_file

from portal.files.formats import safe_content_type
from portal.files.names import content_disposition
from portal.files.ranges import Part, Unsatisfiable, repr_digest, select_range
from portal.files.storage.base import FileDamaged, FileMissing, Storage, relative_path

BLOCK_BYTES = 256 * 1024
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
    selected = None if accel_location else selected_range(etag, byte_size)
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
    return with_body(response, file, selected or Part(0, byte_size, byte_size))


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


def with_body(response: Response, file: BinaryIO, part: Part) -> Response:
    """The answer with these bytes of an open file, which it closes in the end; without any for HEAD."""
    response.content_length = part.length
    if request.method == "HEAD":
        file.close()
    else:
        response.direct_passthrough = True
        # The wrapper of PEP 3333 needs read() and perhaps close() and fileno() alone.
        response.response = wrap_file(request.environ, cast(BinaryIO, _Window(file, part)), BLOCK_BYTES)
    return response


def selected_range(etag: str, byte_size: int) -> Part | Unsatisfiable | None:
    """RFC 9110 defines ranges for GET alone."""
    if request.method != "GET":
        return None
    return select_range(
        request.headers.get("Range"), request.headers.get("If-Range"), etag=etag, byte_size=byte_size
    )


def _open_whole(storage: Storage, sha256: str, byte_size: int) -> BinaryIO:
    try:
        if storage.size(sha256) == byte_size:
            return storage.open(sha256)
    except FileMissing as error:
        raise FileDamaged from error
    raise FileDamaged


class _Window:
    """A part of an open file that reads as a file of its own, so that any server's file wrapper stops at its
    end; one that calls sendfile() takes the descriptor, which stands at the start, and Content-Length."""

    def __init__(self, file: BinaryIO, part: Part) -> None:
        file.seek(part.start)
        self._file = file
        self._left = part.length

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(block)
        return block

    def fileno(self) -> int:
        return self._file.fileno()

    def seek(self, offset: int) -> int:
        return self._file.seek(offset)

    def close(self) -> None:
        self._file.close()
