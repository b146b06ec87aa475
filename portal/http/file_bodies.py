"""Bodies that are an open file or a part of it, for Flask's answers and for those that are made before it."""

from __future__ import annotations

from collections.abc import Iterable
from io import FileIO
from typing import TYPE_CHECKING, BinaryIO, cast

from werkzeug.wsgi import wrap_file

from portal.files.ranges import Part, Unsatisfiable, select_range

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

BLOCK_BYTES = 256 * 1024


def selected_range(environ: WSGIEnvironment, etag: str, byte_size: int) -> Part | Unsatisfiable | None:
    """RFC 9110 defines ranges for GET alone."""
    if environ["REQUEST_METHOD"] != "GET":
        return None
    return select_range(
        environ.get("HTTP_RANGE"), environ.get("HTTP_IF_RANGE"), etag=etag, byte_size=byte_size
    )


def file_body(environ: WSGIEnvironment, file: BinaryIO | FileIO, part: Part) -> Iterable[bytes]:
    """These bytes of an open file, which is closed in the end; none for HEAD."""
    if environ["REQUEST_METHOD"] == "HEAD":
        file.close()
        return ()
    # The wrapper of PEP 3333 needs read() and perhaps close() and fileno() alone.
    return wrap_file(environ, cast(BinaryIO, _Window(file, part)), BLOCK_BYTES)


class _Window:
    """A part of an open file that reads as a file of its own, so that any server's file wrapper stops at its
    end; one that calls sendfile() takes the descriptor, which stands at the start, and Content-Length."""

    def __init__(self, file: BinaryIO | FileIO, part: Part) -> None:
        file.seek(part.start)
        self._file = file
        self._left = part.length

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(self._left if size < 0 else min(size, self._left)) or b""
        self._left -= len(block)
        return block

    def fileno(self) -> int:
        return self._file.fileno()

    def seek(self, offset: int) -> int:
        return self._file.seek(offset)

    def close(self) -> None:
        self._file.close()
