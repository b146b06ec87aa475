"""Receipts: what a person's request with an Idempotency-Key was answered, for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.models import Receipt
from portal.errors import Invalid
from portal.text import LocalizedText

KEPT_FOR = timedelta(hours=24)


class KeyReused(Invalid):
    """The same key came with another request: a mistake of the client, and nothing was done."""

    message = LocalizedText(
        "Idempotency-Key này đã được dùng cho một yêu cầu khác; hãy tạo khóa mới.",
        "This Idempotency-Key was used for another request; make a new one.",
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it was sent."""

    status: int
    body: bytes
    etag: str | None
    location: str | None


def find(session: Session, person: UUID, key: str, request_digest: bytes, now: datetime) -> Answered | None:
    """What this very request was answered within the last day. Raises KeyReused for another one of that key."""
    receipt = session.scalars(select(Receipt).where(Receipt.person == person, Receipt.key == key)).first()
    if receipt is None:
        return None
    if receipt.created_at <= now - KEPT_FOR:
        session.delete(receipt)
        session.flush()
        return None
    if receipt.request_digest != request_digest:
        raise KeyReused
    return Answered(receipt.status, receipt.body, receipt.etag, receipt.location)


def keep(
    session: Session, person: UUID, key: str, request_digest: bytes, answered: Answered, now: datetime
) -> None:
    """Keeps an answer with the work that it is about."""
    session.add(
        Receipt(
            person=person,
            key=key,
            request_digest=request_digest,
            status=answered.status,
            body=answered.body,
            etag=answered.etag,
            location=answered.location,
            created_at=now,
        )
    )
    session.flush()


def forget_old(session: Session, now: datetime) -> None:
    """Removes the receipts whose day is over."""
    session.execute(delete(Receipt).where(Receipt.created_at <= now - KEPT_FOR))
