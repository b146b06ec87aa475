"""Whole-catalogue documents as the worker left them: conditional, resumable, compressed beforehand.

Knows no Flask: the front door sends them before any other work, and a view what the front door leaves to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import FileIO
from typing import TYPE_CHECKING

from werkzeug.http import http_date, is_resource_modified, parse_etags

from portal.exchange.bulk import CSV
from portal.exchange.snapshots import Snapshot, Snapshots
from portal.exchange.whole_catalogue import DOCUMENTS, Audience
from portal.files.names import content_disposition
from portal.files.ranges import Part, Unsatisfiable
from portal.http.compression import Encoding
from portal.http.conditional import etag
from portal.http.file_bodies import file_body, selected_range
from portal.http.headers import PUBLIC, Headers
from portal.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH")
# A table is for a spreadsheet: browsers save it under its name.
_SAVED = frozenset({CSV})
_EMPTY = ("Content-Length", "0")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of HTTP without those headers that every answer carries."""

    status: HTTPStatus
    headers: Headers
    body: Iterable[bytes] = ()


@dataclass(frozen=True, slots=True)
class _Form:
    """One encoding of one document, and what is said about it: the same for as long as its snapshot is sent."""

    snapshot: Snapshot
    path: str
    tag: str
    modified: datetime
    # With any answer; with any but 304; with content alone.
    about: Headers
    date: Headers
    content: Headers


class DocumentFiles:
    """The documents for the readers that these settings have. Safe for many threads."""

    def __init__(self, settings: Settings) -> None:
        self._snapshots = Snapshots(settings.snapshots_folder)
        self._audience = Audience(settings.public_url, settings.hide_illustrative).key
        self._forms: dict[tuple[str, Encoding], _Form] = {}

    def reply(self, environ: WSGIEnvironment, document: str, encoding: Encoding) -> Reply | None:
        """The newest of `DOCUMENTS` with this name: 200, 206, 304, 412 or 416; None while there is none.

        Looks twice: between reading the newest one's name and opening a file it may have been replaced.
        """
        for _ in range(2):
            snapshot = self._snapshots.current()
            if snapshot is None or snapshot.audience != self._audience:
                break
            try:
                form = self._form(snapshot, document, encoding)
                file = FileIO(form.path)
            except FileNotFoundError:
                continue
            return _reply(environ, file, form)
        return None

    def _form(self, snapshot: Snapshot, document: str, encoding: Encoding) -> _Form:
        known = self._forms.get((document, encoding))
        if known is not None and known.snapshot is snapshot:
            return known
        made = self._forms[document, encoding] = _form_of(snapshot, document, encoding)
        return made


def _form_of(snapshot: Snapshot, document: str, encoding: Encoding) -> _Form:
    modified = datetime.fromtimestamp(snapshot.path(document).stat().st_mtime, UTC)
    tag = etag(f"{snapshot.name}-{document}", encoding)
    about = [
        ("ETag", tag),
        ("Cache-Control", PUBLIC),
        ("Vary", "Accept-Encoding"),
        ("Accept-Ranges", "bytes"),
    ]
    if document in _SAVED:
        about.append(("Content-Disposition", content_disposition(document)))
    content = [("Content-Type", f"{DOCUMENTS[document].media_type}; charset=utf-8")]
    if encoding:
        content.append(("Content-Encoding", encoding))
    return _Form(
        snapshot,
        str(snapshot.path(document, encoding)),
        tag,
        modified,
        about=about,
        date=[("Last-Modified", http_date(modified))],
        content=content,
    )


def _reply(environ: WSGIEnvironment, file: FileIO, form: _Form) -> Reply:
    is_asked_conditionally = any(name in environ for name in _CONDITIONS)
    if is_asked_conditionally and not is_resource_modified(environ, form.tag, last_modified=form.modified):
        file.close()
        if not parse_etags(environ.get("HTTP_IF_MATCH")):
            return Reply(HTTPStatus.NOT_MODIFIED, form.about)
        return Reply(HTTPStatus.PRECONDITION_FAILED, [*form.about, *form.date, _EMPTY])
    size = os.fstat(file.fileno()).st_size
    selected = selected_range(environ, form.tag, size)
    if isinstance(selected, Unsatisfiable):
        file.close()
        told = [("Content-Range", selected.content_range), _EMPTY]
        return Reply(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, [*form.about, *form.date, *told])
    part = selected or Part(0, size, size)
    headers = [*form.about, *form.date, *form.content, ("Content-Length", str(part.length))]
    if selected is not None:
        headers.append(("Content-Range", selected.content_range))
    status = HTTPStatus.OK if selected is None else HTTPStatus.PARTIAL_CONTENT
    return Reply(status, headers, file_body(environ, file, part))
