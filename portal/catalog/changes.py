"""The append-only change log: written last in a change's transaction, read by followers through cursors.

Ids commit in their order, because `Database.write` lets one writer in at a time: a follower never passes an id
whose transaction is still open.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import event, select
from sqlalchemy.orm import Session, SessionTransaction

from portal.catalog import audit
from portal.catalog.models import (
    Agency,
    CatalogueInfo,
    Change,
    Concept,
    Cursor,
    Dataset,
    ObjectKind,
    Place,
    Series,
    Word,
)

Subject = Agency | Concept | Dataset | Place | Series | Word

_PENDING = "portal.pending_changes"


@dataclass(frozen=True, slots=True)
class _Pending:
    subject: Subject
    action: str
    is_public: bool
    actor: str
    at: datetime
    # As it was noted: several acts on one dataset may share a transaction.
    version: int
    is_derived: bool


def record_change(
    session: Session,
    subject: Subject,
    *,
    action: str,
    is_public: bool,
    actor: str,
    at: datetime,
    is_derived: bool = False,
) -> None:
    """Notes a change; the row is written just before commit, after everything else of the transaction.
    `is_derived`: nobody did anything, what follows from the record has changed; the audit trail keeps silent."""
    session.info.setdefault(_PENDING, []).append(
        _Pending(subject, action, is_public, actor, at, subject.version, is_derived)
    )


@event.listens_for(Session, "before_commit")
def _write_pending(session: Session) -> None:
    pending: list[_Pending] = session.info.pop(_PENDING, [])
    if not pending or session.in_nested_transaction():
        session.info.setdefault(_PENDING, []).extend(pending)
        return
    session.flush()
    for each in pending:
        _leave_entry(session, each)
    rows = [_row(each) for each in pending]
    session.add_all(rows)
    session.flush()
    public = [row.id for row in rows if row.is_public]
    if public:
        catalogue_info(session).public_change_id = max(public)
        session.flush()


@event.listens_for(Session, "after_soft_rollback")
def _forget_pending(session: Session, previous: SessionTransaction) -> None:
    if not previous.nested:
        session.info.pop(_PENDING, None)


def pending_mark(session: Session) -> int:
    """How many changes wait now; give it to `forget_since` when a savepoint is rolled back."""
    return len(session.info.get(_PENDING, ()))


def forget_since(session: Session, mark: int) -> None:
    """Drops the changes noted after `mark`."""
    del session.info.setdefault(_PENDING, [])[mark:]


def _leave_entry(session: Session, pending: _Pending) -> None:
    """What a dataset was and is, told by its versions; rows of other tables leave their entries themselves."""
    dataset = pending.subject
    if isinstance(dataset, Dataset) and not pending.is_derived:
        earlier = pending.version - 1
        audit.write_entry(
            session,
            action=pending.action,
            kind=ObjectKind.DATASET.value,
            key=str(dataset.uuid),
            before={"version": earlier} if earlier else {},
            after={"version": pending.version},
            at=pending.at,
            actor=pending.actor,
        )


def _row(pending: _Pending) -> Change:
    subject = pending.subject
    kind, key = _identity(subject)
    return Change(
        at=pending.at,
        object_kind=kind,
        object_id=subject.id,
        object_key=key,
        action=pending.action,
        version=subject.version,
        is_public=pending.is_public,
        actor=pending.actor,
    )


def _identity(subject: Subject) -> tuple[ObjectKind, str]:
    match subject:
        case Dataset():
            return ObjectKind.DATASET, str(subject.uuid)
        case Agency():
            return ObjectKind.AGENCY, str(subject.uuid)
        case Series():
            return ObjectKind.SERIES, str(subject.uuid)
        case Concept():
            return ObjectKind.CONCEPT, f"{subject.vocabulary}/{subject.code}"
        case Place():
            return ObjectKind.PLACE, subject.code
        case Word():
            return ObjectKind.WORD, f"{subject.kind}/{subject.term}"


def catalogue_info(session: Session) -> CatalogueInfo:
    """The catalogue's one row about itself; made when it is missing (in a write session)."""
    info = session.get(CatalogueInfo, 1)
    if info is None:
        info = CatalogueInfo(id=1, epoch=secrets.token_hex(4), uuid=uuid4(), public_change_id=0)
        session.add(info)
        session.flush()
    return info


def catalogue_version(session: Session) -> str:
    """`<epoch>-<id of the last public change>`: the key of every public cache. One row read."""
    row = session.execute(select(CatalogueInfo.epoch, CatalogueInfo.public_change_id)).one_or_none()
    return f"{row.epoch}-{row.public_change_id}" if row else "none-0"


def changes_since(
    session: Session, change_id: int, *, limit: int, public_only: bool = False
) -> Sequence[Change]:
    """Changes after `change_id` in commit order."""
    query = select(Change).where(Change.id > change_id).order_by(Change.id).limit(limit)
    if public_only:
        query = query.where(Change.is_public)
    return session.scalars(query).all()


def last_change_id(session: Session) -> int:
    """Id of the newest change; 0 when there is none."""
    return session.scalar(select(Change.id).order_by(Change.id.desc()).limit(1)) or 0


def cursor_of(session: Session, follower: str) -> int:
    """The last change that `follower` has dealt with; 0 before its first."""
    return session.scalar(select(Cursor.change_id).where(Cursor.follower == follower)) or 0


def move_cursor(session: Session, follower: str, change_id: int, at: datetime) -> None:
    """Remembers that `follower` has dealt with everything up to `change_id`."""
    cursor = session.get(Cursor, follower)
    if cursor is None:
        session.add(Cursor(follower=follower, change_id=change_id, moved_at=at))
    else:
        cursor.change_id, cursor.moved_at = change_id, at
