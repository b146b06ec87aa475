"""One record into the catalogue, whichever way it came: created, changed, unchanged, or refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.catalog import package_queries, queries
from portal.catalog.actors import Actor
from portal.catalog.lifecycle import EDITABLE, Act
from portal.catalog.models import Dataset, Distribution, Series, State
from portal.catalog.policies import authorize
from portal.catalog.records import ColumnFacts, Outcome, Record, RecordDistribution
from portal.catalog.services import distributions as files
from portal.catalog.services.datasets import keep, keep_changed, new_dataset, slug_for
from portal.catalog.services.fields import apply_fields
from portal.catalog.services.files import IncomingFile
from portal.catalog.services.matching import Lookup
from portal.catalog.services.series import arriving, note_creation
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
    # Ids of files and links that records name and the catalogue has.
    taken_files: set[UUID] = field(default_factory=set)
    # Made of what records say, until the first of their datasets is taken.
    new_series: list[Series] = field(default_factory=list)


def open_target(
    session: Session,
    actor: Actor,
    lookup: Lookup,
    now: datetime,
    records: Sequence[Record],
    *,
    publish: bool,
) -> Target:
    """Loads what the records will be compared with; a fixed number of statements."""
    uuids = [each.uuid for each in records if each.uuid]
    # A record whose identifier belongs to another one is kept under its id.
    identifiers = [*(each.identifier for each in records), *map(str, uuids)]
    files = [each.uuid for record in records for each in record.distributions or () if each.uuid]
    return Target(
        session=session,
        actor=actor,
        lookup=lookup,
        now=now,
        publish=publish,
        stored=queries.datasets_for_import(session, identifiers, uuids),
        taken_slugs=queries.taken_slugs(
            session, [*identifiers, *(each.slug for each in records if each.slug)]
        ),
        taken_files=package_queries.taken_files(session, files),
    )


def upsert(target: Target, record: Record, incoming: Mapping[str, IncomingFile]) -> Outcome:
    """Puts `record` into the session; `incoming` holds its stored files by the key of their distribution."""
    dataset = _known(target, record)
    if dataset is None and record.identifier in target.stored:
        record = replace(record, identifier=str(record.uuid))
    _expect_series(target, record)
    try:
        if dataset is None:
            return _create(target, record, incoming)
        return _change(target, dataset, record, incoming)
    except PortalError as error:
        return refused(record, error.text)


def _known(target: Target, record: Record) -> Dataset | None:
    """The dataset that a record is about: the one with its id, else the one with its identifier, unless both
    have ids and these differ."""
    same_id = (each for each in target.stored.values() if each.uuid == record.uuid)
    found = next(same_id, None) if record.uuid else None
    if found is not None:
        return found
    by_identifier = target.stored.get(record.identifier)
    if by_identifier is not None and record.uuid and by_identifier.uuid != record.uuid:
        return target.stored.get(str(record.uuid))
    return by_identifier


def refused(record: Record, reason: LocalizedText) -> Outcome:
    """The outcome of a record that was not taken."""
    return Outcome(record.line, record.identifier, "refused", reason=reason, notes=record.notes)


def _create(target: Target, record: Record, incoming: Mapping[str, IncomingFile]) -> Outcome:
    slug = slug_for(record.slug or record.identifier, target.taken_slugs.__contains__)
    dataset = new_dataset(record.identifier, slug, target.now)
    dataset.uuid = record.uuid or dataset.uuid
    apply_fields(dataset, record.fields, target.lookup)
    _apply_distributions(target, dataset, record, incoming)
    authorize(target.actor, Act.CREATE, dataset)
    if target.publish and record.is_public:
        _publish(target, dataset)
    target.session.add(dataset)
    keep(target.session, dataset, target.actor, Act.CREATE, target.now)
    _note_series(target, dataset)
    target.stored[record.identifier] = dataset
    target.taken_slugs.add(slug)
    return Outcome(record.line, record.identifier, "created", notes=record.notes)


def _expect_series(target: Target, record: Record) -> None:
    """Makes known the series that a record brings along. One that is known stays as it is."""
    facts = record.series
    if facts is not None and target.lookup.series(facts.key) is None:
        made = arriving(facts, target.lookup)
        target.new_series.append(made)
        target.lookup.add_series(made)


def _note_series(target: Target, dataset: Dataset) -> None:
    """Only with a dataset that was taken does a series come into the catalogue."""
    made = dataset.series
    if made is not None and made in target.new_series:
        target.new_series.remove(made)
        note_creation(target.session, target.actor, made, target.now)


def _change(
    target: Target, dataset: Dataset, record: Record, incoming: Mapping[str, IncomingFile]
) -> Outcome:
    authorize(target.actor, Act.UPDATE, dataset)
    if dataset.state not in EDITABLE:
        return refused(record, _NOT_EDITABLE)
    changed = apply_fields(dataset, record.fields, target.lookup)
    if _apply_distributions(target, dataset, record, incoming):
        changed.append("distributions")
    if target.publish and record.is_public and dataset.state is not State.PUBLISHED:
        _publish(target, dataset)
        changed.append("state")
    if not changed:
        return Outcome(record.line, record.identifier, "unchanged", notes=record.notes)
    keep_changed(target.session, dataset, target.actor, Act.UPDATE, target.now)
    _note_series(target, dataset)
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
    by_uuid = {each.uuid: each for each in dataset.distributions}
    changed = False
    for wanted in record.distributions:
        current = (by_uuid.get(wanted.uuid) if wanted.uuid else None) or stored.get(wanted.key)
        stored = {key: each for key, each in stored.items() if each is not current}
        if current is None:
            current = _new_distribution(target, dataset, wanted, incoming)
            apply_facts(current, wanted)
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
    if wanted.uuid and wanted.uuid not in target.taken_files:
        distribution.uuid = wanted.uuid
        target.taken_files.add(wanted.uuid)
    return distribution


def _update_distribution(
    target: Target, current: Distribution, wanted: RecordDistribution, incoming: Mapping[str, IncomingFile]
) -> bool:
    changed = False
    if wanted.key in incoming:
        changed = files.add_version(current, incoming[wanted.key], target.lookup, target.now)
    elif current.access_url is not None:
        before = (current.access_url, current.format, current.format_raw)
        current.access_url = wanted.url or current.access_url
        files.set_link_format(current, wanted.format, target.lookup)
        changed = before != (current.access_url, current.format, current.format_raw)
    if apply_facts(current, wanted):
        changed = True
    if changed:
        current.updated_at = target.now
    return changed


def apply_facts(distribution: Distribution, wanted: RecordDistribution) -> bool:
    """Puts on what the record says beside the bytes; whether it made a difference."""
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
