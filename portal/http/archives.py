"""Sends a dataset as one ZIP that is written while it is sent: nothing of it is kept, its length is told beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, request
from werkzeug.http import is_resource_modified
from zipstream import ZipStream

from portal.exchange.archive import Archive
from portal.files.names import content_disposition
from portal.files.storage.base import FileDamaged, FileMissing, Storage
from portal.http.downloads import SAFE_HEADERS, SHORTLY

_BLOCK_BYTES = 256 * 1024


def send_archive(storage: Storage, archive: Archive) -> Response:
    """200 or 304. Raises FileDamaged, before the first byte, when a file is absent or of another length."""
    # Weak: the ZIP tells when it was written, else the same content is the same archive.
    tag = f'W/"{archive.tag}"'
    response = Response(headers={**SAFE_HEADERS, "ETag": tag, "Cache-Control": SHORTLY})
    if not is_resource_modified(request.environ, tag):
        response.status_code = 304
        del response.headers["Content-Type"]
        return response
    _require_files(storage, archive)
    # Stored, not compressed: only so its length is known before it is written.
    stream = ZipStream(sized=True)
    for written in archive.written:
        stream.add(written.content, written.name)
    for stored in archive.stored:
        stream.add(_blocks(storage, stored.sha256), stored.name, size=stored.byte_size)
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = content_disposition(archive.file_name)
    response.content_length = len(stream)
    if request.method != "HEAD":
        response.direct_passthrough = True
        response.response = iter(stream)
    return response


def _require_files(storage: Storage, archive: Archive) -> None:
    for each in archive.stored:
        try:
            if storage.size(each.sha256) != each.byte_size:
                raise FileDamaged
        except FileMissing as error:
            raise FileDamaged from error


def _blocks(storage: Storage, sha256: str) -> Iterator[bytes]:
    """The file in blocks, opened when its turn comes."""
    with storage.open(sha256) as file:
        while block := file.read(_BLOCK_BYTES):
            yield block
