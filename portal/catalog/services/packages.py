"""Whole records from programs: everything that is said of a dataset at once, its files and links included.

Administrators' records are taken as imports are; others must keep the rules of stewards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from portal.catalog import lifecycle, package_queries, queries
from portal.catalog.actors import Actor
from portal.catalog.changes import record_change
from portal.catalog.lifecycle import Act
from portal.catalog.models import Dataset, Distribution, DistributionKind, State
from portal.catalog.policies import authorize, require_administrator, require_own_series
from portal.catalog.records import DatasetFields, Record, RecordDistribution
from portal.catalog.services import datasets
from portal.catalog.services import distributions as files
from portal.catalog.services.completeness import missing, require_complete, require_no_loss
from portal.catalog.services.fields import apply_fields
from portal.catalog.services.files import IncomingFile
from portal.catalog.services.known_words import require_known
from portal.catalog.services.matching import Lookup
from portal.catalog.services.series import arriving, note_creation
from portal.catalog.services.upsert import apply_facts
from portal.database import flush_unique
from portal.errors import Conflict
from portal.text import LocalizedText

Incoming = Mapping[str, IncomingFile]


class NameTaken(Conflict):
    """Another dataset has this name, id or identifier."""

    message = LocalizedText("Địa chỉ này đã được dùng.", "That URL is already in use.")


class OncePublic(Conflict):
    """What was public leaves a trace for those who cite it."""

    message = LocalizedText(
        "Bộ dữ liệu đã từng công khai: dấu vết của nó được giữ lại, hãy rút thay vì xóa hẳn.",
        "The dataset was public: its tombstone stays. Delete it instead of purging it.",
    )


class StaysPublic(Conflict):
    """A public dataset is withdrawn, never hidden."""

    message = LocalizedText(
        "Bộ dữ liệu đang công khai thì không ẩn đi được; hãy rút (xóa) nó.",
        "A public dataset cannot be made private: delete it.",
    )


@dataclass(frozen=True, slots=True)
class Order:
    """Who writes, with which words known, and when; `is_public`: whether everybody shall see it, None when
    that was not said."""

    actor: Actor
    lookup: Lookup
    now: datetime
    is_public: bool | None

    @property
    def is_strict(self) -> bool:
        """Whether the rules of stewards hold."""
        return not self.actor.is_administrator


def create(session: Session, order: Order, record: Record, incoming: Incoming) -> Dataset:
    """A new dataset, public at once when the order says so. Raises NameTaken, WordUnknown, Incomplete, Forbidden ..."""
    slug = record.slug or datasets.slug_for(
        record.identifier, lambda candidate: queries.slug_is_taken(session, candidate)
    )
    _require_free(session, slug, record)
    if order.is_strict:
        require_known(record.fields, order.lookup)
    dataset = datasets.new_dataset(record.identifier, slug, order.now)
    if record.uuid is not None:
        dataset.uuid = record.uuid
    _bring_series(session, order, record)
    apply_fields(dataset, record.fields, order.lookup)
    datasets.require_own_agency(order.actor, dataset)
    require_own_series(order.actor, dataset)
    authorize(order.actor, Act.CREATE, dataset)
    _replace_distributions(session, order, dataset, record.distributions or (), incoming)
    if order.is_public:
        _publish(order, dataset)
    session.add(dataset)
    flush_unique(session, _taken())
    datasets.keep(session, dataset, order.actor, Act.CREATE, order.now)
    return dataset


def update(session: Session, order: Order, dataset: Dataset, record: Record, incoming: Incoming) -> list[str]:
    """Makes a stored dataset what the record says; names of what changed. Raises as `create`, and StaysPublic."""
    _lift(session, order, dataset)
    authorize(order.actor, Act.UPDATE, dataset)
    lifecycle.require_editable(dataset)
    if order.is_public is False and dataset.state is State.PUBLISHED:
        raise StaysPublic(fields={"private": StaysPublic.message})
    lacking = missing(dataset)
    if order.is_strict:
        require_known(_news(dataset, record.fields), order.lookup)
    _bring_series(session, order, record)
    changed = apply_fields(dataset, record.fields, order.lookup)
    if "publisher" in changed:
        datasets.require_own_agency(order.actor, dataset)
    if "series" in changed:
        require_own_series(order.actor, dataset)
    changed += _rename(session, dataset, record.slug)
    if record.distributions is not None and _replace_distributions(
        session, order, dataset, record.distributions, incoming
    ):
        changed.append("distributions")
    authorize(order.actor, Act.UPDATE, dataset)
    if order.is_strict:
        require_no_loss(order.actor, dataset, lacking)
    if order.is_public and dataset.state is not State.PUBLISHED:
        _publish(order, dataset)
        changed.append("state")
    if changed:
        datasets.keep_changed(session, dataset, order.actor, Act.UPDATE, order.now)
        flush_unique(session, _taken())
    return changed


def purge(session: Session, actor: Actor, dataset: Dataset, now: datetime) -> None:
    """Deletes for ever what was never public. Raises AdministratorsOnly, OncePublic."""
    require_administrator(actor)
    if dataset.published_at is not None:
        raise OncePublic
    record_change(session, dataset, action="purge", is_public=False, actor=actor.name, at=now)
    package_queries.delete_dataset(session, dataset.id)


def _news(dataset: Dataset, fields: DatasetFields) -> DatasetFields:
    """Without the words that the dataset has already: an import may have brought what no vocabulary knows."""
    had: dict[str, list[Any]] = {
        "themes": list(dataset.themes_raw),
        "places": list(dataset.places_raw),
        "languages": list(dataset.languages),
        "frequency": [dataset.frequency_raw],
        "licence": [dataset.licence_raw],
        "publisher": [dataset.agency_text],
    }
    news: dict[str, Any] = dict(fields)
    for name, words in had.items():
        value = news.get(name)
        if isinstance(value, list):
            news[name] = [word for word in value if word not in words]
        elif value in words:
            news.pop(name, None)
    return cast(DatasetFields, news)


def _bring_series(session: Session, order: Order, record: Record) -> None:
    """As an import does: a series that is not known comes with the first dataset of an administrator's."""
    facts = record.series
    if facts is not None and not order.is_strict and order.lookup.series(facts.key) is None:
        made = arriving(facts, order.lookup)
        order.lookup.add_series(made)
        note_creation(session, order.actor, made, order.now)


def _lift(session: Session, order: Order, dataset: Dataset) -> None:
    """What was deleted and is declared active comes back first."""
    if order.is_public and dataset.state in (State.WITHDRAWN, State.TRASHED):
        datasets.restore(session, order.actor, dataset, order.now)


def _publish(order: Order, dataset: Dataset) -> None:
    authorize(order.actor, Act.PUBLISH, dataset)
    if order.is_strict:
        require_complete(order.actor, dataset)
    dataset.state, dataset.scheduled_at = State.PUBLISHED, None
    dataset.published_at = dataset.published_at or order.now


def _require_free(session: Session, slug: str, record: Record) -> None:
    is_known = record.uuid is not None and queries.bare_dataset(session, str(record.uuid)) is not None
    if is_known:
        raise NameTaken(fields={"id": NameTaken.message})
    if queries.slug_is_taken(session, slug) or queries.identifier_is_taken(session, record.identifier):
        raise _taken()


def _rename(session: Session, dataset: Dataset, slug: str | None) -> list[str]:
    if slug is None or slug == dataset.slug:
        return []
    if queries.slug_is_taken(session, slug):
        raise _taken()
    dataset.slug = slug
    return ["slug"]


def _taken() -> NameTaken:
    return NameTaken(fields={"name": NameTaken.message})


def _replace_distributions(
    session: Session,
    order: Order,
    dataset: Dataset,
    wanted: Sequence[RecordDistribution],
    incoming: Incoming,
) -> bool:
    """Makes files and links those of the record, in its order; whether anything was different."""
    by_uuid = {each.uuid: each for each in dataset.distributions}
    by_key = {each.source_key: each for each in dataset.distributions if each.source_key}
    before = list(dataset.distributions)
    kept: list[Distribution] = []
    changed = False
    for number, each in enumerate(wanted):
        found = (by_uuid.get(each.uuid) if each.uuid else None) or by_key.get(each.key)
        if found is None or found in kept:
            found = _new_distribution(session, order, dataset, each, incoming, number)
        elif _change_distribution(order, found, each, incoming, number):
            found.updated_at = order.now
            changed = True
        changed |= apply_facts(found, each)
        kept.append(found)
    if kept != before:
        for gone in [each for each in dataset.distributions if each not in kept]:
            dataset.distributions.remove(gone)
        for position, each_kept in enumerate(kept):
            each_kept.position = position
        dataset.distributions.sort(key=lambda one: one.position)
        changed = True
    return changed


def _new_distribution(
    session: Session,
    order: Order,
    dataset: Dataset,
    wanted: RecordDistribution,
    incoming: Incoming,
    number: int,
) -> Distribution:
    if wanted.key in incoming:
        made = files.new_file_distribution(dataset, incoming[wanted.key], order.lookup, order.now)
    else:
        made = files.new_link(dataset, _address(wanted, number), wanted.format, order.lookup, order.now)
    if wanted.uuid is not None and not package_queries.taken_files(session, [wanted.uuid]):
        made.uuid = wanted.uuid
    made.source_key = wanted.key
    return made


def _change_distribution(
    order: Order, current: Distribution, wanted: RecordDistribution, incoming: Incoming, number: int
) -> bool:
    """A link may become a file and a file a link; an uploaded file without a new one stays."""
    current.source_key = current.source_key or wanted.key
    if wanted.key in incoming:
        current.kind, current.access_url = DistributionKind.FILE, None
        return files.add_version(current, incoming[wanted.key], order.lookup, order.now)
    if wanted.url is None and current.kind is DistributionKind.FILE:
        return False
    before: tuple[Any, ...] = (current.access_url, current.format, current.format_raw)
    address = _address(wanted, number)
    if current.kind is DistributionKind.FILE:
        current.file_versions.clear()
        current.media_type, current.rows = None, None
        files.forget_tables(current)
    current.kind, current.access_url = DistributionKind.LINK, address
    files.set_link_format(current, wanted.format, order.lookup)
    return before != (current.access_url, current.format, current.format_raw)


def _address(wanted: RecordDistribution, number: int) -> str:
    if wanted.url is None or not files.is_address(wanted.url):
        raise files.AddressInvalid(fields={f"resources[{number}].url": files.AddressInvalid.message})
    return wanted.url
