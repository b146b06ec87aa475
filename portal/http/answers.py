"""Public answers: how a view says that its answer is the same for everyone, and the last step of each."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request

from portal.http.cache import Page, PageCache
from portal.http.compression import Encoding, compress, compressible
from portal.http.conditional import etag, etag_matches
from portal.http.credentials import carries_token
from portal.http.frontdoor import Visit, visit_of
from portal.http.headers import PUBLIC
from portal.http.preconditions import tag_of

PRIVATE = "private, no-store"
# For addresses that name the very content.
FOREVER_SECONDS = 365 * 24 * 3600
_CACHE_KEY = "portal.page_cache"


def install(app: Flask, cache: PageCache) -> None:
    """Finishes every answer of `app`: caching, ETag, encoding."""
    app.extensions[_CACHE_KEY] = cache
    app.after_request(_finish)


def public(response: Response, *, version: int | None = None, seconds: int = 0) -> Response:
    """Marks an answer that depends on the address, the catalogue and the index alone. `version` of the
    record that is shown, if it is one: the ETag begins with it. `seconds`: how long it need not be asked
    for again."""
    g.public_version = version
    g.public_seconds = seconds
    return response


def degraded() -> None:
    """Tells that this answer is made without one of the portal's parts: it must not be kept by anybody."""
    g.degraded = True


def _finish(response: Response) -> Response:
    visit = visit_of(request.environ)
    if request.url_rule is not None:
        visit.route = request.url_rule.rule
    if carries_token(request.environ):
        _make_private(response)
    elif _may_be_kept(response, visit):
        return _finish_public(response, visit)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if not response.direct_passthrough and not response.is_streamed:
        body, encoding = response.get_data(), visit.encoding
        if encoding and compressible(response.content_type or "", len(body)):
            _encode(response, compress(body, encoding), encoding)
            if "ETag" in response.headers:
                response.headers["ETag"] = etag(response.headers["ETag"].strip('"'), encoding)
    return response


def _make_private(response: Response) -> None:
    """What somebody with a token was told is for them alone. The ETag is for If-Match; there is no 304:
    the version of one record does not tell whether the names of others in its form have changed."""
    response.headers["Cache-Control"] = PRIVATE
    if g.get("public_version") and response.status_code == 200 and "ETag" not in response.headers:
        response.headers["ETag"] = tag_of(g.public_version, response.get_data())


def _may_be_kept(response: Response, visit: Visit) -> bool:
    return (
        "public_version" in g
        and "degraded" not in g
        and response.status_code == 200
        and bool(visit.version)
        and "Set-Cookie" not in response.headers
    )


def _finish_public(response: Response, visit: Visit) -> Response:
    assert visit.key is not None
    seconds: int = g.public_seconds
    response.headers["Cache-Control"] = _kept_for(seconds) if seconds else PUBLIC
    response.headers["Vary"] = "Accept-Encoding"
    page = Page(
        headers=tuple((name, value) for name, value in response.headers if name != "Content-Length"),
        content_type=response.content_type or "",
        tag=f"{_version()}-{visit.digest}",
        bodies={"": response.get_data()},
        route=visit.route,
    )
    encoding: Encoding = visit.encoding if page.is_compressible else ""
    if encoding:
        _encode(response, page.body(encoding), encoding)
    cache: PageCache = current_app.extensions[_CACHE_KEY]
    cache.put(visit.key, visit.version, page)
    tag = etag(page.tag, encoding)
    response.headers["ETag"] = tag
    if etag_matches(request.headers.get("If-None-Match", ""), tag):
        response.status_code = 304
        response.set_data(b"")
        for name in ("Content-Length", "Content-Type", "Content-Encoding"):
            response.headers.pop(name, None)
    return response


def _kept_for(seconds: int) -> str:
    return f"public, max-age={seconds}{', immutable' if seconds >= FOREVER_SECONDS else ''}"


def _version() -> int:
    """The shown record's version; for lists, which change with any record, 0."""
    version: int | None = g.public_version
    return version or 0


def _encode(response: Response, body: bytes, encoding: Encoding) -> None:
    response.set_data(body)
    response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
