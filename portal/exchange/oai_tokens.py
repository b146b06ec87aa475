"""Resumption tokens of OAI-PMH: they say all that a list needs to go on, so that the server remembers nothing."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import blake2b, sha256

from portal.catalog.harvest_queries import Place
from portal.exchange.oai_requests import BadResumptionToken, Verb

_SEAL_BYTES = 12


@dataclass(frozen=True, slots=True)
class Token:
    """Where a list goes on, after `micros` (of 1970) and `dataset_id`, with the arguments that it began with.

    `delivered`: how many records went before. `size`: how many there were when the list began.
    """

    epoch: str
    verb: Verb
    prefix: str
    since: str
    until: str
    within: str
    micros: int
    dataset_id: int
    delivered: int
    size: int

    @property
    def after(self) -> Place:
        """The last place that was delivered."""
        seconds, micros = divmod(self.micros, 1_000_000)
        return Place(datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros), self.dataset_id)

    def text(self, secret: str) -> str:
        """URL-safe and sealed: a damaged or made-up token is refused and never misread."""
        body = json.dumps(list(asdict(self).values()), separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_seal(body, secret) + body).decode().rstrip("=")


def micros_of(at: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return int(at.replace(microsecond=0).timestamp()) * 1_000_000 + at.microsecond


def read_token(text: str, secret: str, *, epoch: str, verb: Verb) -> Token:
    """The token that `text` is. Raises BadResumptionToken, also for one from before a restore."""
    try:
        both = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadResumptionToken from None
    seal, body = both[:_SEAL_BYTES], both[_SEAL_BYTES:]
    if not hmac.compare_digest(_seal(body, secret), seal):
        raise BadResumptionToken
    token = Token(*json.loads(body))
    if (token.epoch, token.verb) != (epoch, verb):
        raise BadResumptionToken
    return token


def _seal(body: bytes, secret: str) -> bytes:
    key = sha256(secret.encode()).digest()
    return blake2b(body, digest_size=_SEAL_BYTES, key=key, person=b"oai-token").digest()
