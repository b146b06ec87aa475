"""How often one client may ask: people by their account, readers of the API by their network address."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from flask import Flask, Response, current_app, g, request

from portal.errors import PortalError
from portal.http import context
from portal.http.buckets import Buckets, Quota, Standing
from portal.http.credentials import carries_token
from portal.settings import Settings
from portal.text import LocalizedText

WRITES = Quota("writes", 600, 60)
READS = Quota("reads", 1200, 60)
# Programs that ask by POST read whole catalogues, record by record, and nothing of it comes from memory.
POSTED_READS = Quota("posted-reads", 3000, 60)
WRONG_TOKENS = Quota("wrong-tokens", 30, 60)
_KEY = "portal.buckets"
_POSTED_KEY = "portal.is_posted_read"
_LIMITED = "/api/"
_READING = ("GET", "HEAD", "OPTIONS")


class TooManyRequests(PortalError):
    """The client asks more often than it may; `seconds` tells when it may again."""

    message = LocalizedText(
        "Bạn gửi yêu cầu quá nhanh. Vui lòng thử lại sau.", "Too many requests. Please slow down."
    )

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = max(1, seconds)


def install(app: Flask, settings: Settings) -> None:
    """Before anybody is identified: who guesses tokens waits. Nothing is limited when settings say so."""
    if settings.rate_limits:
        app.extensions[_KEY] = Buckets(settings.limits_file)
        app.before_request(_refuse_guessers)
        app.after_request(_finish)


def install_for_writers(app: Flask) -> None:
    """Once the actor is known: counts the request."""
    if _KEY in app.extensions:
        app.before_request(_count)


def read_by_post(app: Flask, is_read: Callable[[str], bool]) -> None:
    """Tells which paths are read from also where they are asked by POST."""
    app.extensions[_POSTED_KEY] = is_read


def _refuse_guessers() -> None:
    address = _address()
    if address and carries_token(request.environ) and request.path.startswith(_LIMITED):
        _require(WRONG_TOKENS, _buckets().look(WRONG_TOKENS, address))


def _count() -> None:
    if not request.path.startswith(_LIMITED):
        return
    person = context.actor().person
    client = str(person) if person else _address()
    if client:
        _require(_quota(), _buckets().take(_quota(), client))


def _quota() -> Quota:
    if request.method in _READING:
        return READS
    is_read: Callable[[str], bool] | None = current_app.extensions.get(_POSTED_KEY)
    return POSTED_READS if is_read is not None and is_read(request.path) else WRITES


def _require(quota: Quota, standing: Standing) -> None:
    g.standing = (quota, standing)
    if not standing.may_ask:
        raise TooManyRequests(standing.wait_seconds)


def _finish(response: Response) -> Response:
    """Tells clients how they stand, where nobody else will be shown the answer."""
    is_refused = response.status_code == 401 or g.get("token_refused", False)
    if is_refused and carries_token(request.environ) and (address := _address()):
        _buckets().take(WRONG_TOKENS, address)
    counted: tuple[Quota, Standing] | None = g.get("standing")
    if counted and "no-store" in response.headers.get("Cache-Control", "no-store"):
        quota, standing = counted
        response.headers["RateLimit-Policy"] = quota.policy
        response.headers["RateLimit"] = f'"{quota.name}";r={standing.left};t={standing.wait_seconds}'
    return response


def _buckets() -> Buckets:
    found: Buckets = current_app.extensions[_KEY]
    return found


def _address() -> str:
    """The client's network: one IPv4 address, or the /64 that a household or an office has.

    Empty for this machine itself: a proxy that `PORTAL_PROXIES` does not know of would make everybody one.
    """
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None) or address
    if mapped.is_loopback:
        return ""
    return str(mapped) if mapped.version == 4 else mapped.exploded[:19]
