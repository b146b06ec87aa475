"""Lost updates made impossible: If-Match on every change of a record, and the ETags it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

import orjson
from flask import Response, request
from sqlalchemy.orm.exc import StaleDataError

from portal.errors import Conflict
from portal.exchange.values import JsonValue
from portal.text import LocalizedText

# Proxies that compress mark tags as weak and may add a suffix; the version in front stays exact.
_TAG = re.compile(r'(?:W/)?"([0-9]{1,18})-[^"]*"')
_ANY_TAG = re.compile(r'(?:W/)?"[^"]*"')


class PreconditionMissing(Conflict):
    """A change must name the version that it was made from."""

    message = LocalizedText(
        "Thiếu If-Match: hãy đọc bản ghi trước rồi gửi lại ETag của nó.",
        "If-Match is missing: read the record first and send its ETag back.",
    )


class VersionStale(Conflict):
    """Somebody else changed the record in between; `current` is its version now, None when not known."""

    message = LocalizedText(
        "Bản ghi đã được người khác thay đổi. Hãy đọc lại bản mới rồi sửa.",
        "Somebody else has changed the record. Read it again, then make your change.",
    )

    def __init__(self, current: int | None = None) -> None:
        super().__init__()
        self.current = current


@dataclass(frozen=True, slots=True)
class Expected:
    """The versions that the client's change may be applied to; None: whichever there is (`If-Match: *`)."""

    versions: frozenset[int] | None

    def check(self, version: int) -> None:
        """Call inside the write transaction, with the record in hand. Raises VersionStale."""
        if self.versions is not None and version not in self.versions:
            raise VersionStale(version)


def expected() -> Expected:
    """What If-Match of this request says. Raises PreconditionMissing.

    Tags that are not ours match no version, so that `check` answers 412.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionMissing
    if header == "*":
        return Expected(None)
    found = (_TAG.fullmatch(each) for each in _ANY_TAG.findall(header))
    return Expected(frozenset(int(match[1]) for match in found if match))


def tag_of(version: int, body: bytes) -> str:
    """The strong ETag `"<version>-<form>"` of one answer about a record; the form is its bytes."""
    return f'"{version}-{blake2b(body, digest_size=8).hexdigest()}"'


def answer(
    value: JsonValue, *, version: int | None = None, status: int = 200, location: str | None = None
) -> Response:
    """What a writer is told: JSON for them alone, with the ETag to send with the next change."""
    body = orjson.dumps(value)
    response = Response(body, status=status, mimetype="application/json")
    if version is not None:
        response.headers["ETag"] = tag_of(version, body)
    if location is not None:
        response.headers["Location"] = location
    return response


def no_content() -> Response:
    """Done, and there is nothing left to show."""
    return Response(status=204)


def of_stale_data(_error: StaleDataError) -> VersionStale:
    """Two writers met at the same row of a database server: the later one's version was already old."""
    return VersionStale()
