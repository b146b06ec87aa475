"""The audit trail: who wrote what, when, from where, and what it was before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalog.models.base import Base
from portal.catalog.models.history import BigNumber


class AuditEntry(Base):
    """One written row. `before` and `after` hold the changed columns alone; a dataset's hold its versions,
    whose revisions tell the rest. Written by `portal.catalog.audit`, changed by nobody."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_object", "object_kind", "object_key"),)

    id: Mapped[int] = mapped_column(BigNumber, primary_key=True)
    at: Mapped[datetime]
    # The name as it was then: people change theirs, histories do not.
    actor: Mapped[str] = mapped_column(index=True)
    action: Mapped[str]
    # "dataset", "agency", "person" ...: rooms above the catalogue add kinds of their own.
    object_kind: Mapped[str]
    object_key: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    # Which token, and the id of the request in the log; both empty for commands and jobs.
    token: Mapped[str | None]
    request_id: Mapped[str | None]
