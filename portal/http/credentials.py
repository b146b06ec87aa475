"""Where a request carries its token: in `Authorization`, and at the addresses of CKAN as its clients send it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from portal.accounts.authentication import TokenInvalid

# Here clients of CKAN come: they send the bare token, in either of two headers.
CKAN_PATHS = ("/api/3/", "/api/2/", "/api/action/", "/api/util/", "/dataset/")

_TEXT = r"[A-Za-z0-9._~+/=-]{1,200}"
_BEARER = re.compile(rf"bearer +({_TEXT})", re.IGNORECASE)
_BARE = re.compile(rf"(?:bearer +)?({_TEXT})", re.IGNORECASE)


def carries_token(environ: Mapping[str, object]) -> bool:
    """Whether the answer is for somebody alone."""
    return "HTTP_AUTHORIZATION" in environ or "HTTP_X_CKAN_API_KEY" in environ


def token_text(path: str, environ: Mapping[str, str]) -> str | None:
    """The token of a request, None when it has none. Raises TokenInvalid for what cannot be one."""
    header = environ.get("HTTP_AUTHORIZATION")
    if not path.startswith(CKAN_PATHS):
        return None if header is None else _matched(_BEARER, header)
    # Programs that have no key often send an empty one.
    header = header or environ.get("HTTP_X_CKAN_API_KEY")
    return _matched(_BARE, header) if header else None


def _matched(pattern: re.Pattern[str], header: str) -> str:
    match = pattern.fullmatch(header.strip())
    if match is None:
        raise TokenInvalid
    return match[1]
