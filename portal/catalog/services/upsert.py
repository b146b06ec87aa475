"""One record into the catalogue, whichever way it came: created, changed, unchanged, or refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.catalog import queries
from portal.catalog.actors import Actor
from portal.catalog.lifecycle import EDITABLE, Act
from portal.catalog.models import Dataset, Distribution, State
from portal.catalog.policies import authorize
from portal.catalog.records import ColumnFacts, Outcome, Record, RecordDistribution
from portal.catalog.services import distributions as files
from portal.catalog.services.datasets import keep, keep_changed, new_dataset, slug_for
from portal.catalog.services.fields import apply_fields
from portal.catalog.services.files import IncomingFile
from portal.catalog.services.matching import Lookup
from portal.errors import PortalError
from portal.text import LocalizedText

_NOT_EDITABLE = LocalizedText(
    "Bộ dữ liệu này đã được rút hoặc đang ở trong thùng rác; hãy khôi phục trước khi nhập lại.",
    "This dataset is withdrawn or in the trash; restore it before importing it again.",
)


@dataclass(slots=True)
class Target:
    """The catalogue as one batch of records meets it, loaded once for all of them."""

    session: Session
    actor: Actor
    lookup: Lookup
    now: datetime
    publish: bool
    stored: dict[str, Dataset]
    taken_slugs: set[str] = field(default_factory=set)


def open_target(
    session: Session,
    actor: Actor,
    lookup: Lookup,
    now: datetime,
    identifiers: list[str],
    *,
    publish: bool,
) -> Target:
    """Loads what the records with these identifiers will be compared with; a fixed number of statements."""
    return Target(
        session=session,
        actor=actor,
        lookup=lookup,
        now=now,
        publish=publish,
        stored=queries.datasets_for_import(session, identifiers),
        taken_slugs=queries.taken_slugs(session, identifiers),
    )


def upsert(target: Target, record: Record, incoming: Mapping[str, IncomingFile]) -> Outcome:
    """Puts `record` into the session; `incoming` holds its stored files by the key of their distribution."""
    dataset = target.stored.get(record.identifier)
    try:
        if dataset is None:
            return _create(target, record, incoming)
        return _change(target, dataset, record, incoming)
    except PortalError as error:
        return refused(record, error.text)


def refused(record: Record, reason: LocalizedText) -> Outcome:
    """The outcome of a record that was not taken."""
    return Outcome(record.line, record.identifier, "refused", reason=reason, notes=record.notes)


def _create(target: Target, record: Record, incoming: Mapping[str, IncomingFile]) -> Outcome:
    slug = slug_for(record.identifier, target.taken_slugs.__contains__)
    dataset = new_dataset(record.identifier, slug, target.now)
    apply_fields(dataset, record.fields, target.lookup)
    _apply_distributions(target, dataset, record, incoming)
    authorize(target.actor, Act.CREATE, dataset)
    if target.publish:
        _publish(target, dataset)
    target.session.add(dataset)
    keep(target.session, dataset, target.actor, Act.CREATE, target.now)
    target.stored[record.identifier] = dataset
    target.taken_slugs.add(slug)
    return Outcome(record.line, record.identifier, "created", notes=record.notes)


def _change(
    target: Target, dataset: Dataset, record: Record, incoming: Mapping[str, IncomingFile]
) -> Outcome:
    authorize(target.actor, Act.UPDATE, dataset)
    if dataset.state not in EDITABLE:
        return refused(record, _NOT_EDITABLE)
    changed = apply_fields(dataset, record.fields, target.lookup)
    if _apply_distributions(target, dataset, record, incoming):
        changed.append("distributions")
    if target.publish and dataset.state is not State.PUBLISHED:
        _publish(target, dataset)
        changed.append("state")
    if not changed:
        return Outcome(record.line, record.identifier, "unchanged", notes=record.notes)
    keep_changed(target.session, dataset, target.actor, Act.UPDATE, target.now)
    return Outcome(record.line, record.identifier, "changed", tuple(changed), notes=record.notes)


def _publish(target: Target, dataset: Dataset) -> None:
    authorize(target.actor, Act.PUBLISH, dataset)
    dataset.state, dataset.scheduled_at = State.PUBLISHED, None
    dataset.published_at = dataset.published_at or target.now


def _apply_distributions(
    target: Target, dataset: Dataset, record: Record, incoming: Mapping[str, IncomingFile]
) -> bool:
    if record.distributions is None:
        return False
    stored = {each.source_key: each for each in dataset.distributions if each.source_key}
    changed = False
    for wanted in record.distributions:
        current = stored.pop(wanted.key, None)
        if current is None:
            current = _new_distribution(target, dataset, wanted, incoming)
            _apply_facts(current, wanted)
            changed = True
        else:
            changed |= _update_distribution(target, current, wanted, incoming)
    # A link that its source no longer names is gone; a file is never removed by an import.
    for gone in [each for each in stored.values() if each.access_url]:
        dataset.distributions.remove(gone)
        changed = True
    return changed


def _new_distribution(
    target: Target, dataset: Dataset, wanted: RecordDistribution, incoming: Mapping[str, IncomingFile]
) -> Distribution:
    if wanted.key in incoming:
        distribution = files.new_file_distribution(dataset, incoming[wanted.key], target.lookup, target.now)
    else:
        distribution = files.new_link(dataset, wanted.url or "", wanted.format, target.lookup, target.now)
    distribution.source_key = wanted.key
    return distribution


def _update_distribution(
    target: Target, current: Distribution, wanted: RecordDistribution, incoming: Mapping[str, IncomingFile]
) -> bool:
    changed = False
    if wanted.key in incoming:
        changed = files.add_version(current, incoming[wanted.key], target.lookup, target.now)
    elif current.access_url is not None:
        before = (current.format, current.format_raw)
        files.set_link_format(current, wanted.format, target.lookup)
        changed = before != (current.format, current.format_raw)
    if _apply_facts(current, wanted):
        changed = True
    if changed:
        current.updated_at = target.now
    return changed


def _apply_facts(distribution: Distribution, wanted: RecordDistribution) -> bool:
    values: dict[str, Any] = {"title": wanted.title, "description": wanted.description}
    if wanted.columns is not None:
        values["columns"] = [_column(each) for each in wanted.columns]
    if wanted.rows is not None:
        values["rows"] = wanted.rows
    different = {name: value for name, value in values.items() if getattr(distribution, name) != value}
    for name, value in different.items():
        setattr(distribution, name, value)
    return bool(different)


def _column(facts: ColumnFacts) -> dict[str, Any]:
    title, description = facts.title or LocalizedText(""), facts.description or LocalizedText("")
    return {
        "name": facts.name,
        "title_vi": title.vi,
        "title_en": title.en,
        "type": facts.type,
        "unit": facts.unit,
        "description_vi": description.vi,
        "description_en": description.en,
    }
