"""The outermost step of every request: host check, kept pages and whole-catalogue documents, 304 before any work,
headers, access log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING
from uuid import uuid4

import orjson
import structlog
from sqlalchemy.exc import DatabaseError

from portal.http.cache import Key, Page, PageCache, page_key
from portal.http.compression import Encoding, choose_encoding
from portal.http.conditional import etag, etag_matches, tag_body
from portal.http.credentials import carries_token
from portal.http.documents import DocumentFiles
from portal.http.freshness import Freshness
from portal.http.headers import Headers, add_missing, standing_headers
from portal.http.hosts import host_checker, host_of_target
from portal.observability import metrics
from portal.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_VISIT = "portal.visit"
_BAD_HOST = {
    "type": "about:blank",
    "title": "Bad request",
    "status": 400,
    "code": "host-not-trusted",
    "detail": "Tên máy chủ trong yêu cầu không thuộc cổng này.",
    "detail_i18n": {
        "vi": "Tên máy chủ trong yêu cầu không thuộc cổng này.",
        "en": "The request names a host that is not this portal's.",
    },
}


@dataclass(slots=True)
class Visit:
    """What the front door found out about one request. `version` is empty where nothing may be kept;
    `kept` tells the log how the answer was made, `route` which rule of the application it met, if any."""

    request_id: str
    encoding: Encoding
    key: Key | None = None
    version: str = ""
    digest: str = ""
    kept: str = "made"
    route: str = "-"


def visit_of(environ: WSGIEnvironment) -> Visit:
    """The visit that this request is; an empty one where the front door was not passed."""
    found: Visit | None = environ.get(_VISIT)
    if found is None:
        found = environ[_VISIT] = Visit(uuid4().hex, "")
    return found


def request_id(environ: WSGIEnvironment) -> str:
    """The id that the log and the client know this request by."""
    return visit_of(environ).request_id


class FrontDoor:
    """A WSGI application around another. Pages of anonymous readers are answered here while they are fresh.
    `on_answer` is told of every request and its status, to count them."""

    def __init__(
        self,
        inside: WSGIApplication,
        *,
        settings: Settings,
        freshness: Freshness,
        cache: PageCache,
        session_cookie: str,
        on_answer: Callable[[WSGIEnvironment, int], None],
        documents: DocumentFiles,
        document_routes: Mapping[str, str],
    ) -> None:
        self._inside = inside
        self._freshness = freshness
        self._cache = cache
        self._is_trusted = host_checker(settings.trusted_hosts)
        self._is_https = settings.public_url.startswith("https:")
        self._session_cookie = session_cookie
        self._on_answer = on_answer
        self._documents = documents
        self._document_routes = document_routes
        self._log = structlog.get_logger("portal.access")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request and writes its line in the log once the answer starts."""
        started = time.perf_counter()
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        visit = environ[_VISIT] = Visit(uuid4().hex, choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")))
        standing = standing_headers(path, method, is_https=self._is_https)
        standing.append(("X-Request-Id", visit.request_id))

        def start(status: str, headers: Headers, exc_info: object = None) -> object:
            number, seconds = int(status[:3]), time.perf_counter() - started
            self._on_answer(environ, number)
            metrics.answered(method, visit.route, number, visit.kept, seconds)
            self._log.info(
                "request",
                method=method,
                path=path[:200],
                status=number,
                milliseconds=round(seconds * 1000, 2),
                made=visit.kept,
                request_id=visit.request_id,
            )
            return start_response(status, add_missing(headers, standing), exc_info)  # type: ignore[arg-type]

        if not self._host_is_trusted(environ):
            return _refuse_host(visit, start)  # type: ignore[arg-type]
        if method in ("GET", "HEAD") and not self._is_personal(environ):
            answer = self._from_file if path in self._document_routes else self._from_memory
            answered = answer(environ, visit, path, start)  # type: ignore[arg-type]
            if answered is not None:
                return answered
        return self._inside(environ, start)  # type: ignore[arg-type]

    def _host_is_trusted(self, environ: WSGIEnvironment) -> bool:
        target = host_of_target(environ.get("RAW_URI", "/"))
        return self._is_trusted(environ.get("HTTP_HOST", "")) and (target is None or self._is_trusted(target))

    def _is_personal(self, environ: WSGIEnvironment) -> bool:
        return carries_token(environ) or f"{self._session_cookie}=" in environ.get("HTTP_COOKIE", "")

    def _from_memory(
        self, environ: WSGIEnvironment, visit: Visit, path: str, start: StartResponse
    ) -> Iterable[bytes] | None:
        """The kept page or a 304; None when the app must answer, which then finds all it needs in `visit`."""
        if path.startswith(("/static/", "/health/")):
            return None
        visit.key = page_key(path, environ.get("QUERY_STRING", ""))
        if visit.key is None:
            return None
        try:
            visit.version = self._freshness.key()
        except DatabaseError:
            # The view meets the same failure and answers it; nothing is kept meanwhile.
            return None
        visit.digest = _digest(visit.version, visit.key)
        asked = environ.get("HTTP_IF_NONE_MATCH", "")
        page = self._cache.get(visit.key, visit.version)
        if page is None:
            known = tag_body(asked, visit.digest, visit.encoding) if asked else None
            return None if known is None else _not_modified(visit, known, start)
        tag = etag(page.tag, visit.encoding if page.is_compressible else "")
        if asked and etag_matches(asked, tag):
            visit.route = page.route
            return _not_modified(visit, tag, start)
        return _send(page, tag, visit, environ["REQUEST_METHOD"], start)

    def _from_file(
        self, environ: WSGIEnvironment, visit: Visit, path: str, start: StartResponse
    ) -> Iterable[bytes] | None:
        """A whole-catalogue document; None for a page of it, and when only the app can tell why there is none."""
        if environ.get("QUERY_STRING"):
            return self._from_memory(environ, visit, path, start)
        try:
            reply = self._documents.reply(environ, path[1:], visit.encoding)
        except OSError:
            return None
        if reply is None:
            return None
        visit.route = self._document_routes[path]
        start(f"{reply.status} {reply.status.phrase}", reply.headers)
        return reply.body


def _digest(version: str, key: Key) -> str:
    return blake2b("\0".join((version, *key)).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _not_modified(visit: Visit, tag: str, start: StartResponse) -> Iterable[bytes]:
    visit.kept = "not-modified"
    start("304 Not Modified", [("ETag", tag), ("Vary", "Accept-Encoding")])
    return ()


def _send(page: Page, tag: str, visit: Visit, method: str, start: StartResponse) -> Iterable[bytes]:
    visit.kept, visit.route = "kept", page.route
    encoding: Encoding = visit.encoding if page.is_compressible else ""
    body = page.body(encoding)
    headers = [*page.headers, ("ETag", tag), ("Content-Length", str(len(body)))]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    start("200 OK", headers)
    return () if method == "HEAD" else (body,)


def _refuse_host(visit: Visit, start: StartResponse) -> Iterable[bytes]:
    body = orjson.dumps({**_BAD_HOST, "request_id": visit.request_id})
    start(
        "400 Bad Request",
        [
            ("Content-Type", "application/problem+json"),
            ("Cache-Control", "no-store"),
            ("Content-Length", str(len(body))),
        ],
    )
    return (body,)
