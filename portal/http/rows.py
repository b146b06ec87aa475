"""The row process of this web process, and how its answers are kept: by what they were made of, never in memory."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from flask import Flask, Response, current_app, request

from portal.catalog.models import DataTable
from portal.errors import Unavailable
from portal.http import context
from portal.http.conditional import etag, etag_matches
from portal.http.credentials import carries_token
from portal.http.freshness import build_id
from portal.http.frontdoor import visit_of
from portal.http.headers import PUBLIC
from portal.settings import Settings
from portal.tables.differences.asking import Comparisons
from portal.tables.rows import RowProcess
from portal.text import LocalizedText

_KEY = "portal.rows"


class TableAway(Unavailable):
    """The rows of a table are lost; the worker makes them anew from the file."""

    message = LocalizedText(
        "Bảng này đang được đọc lại từ tệp. Vui lòng thử lại sau ít phút.",
        "This table is being read again from its file. Please try again in a few minutes.",
    )
    retry_after_seconds = 60


class _Rows:
    """Makes the process in the worker that asks, never before a fork."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._process: RowProcess | None = None
        self._comparisons: Comparisons | None = None

    def process(self) -> RowProcess:
        with self._lock:
            if self._process is None:
                self._process = RowProcess(self._settings.tables_folder, self._settings.row_slots_folder)
            return self._process

    def comparisons(self) -> Comparisons:
        process = self.process()
        with self._lock:
            if self._comparisons is None:
                self._comparisons = Comparisons(process)
            return self._comparisons

    @cached_property
    def build(self) -> str:
        return build_id(self._settings)


def install(app: Flask, settings: Settings) -> None:
    """Lets views of `app` ask for rows."""
    app.extensions[_KEY] = _Rows(settings)


def parquet_of(table: DataTable) -> Path:
    """Where the rows of a table lie. Raises TableAway."""
    tables = context.portal().tables
    path = tables.local_path(table.sha256) if tables.exists(table.sha256) else None
    if path is None:
        raise TableAway
    return path


def row_process() -> RowProcess:
    """What answers row queries in this web process; safe for threads."""
    rows: _Rows = current_app.extensions[_KEY]
    return rows.process()


def comparisons() -> Comparisons:
    """What compares versions of tables in this web process; safe for threads."""
    rows: _Rows = current_app.extensions[_KEY]
    return rows.comparisons()


def rows_tag(sha256: str, *parts: object) -> str:
    """The ETag, without quotes, of what is made of a Parquet file by this portal's code; `parts`: all else that it
    depends on. Its form is another than that of kept pages, which the front door answers for by itself."""
    rows: _Rows = current_app.extensions[_KEY]
    digest = blake2b(repr((rows.build, parts)).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"rows-{sha256[:16]}-{digest}"


def unchanged(tag: str, *, is_weak: bool = False) -> Response | None:
    """304 for an anonymous reader who has this answer already, in any encoding that it may be sent in. `is_weak`:
    its bytes tell when they were written, too."""
    if carries_token(request.environ):
        return None
    asked = request.headers.get("If-None-Match", "")
    forms = {etag(tag, ""), etag(tag, visit_of(request.environ).encoding)}
    known = next((each for each in forms if asked and etag_matches(asked, each)), None)
    if known is None:
        return None
    response = Response(status=304)
    del response.headers["Content-Type"]
    response.headers["ETag"] = f"W/{known}" if is_weak else known
    return _kept(response)


def tagged(response: Response, tag: str, *, is_weak: bool = False) -> Response:
    """The whole answer under its tag. Readers keep it and ask again each time; what somebody with a token was told
    is for them alone (`portal.http.answers`)."""
    if not carries_token(request.environ):
        response.headers["ETag"] = f"W/{etag(tag, '')}" if is_weak else etag(tag, "")
    return _kept(response)


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = PUBLIC
    response.headers["Vary"] = "Accept-Encoding"
    return response
