"""Every failure as one shape: problem+json (RFC 9457) for programs, a page for people where there is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson
import structlog
from flask import Flask, Response, current_app, request
from sqlalchemy.exc import DatabaseError, DataError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from portal import links
from portal.accounts.authentication import TokenMissing, Unauthenticated
from portal.catalog.policies import ScopeMissing
from portal.catalog.services.datasets import Withdrawn
from portal.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PortalError,
    TooLarge,
    Unavailable,
)
from portal.exchange.v1 import tombstone
from portal.exchange.values import JsonValue
from portal.files.storage.base import StorageFull
from portal.http import context, locale
from portal.http.bodies import BodyUnreadable
from portal.http.frontdoor import request_id
from portal.http.limits import TooManyRequests
from portal.http.preconditions import PreconditionMissing, VersionStale, of_stale_data
from portal.text import Language, LocalizedText

STATUS: dict[type[PortalError], int] = {
    Withdrawn: 410,
    Unauthenticated: 401,
    VersionStale: 412,
    PreconditionMissing: 428,
    BodyUnreadable: 400,
    NotFound: 404,
    Invalid: 422,
    Forbidden: 403,
    Conflict: 409,
    TooLarge: 413,
    Unavailable: 503,
    StorageFull: 507,
    TooManyRequests: 429,
}
_MACHINE_PATHS = ("/api/", "/catalog.", "/dataset/", "/datastore/", "/health/", "/oai/")
_PAGE_KEY = "portal.error_page"
_DIALECT_KEY = "portal.error_dialects"
# SQLite and PostgreSQL; there is no class for it that both have.
_DISK_FULL = re.compile(r"disk is full|No space left on device", re.IGNORECASE)
_NUL = re.compile(r"\bNUL\b")
_REALM = 'Bearer realm="open data portal"'

_TITLES: dict[int, LocalizedText] = {
    400: LocalizedText("Yêu cầu không đọc được", "Bad request"),
    401: LocalizedText("Cần xác thực", "Not authenticated"),
    403: LocalizedText("Không được phép", "Forbidden"),
    404: LocalizedText("Không tìm thấy", "Not found"),
    405: LocalizedText("Phương thức không được hỗ trợ", "Method not allowed"),
    406: LocalizedText("Không có dạng dữ liệu được yêu cầu", "Not acceptable"),
    409: LocalizedText("Xung đột dữ liệu", "Conflict"),
    410: LocalizedText("Đã được rút", "Gone"),
    412: LocalizedText("Phiên bản đã cũ", "Precondition failed"),
    413: LocalizedText("Nội dung quá lớn", "Content too large"),
    414: LocalizedText("Địa chỉ quá dài", "Address too long"),
    415: LocalizedText("Loại nội dung không được hỗ trợ", "Unsupported media type"),
    416: LocalizedText("Khoảng byte không có trong tệp", "Range not satisfiable"),
    422: LocalizedText("Dữ liệu gửi lên chưa hợp lệ", "Invalid input"),
    428: LocalizedText("Thiếu điều kiện", "Precondition required"),
    429: LocalizedText("Quá nhiều yêu cầu", "Too many requests"),
    500: LocalizedText("Lỗi ngoài dự kiến", "Unexpected error"),
    503: LocalizedText("Tạm thời chưa phục vụ được", "Temporarily unavailable"),
    507: LocalizedText("Hết dung lượng lưu trữ", "Insufficient storage"),
}
_DETAILS: dict[int, LocalizedText] = {
    400: LocalizedText("Yêu cầu sai cú pháp.", "The request is malformed."),
    404: NotFound.message,
    405: LocalizedText(
        "Địa chỉ này không nhận phương thức vừa dùng; tiêu đề Allow liệt kê các phương thức được nhận.",
        "This address does not take that method; the Allow header lists those it takes.",
    ),
    413: TooLarge.message,
    415: LocalizedText(
        "Địa chỉ này không nhận loại nội dung vừa gửi.", "This address does not take that content type."
    ),
    422: Invalid.message,
    500: LocalizedText(
        "Đã xảy ra lỗi ngoài dự kiến và lỗi đã được ghi lại. Khi liên hệ, vui lòng gửi kèm mã sự cố.",
        "Something unexpected went wrong and was recorded. Please quote the incident when you write to us.",
    ),
}
_CODES = {404: "address-not-found", 413: "content-too-large", 422: "invalid", 500: "unexpected-error"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One failure, told in both languages. `facts`: further members of the document; `headers`: of the answer."""

    status: int
    code: str
    detail: LocalizedText
    fields: Mapping[str, LocalizedText] = field(default_factory=dict)
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> LocalizedText:
        """What kind of failure this is, the same for all of one status."""
        return _TITLES.get(self.status, _TITLES[500 if self.status >= 500 else 400])


ErrorPage = Callable[[Problem, Language], str]
"""Makes the HTML of a failure."""


def install(app: Flask) -> None:
    """Answers every failure of `app`."""
    app.register_error_handler(PortalError, lambda error: answer(of_error(error)))
    app.register_error_handler(StaleDataError, lambda error: answer(of_error(of_stale_data(error))))
    app.register_error_handler(DatabaseError, lambda error: answer(of_database(error)))
    app.register_error_handler(HTTPException, lambda error: answer(of_http(error)))
    app.register_error_handler(Exception, lambda error: answer(of_accident(error)))


Dialect = Callable[[Problem], Response]
"""Tells of a failure as the clients of some addresses expect it."""


def use_dialect(app: Flask, paths: tuple[str, ...], write: Dialect) -> None:
    """Answers failures under these paths by `write`."""
    app.extensions.setdefault(_DIALECT_KEY, []).append((paths, write))


def use_error_page(app: Flask, page: ErrorPage) -> None:
    """Shows `page` to people for failures outside the machines' addresses."""
    app.extensions[_PAGE_KEY] = page


def status_of(error: PortalError) -> int:
    """The status of the nearest kind in the table."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def of_error(error: PortalError) -> Problem:
    """A failure that the portal knows by name."""
    status = status_of(error)
    facts: dict[str, JsonValue] = {}
    headers = _challenge(error)
    if isinstance(error, Withdrawn):
        facts["withdrawn"] = tombstone(error.dataset, context.portal().settings.public_url)
    if isinstance(error, VersionStale) and error.current is not None:
        facts["current_version"] = error.current
    if status >= 500 and not (isinstance(error, Unavailable) and not error.is_incident):
        facts["incident"] = _record(error)
    return Problem(status, error.code, error.text, error.fields, facts, headers)


def _challenge(error: PortalError) -> dict[str, str]:
    """Tells programs how to come back: with a better token (RFC 6750), or later."""
    match error:
        case Unavailable(retry_after_seconds=seconds):
            return {"Retry-After": str(seconds)}
        case TokenMissing():
            return {"WWW-Authenticate": _REALM}
        case Unauthenticated():
            return {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
        case ScopeMissing(scope=scope):
            return {"WWW-Authenticate": f'{_REALM}, error="insufficient_scope", scope="{scope}"'}
        case TooManyRequests(seconds=seconds):
            return {"Retry-After": str(seconds)}
    return {}


def of_http(error: HTTPException) -> Problem:
    """A failure found by Flask: no such address, wrong method, a body too large."""
    status = error.code or 500
    if status == 500:
        return of_accident(error)
    allow = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        allow = {"Allow": ", ".join(sorted(error.valid_methods))}
    code = _CODES.get(status, error.name.lower().replace(" ", "-"))
    return Problem(status, code, _DETAILS.get(status, _DETAILS[400]), headers=allow)


class DatabaseUnavailable(Unavailable):
    """The catalogue cannot be read: locked, damaged, or its server is away."""


def of_database(error: DatabaseError) -> Problem:
    """A database that is away or damaged is an outage; a statement it refuses is our mistake."""
    if isinstance(error, DataError) and _NUL.search(str(error.orig)):
        # PostgreSQL keeps no such text: nothing is named so, and nothing can be.
        status = 404 if request.method in ("GET", "HEAD") else 400
        return Problem(status, _CODES.get(status, "bad-request"), _DETAILS[status])
    if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
        return of_accident(error)
    headers = {"Retry-After": str(Unavailable.retry_after_seconds)}
    facts = {"incident": _record(error)}
    if _DISK_FULL.search(str(error.orig)):
        return Problem(507, StorageFull().code, StorageFull.message, facts=facts, headers=headers)
    return Problem(503, DatabaseUnavailable().code, Unavailable.message, facts=facts, headers=headers)


def of_accident(error: Exception) -> Problem:
    """A failure that nobody foresaw: the client learns an incident id, the log everything."""
    return Problem(500, _CODES[500], _DETAILS[500], facts={"incident": _record(error)})


def answer(problem: Problem) -> Response:
    """The failure in the form and language of this request."""
    for paths, write in current_app.extensions.get(_DIALECT_KEY, ()):
        if request.path.startswith(paths):
            return _finished(write(problem), problem)
    language = locale.language()
    page: ErrorPage | None = current_app.extensions.get(_PAGE_KEY)
    reads_pages = request.accept_mimetypes.quality("text/html") > 0
    if page and reads_pages and not f"{request.path}/".startswith(_MACHINE_PATHS):
        response = Response(page(problem, language), mimetype="text/html")
    else:
        base_url = context.portal().settings.public_url
        body = orjson.dumps(problem_document(problem, language, base_url))
        response = Response(body, mimetype="application/problem+json")
    response.status_code = problem.status
    return _finished(response, problem)


def _finished(response: Response, problem: Problem) -> Response:
    response.headers.extend(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def problem_document(problem: Problem, language: Language, base_url: str) -> dict[str, JsonValue]:
    """The members of RFC 9457 and ours."""
    developers = links.absolute(base_url, links.page("developers", language))
    document: dict[str, JsonValue] = {
        "type": f"{developers}#{problem.code}",
        "title": problem.title.in_language(language),
        "status": problem.status,
        "detail": problem.detail.in_language(language),
        "code": problem.code,
        "title_i18n": _both(problem.title),
        "detail_i18n": _both(problem.detail),
        "request_id": request_id(request.environ),
        **problem.facts,
    }
    if problem.fields:
        document["fields"] = {name: text.in_language(language) for name, text in problem.fields.items()}
        document["fields_i18n"] = {name: _both(text) for name, text in problem.fields.items()}
    return document


def _both(text: LocalizedText) -> dict[str, JsonValue]:
    return {"vi": text.vi, "en": text.en or text.vi}


def _record(error: Exception) -> str:
    """Writes the failure to the log under the request's id, which the client is told."""
    incident = request_id(request.environ)
    structlog.get_logger().error(
        "request failed", incident=incident, method=request.method, path=request.path[:200], exc_info=error
    )
    return incident
