"""A steward's word on how a file is read: what was made of it, what is overruled, and reading it once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from portal.catalog import audit, table_queries
from portal.catalog.actors import Actor
from portal.catalog.lifecycle import Act
from portal.catalog.models import Dataset, Distribution, DistributionKind, ObjectKind, Reading
from portal.catalog.services.datasets import keep_changed
from portal.catalog.services.distributions import NotAFile, find, require_change
from portal.catalog.services.tables import tell, wait_again
from portal.tables.overrides import overrides_from, overrides_to
from portal.tables.values import Overrides

READ_AGAIN = "read-again"
"""The action of a change that says: files of this dataset are to be read once more."""


@dataclass(frozen=True, slots=True)
class LastReading:
    """A distribution, and its newest file version that was read; None for a link and before the first reading."""

    distribution: Distribution
    number: int | None
    reading: Reading | None


def last_reading(session: Session, distribution: Distribution) -> LastReading:
    """What is known of the distribution's file, with tables and columns. Two statements at most."""
    found = table_queries.newest_reading(session, distribution.id)
    return LastReading(distribution, *(found or (None, None)))


def overrides_of(distribution: Distribution) -> Overrides:
    """The steward's word that is in force."""
    return overrides_from(distribution.reading_overrides)


def overrule(
    session: Session,
    actor: Actor,
    dataset: Dataset,
    distribution_uuid: UUID,
    overrides: Overrides,
    now: datetime,
) -> Distribution:
    """Puts the steward's word in the place of the one before and lets the file be read by it; the same word
    again changes nothing. It stays when the file is superseded. Raises NotAFile."""
    distribution = _file(actor, dataset, distribution_uuid)
    if overrides_of(distribution) != overrides:
        distribution.reading_overrides = _stored(overrides)
        distribution.updated_at = now
        wait_again(session, distribution)
        keep_changed(session, dataset, actor, Act.UPDATE, now)
    return distribution


def read_again(
    session: Session, actor: Actor, dataset: Dataset, distribution_uuid: UUID, now: datetime
) -> Distribution:
    """Lets the file be read once more; the record has no new version by that. Raises NotAFile."""
    distribution = _file(actor, dataset, distribution_uuid)
    wait_again(session, distribution)
    tell(session, dataset, READ_AGAIN, actor, now)
    audit.write_entry(
        session,
        action=READ_AGAIN,
        kind=ObjectKind.DATASET.value,
        key=str(dataset.uuid),
        before={},
        after={"distribution": str(distribution.uuid)},
        at=now,
        actor=actor.name,
    )
    return distribution


def _file(actor: Actor, dataset: Dataset, distribution_uuid: UUID) -> Distribution:
    require_change(actor, dataset)
    distribution = find(dataset, distribution_uuid)
    if distribution.kind is not DistributionKind.FILE:
        raise NotAFile
    return distribution


def _stored(overrides: Overrides) -> dict[str, object]:
    """Plain JSON, lists for tuples; empty where nothing is overruled."""
    plain: dict[str, object] = orjson.loads(orjson.dumps(overrides_to(overrides)))
    return plain if overrides != Overrides() else {}
