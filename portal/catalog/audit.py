"""The audit trail writes itself: every flush of an audited row leaves an entry in the same transaction.

A table is audited by being `Audited`; datasets, whose revisions tell more, get their
entries from `changes.record_change`. Who acts is told once per session by `sign`; an unsigned session is the
portal's own: a command or a job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import event, insert, inspect, select
from sqlalchemy.orm import AttributeState, Session, UOWTransaction
from sqlalchemy.orm.base import NO_VALUE

from portal.catalog.actors import SYSTEM, Actor
from portal.catalog.models.audit import AuditEntry
from portal.catalog.models.base import Audited
from portal.clock import system_clock

_SIGNATURE = "portal.signature"
# They follow from every change and would only repeat that there was one.
_ALWAYS_LEFT_OUT = frozenset({"id", "version", "created_at", "updated_at"})


@dataclass(frozen=True, slots=True)
class Signature:
    """Who writes in a session, and through which request."""

    actor: str = SYSTEM.name
    token: str | None = None
    request_id: str | None = None


def sign(session: Session, actor: Actor, *, request_id: str | None = None) -> None:
    """Everything that `session` writes from now on is `actor`'s doing."""
    token = str(actor.token) if actor.token else None
    session.info[_SIGNATURE] = Signature(actor.name, token, request_id)


def write_entry(
    session: Session,
    *,
    action: str,
    kind: str,
    key: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    at: datetime,
    actor: str | None = None,
) -> None:
    """One entry, for what no table row shows; `actor` when it is another than the session's."""
    _insert(session, [_entry(session, action, kind, key, (dict(before), dict(after)), at, actor)])


def entries(
    session: Session,
    *,
    before_id: int | None,
    limit: int,
    kind: str | None = None,
    key: str | None = None,
    actor: str | None = None,
) -> Sequence[AuditEntry]:
    """Entries older than `before_id`, newest first."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    for column, wanted in (
        (AuditEntry.object_kind, kind),
        (AuditEntry.object_key, key),
        (AuditEntry.actor, actor),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    return session.scalars(query if before_id is None else query.where(AuditEntry.id < before_id)).all()


@event.listens_for(Session, "after_flush")
def _write_down(session: Session, context: UOWTransaction) -> None:
    # After the flush keys and foreign keys are known, and what each attribute was before still is too.
    now = system_clock()
    rows = []
    for action, row in _written(context):
        difference = _difference(row, action)
        if any(difference):
            rows.append(_entry(session, action, row.audit_kind, row.audit_key, difference, now, None))
    _insert(session, rows)


def _written(context: UOWTransaction) -> Iterator[tuple[str, Audited]]:
    """Audited rows of this flush with what is done to them. `session.deleted` would not do: it lacks rows that
    go because another one went, or because they were taken out of a collection."""
    for state, (is_delete, is_only_listed) in context.states.items():
        row = state.obj()
        if not is_only_listed and isinstance(row, Audited):
            yield "delete" if is_delete else "update" if state.has_identity else "create", row


def _difference(row: Audited, action: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The audited columns that changed: as they were and as they are."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    state = inspect(row)
    for column in state.mapper.column_attrs:
        if column.key in _ALWAYS_LEFT_OUT or column.columns[0].info.get("audited") is False:
            continue
        old, new = _values(state.attrs[column.key], action)
        if old != new:
            before |= {} if action == "create" else {column.key: _json(old)}
            after |= {} if action == "delete" else {column.key: _json(new)}
    return before, after


def _values(attribute: AttributeState, action: str) -> tuple[Any, Any]:
    history = attribute.history
    present = None if attribute.loaded_value is NO_VALUE else attribute.loaded_value
    match action:
        case "create":
            return None, present
        case "delete":
            return present, None
    return (history.deleted[0] if history.deleted else None, present) if history.added else (present, present)


def _json(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Enum():
            return value.value
    return value


def _entry(
    session: Session,
    action: str,
    kind: str,
    key: str,
    difference: tuple[dict[str, Any], dict[str, Any]],
    at: datetime,
    actor: str | None,
) -> dict[str, Any]:
    signature: Signature = session.info.get(_SIGNATURE, Signature())
    return {
        "at": at,
        "actor": actor or signature.actor,
        "action": action,
        "object_kind": kind,
        "object_key": key,
        "before": difference[0],
        "after": difference[1],
        "token": signature.token,
        "request_id": signature.request_id,
    }


def _insert(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(AuditEntry), rows)
