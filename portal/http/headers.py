"""Headers that every answer carries, whoever made it: security, and who may read it from elsewhere."""

from __future__ import annotations

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# For the few pages that other sites may show in a frame: nothing on them acts for anybody.
FRAMEABLE = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
# Answers that a program on any other site may read; none of them depends on who asks.
_OPEN_PATHS = (
    "/api/",
    "/ban-do/",
    "/catalog.",
    "/data.json",
    "/dataset/",
    "/feeds/",
    "/id/",
    "/oai",
    "/tai-ve/",
)
EXPOSED = (
    "ETag, Link, Content-Disposition, Content-Range, Accept-Ranges, Repr-Digest, Retry-After, Row-Limits, "
    "X-Request-Id, X-Total-Count"
)

# Asked again each time, which costs a 304 made before any work: who publishes sees it at once, everywhere.
PUBLIC = "public, max-age=0, must-revalidate"

Headers = list[tuple[str, str]]

_ALWAYS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    (
        "Permissions-Policy",
        "camera=(), microphone=(), payment=(), usb=(), browsing-topics=(), geolocation=(self)",
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
_HTTPS = (("Strict-Transport-Security", "max-age=31536000"),)
_OPEN = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", EXPOSED))
# Actions of CKAN are asked for by POST as well. No cookie counts there: a page of another site acts for nobody
# whose token it does not have.
_ACTION_PATHS = ("/api/3/action/", "/api/action/")
_ACTION_PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, If-None-Match, X-CKAN-API-Key"),
    ("Access-Control-Max-Age", "86400"),
)
_PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    (
        "Access-Control-Allow-Headers",
        "Accept, Accept-Language, If-None-Match, If-Modified-Since, If-Range, Range",
    ),
    ("Access-Control-Max-Age", "86400"),
)


def standing_headers(path: str, method: str, *, is_https: bool) -> Headers:
    """What an answer to `path` gets unless it says otherwise itself. Writing is open to other sites nowhere but
    at CKAN's actions."""
    headers = [*_ALWAYS, *(_HTTPS if is_https else ())]
    if path.startswith(_ACTION_PATHS):
        return [*headers, *_OPEN, *(_ACTION_PREFLIGHT if method == "OPTIONS" else ())]
    if path.startswith(_OPEN_PATHS) and method in ("GET", "HEAD", "OPTIONS"):
        headers += _OPEN
        if method == "OPTIONS":
            headers += _PREFLIGHT
    return headers


def add_missing(headers: Headers, standing: Headers) -> Headers:
    """`headers` and those of `standing` whose names are not among them."""
    present = {name.lower() for name, _ in headers}
    return [*headers, *(each for each in standing if each[0].lower() not in present)]
