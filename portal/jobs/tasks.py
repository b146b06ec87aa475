"""Jobs by the clock: a few lines each, owed by rows of the catalogue and safe to do twice."""

from __future__ import annotations

import structlog

from portal.accounts import receipts
from portal.catalog import queries, table_queries
from portal.catalog.services import datasets
from portal.jobs.exclusive import try_collecting
from portal.jobs.integrity import file_findings
from portal.wiring import Portal

_log = structlog.get_logger("portal.jobs")


def publish_due(portal: Portal) -> int:
    """Publishes what was scheduled for now or earlier; answers how many."""
    with portal.database.write() as session:
        published = datasets.publish_due(session, portal.clock())
    if published:
        _log.info("published on schedule", datasets=published)
    return published


def forget_receipts(portal: Portal) -> None:
    """Removes the answers kept for Idempotency-Keys whose day is over."""
    with portal.database.write() as session:
        receipts.forget_old(session, portal.clock())


def tend_files(portal: Portal) -> None:
    """Collects files that nobody refers to any more, unless a backup may want them, and names the missing."""
    with try_collecting(portal.settings.var) as may_collect:
        if may_collect:
            _collect(portal)
    for finding in file_findings(portal.database, portal.storage):
        _log.error("file missing", sha256=finding.subject)


def _collect(portal: Portal) -> None:
    with portal.database.read() as session:
        referenced = queries.referenced_hashes(session)
        kept = table_queries.parquet_hashes(session)
    portal.tables.collect(kept.__contains__)
    collected = portal.storage.collect(referenced.__contains__)
    if collected:
        _log.info("orphaned files collected", files=collected)
