"""Doing a thing once: one transaction for the work and, when the client names a key, for its receipt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from uuid import UUID

import orjson
from flask import Response, request
from sqlalchemy.orm import Session

from portal.accounts import receipts
from portal.accounts.receipts import Answered
from portal.catalog.actors import Actor
from portal.errors import Invalid
from portal.http import context
from portal.text import LocalizedText

Work = Callable[[Session], Response]
"""Does something in a write session and tells the client what; called once, or not at all."""

# The draft wants a quoted string; most clients send the bare key.
_KEY = re.compile(r'"?([A-Za-z0-9._~+/=:-]{1,200})"?')


class KeyInvalid(Invalid):
    """The Idempotency-Key cannot be kept as it is."""

    message = LocalizedText(
        "Idempotency-Key phải gồm 1 đến 200 chữ cái, chữ số hoặc dấu . _ ~ + / = : - (ví dụ một UUID).",
        "An Idempotency-Key has 1 to 200 letters, digits or . _ ~ + / = : - (a UUID, for example).",
    )


def once(author: Actor, work: Work, *, told: object) -> Response:
    """The answer of `work`, committed. With an Idempotency-Key, a repetition gets the first answer again.

    `told`: what the request said, as JSON values, apart from its address. A repetition that comes while the
    first is under way waits for it in the database and then gets its answer. Failures leave no receipt.
    Raises KeyInvalid, KeyReused.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None or author.person is None:
        with context.write() as session:
            return work(session)
    match = _KEY.fullmatch(header.strip())
    if match is None:
        raise KeyInvalid
    return _with_receipt(author.person, match[1], _digest(told), work)


def _with_receipt(person: UUID, key: str, digest: bytes, work: Work) -> Response:
    now = context.portal().clock()
    with context.write() as session:
        known = receipts.find(session, person, key, digest, now)
        if known is not None:
            return _again(known)
        response = work(session)
        answered = Answered(
            response.status_code,
            response.get_data(),
            response.headers.get("ETag"),
            response.headers.get("Location"),
        )
        receipts.keep(session, person, key, digest, answered, now)
        return response


def _again(known: Answered) -> Response:
    response = Response(known.body, status=known.status, mimetype="application/json")
    if known.etag is not None:
        response.headers["ETag"] = known.etag
    if known.location is not None:
        response.headers["Location"] = known.location
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _digest(told: object) -> bytes:
    query = sorted(request.args.items(multi=True))
    said = orjson.dumps([request.method, request.path, query, told], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(said).digest()
