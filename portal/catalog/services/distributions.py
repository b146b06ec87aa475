"""Distributions: attach and supersede files, add links, reorder, remove."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from portal.catalog.actors import Actor
from portal.catalog.lifecycle import Act, require_editable
from portal.catalog.models import Dataset, Distribution, DistributionKind, FileVersion, Vocabulary
from portal.catalog.policies import authorize
from portal.catalog.services.datasets import keep_changed
from portal.catalog.services.files import IncomingFile
from portal.catalog.services.matching import Lookup
from portal.errors import Conflict, Invalid, NotFound
from portal.files.formats import normalise
from portal.text import LocalizedText

_NOTHING = LocalizedText("")


class AddressInvalid(Invalid):
    """A link must be a full http, https or ftp address."""

    message = LocalizedText(
        "Liên kết phải là địa chỉ http, https hoặc ftp đầy đủ.",
        "A link must be a full http, https or ftp address.",
    )


class DistributionNotFound(NotFound):
    """Unknown, or of a dataset that is not to be known of: both answer alike."""

    message = LocalizedText("Không có tệp hoặc liên kết này.", "There is no such distribution.")


class DistributionFields(TypedDict, total=False):
    """What is said of a distribution. A key that is absent leaves the stored value alone."""

    title_vi: str
    title_en: str | None
    description_vi: str
    description_en: str | None
    # Of each: name, title_vi, title_en, type, unit, description_vi, description_en.
    columns: list[dict[str, Any]]


class NotAFile(Conflict):
    """Only files have versions."""

    message = LocalizedText("Bản phân phối này là liên kết.", "This distribution is a link.")


class OrderIncomplete(Invalid):
    """A new order names every distribution once."""

    message = LocalizedText(
        "Thứ tự mới phải nêu mỗi bản phân phối đúng một lần.", "A new order names every distribution once."
    )


def is_address(url: str) -> bool:
    """Whether `url` may stand as a link: absolute, http(s) or ftp, with a host, without spaces or controls."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return (
        parts.scheme.lower() in {"http", "https", "ftp"}
        and bool(host)
        and not any(c.isspace() or not c.isprintable() for c in url)
    )


def attach_file(
    session: Session,
    actor: Actor,
    dataset: Dataset,
    file: IncomingFile,
    lookup: Lookup,
    now: datetime,
    *,
    title: LocalizedText = _NOTHING,
    description: LocalizedText = _NOTHING,
) -> Distribution:
    """A new distribution with the file as its version 1."""
    require_change(actor, dataset)
    distribution = new_file_distribution(dataset, file, lookup, now)
    distribution.title, distribution.description = title, description
    keep_changed(session, dataset, actor, Act.UPDATE, now)
    return distribution


def supersede_file(
    session: Session,
    actor: Actor,
    dataset: Dataset,
    distribution_uuid: UUID,
    file: IncomingFile,
    lookup: Lookup,
    now: datetime,
) -> Distribution:
    """A next version under the same address; older versions stay. The same bytes again change nothing."""
    require_change(actor, dataset)
    distribution = find(dataset, distribution_uuid)
    if distribution.kind is not DistributionKind.FILE:
        raise NotAFile
    if add_version(distribution, file, lookup, now):
        keep_changed(session, dataset, actor, Act.UPDATE, now)
    return distribution


def add_link(
    session: Session,
    actor: Actor,
    dataset: Dataset,
    url: str,
    lookup: Lookup,
    now: datetime,
    *,
    title: LocalizedText = _NOTHING,
    description: LocalizedText = _NOTHING,
    format: str | None = None,
) -> Distribution:
    """A distribution that lies elsewhere. Raises AddressInvalid."""
    require_change(actor, dataset)
    if not is_address(url):
        raise AddressInvalid(fields={"url": AddressInvalid.message})
    distribution = new_link(dataset, url, format, lookup, now)
    distribution.title, distribution.description = title, description
    keep_changed(session, dataset, actor, Act.UPDATE, now)
    return distribution


def describe(
    session: Session,
    actor: Actor,
    dataset: Dataset,
    distribution_uuid: UUID,
    fields: DistributionFields,
    now: datetime,
) -> Distribution:
    """Says what a distribution is; nothing is written when that makes no difference."""
    require_change(actor, dataset)
    distribution = find(dataset, distribution_uuid)
    different = {name: value for name, value in fields.items() if getattr(distribution, name) != value}
    for name, value in different.items():
        setattr(distribution, name, value)
    if different:
        distribution.updated_at = now
        keep_changed(session, dataset, actor, Act.UPDATE, now)
    return distribution


def reorder(session: Session, actor: Actor, dataset: Dataset, order: Sequence[UUID], now: datetime) -> None:
    """Shows the distributions in this order; the same order changes nothing. Raises OrderIncomplete."""
    require_change(actor, dataset)
    by_uuid = {each.uuid: each for each in dataset.distributions}
    if sorted(order) != sorted(by_uuid):
        raise OrderIncomplete(fields={"order": OrderIncomplete.message})
    if list(order) == list(by_uuid):
        return
    for position, uuid in enumerate(order):
        by_uuid[uuid].position = position
    dataset.distributions.sort(key=lambda each: each.position)
    keep_changed(session, dataset, actor, Act.UPDATE, now)


def remove(session: Session, actor: Actor, dataset: Dataset, distribution_uuid: UUID, now: datetime) -> None:
    """Takes a distribution off the dataset; earlier revisions still name its file."""
    require_change(actor, dataset)
    dataset.distributions.remove(find(dataset, distribution_uuid))
    keep_changed(session, dataset, actor, Act.UPDATE, now)


def new_file_distribution(
    dataset: Dataset, file: IncomingFile, lookup: Lookup, now: datetime
) -> Distribution:
    """Appends a file distribution with its first version; rights and revision are the caller's."""
    distribution = _append(dataset, DistributionKind.FILE, now)
    add_version(distribution, file, lookup, now)
    return distribution


def new_link(dataset: Dataset, url: str, format: str | None, lookup: Lookup, now: datetime) -> Distribution:
    """Appends a link distribution; rights and revision are the caller's."""
    distribution = _append(dataset, DistributionKind.LINK, now)
    distribution.access_url = url
    set_link_format(distribution, format, lookup)
    return distribution


def set_link_format(distribution: Distribution, raw: str | None, lookup: Lookup) -> None:
    """The concept that a raw format word means, and the word beside it."""
    known = lookup.concept(Vocabulary.FORMAT, raw)
    if known is not None and raw == known.code and distribution.format is known:
        # The code alone says nothing against the word that the source had for it.
        return
    distribution.format = known or (lookup.concept(Vocabulary.FORMAT, normalise(raw)) if raw else None)
    distribution.format_raw = raw or None


def add_version(distribution: Distribution, file: IncomingFile, lookup: Lookup, now: datetime) -> bool:
    """Appends a file version; False when the newest one has the same bytes and name already."""
    current = distribution.current_file
    if current is not None and (current.sha256, current.name) == (file.sha256, file.name):
        return False
    distribution.file_versions.append(
        FileVersion(
            number=current.number + 1 if current else 1,
            sha256=file.sha256,
            byte_size=file.byte_size,
            name=file.name,
            media_type=file.media_type,
            created_at=now,
        )
    )
    distribution.format = lookup.concept(Vocabulary.FORMAT, file.format)
    distribution.format_raw = None if distribution.format else file.format
    distribution.media_type = file.media_type.partition(";")[0]
    # The tables of the version before stay those that are shown until this one was read.
    distribution.table_state = "waiting"
    distribution.updated_at = now
    return True


def forget_tables(distribution: Distribution) -> None:
    """There is no file any more that tables could be of."""
    distribution.table_state, distribution.table_version = "none", None
    distribution.table_reason, distribution.table_reason_values = None, {}
    distribution.tables, distribution.reading_overrides = [], {}


def _append(dataset: Dataset, kind: DistributionKind, now: datetime) -> Distribution:
    position = max((each.position for each in dataset.distributions), default=-1) + 1
    distribution = Distribution(
        uuid=uuid4(), position=position, kind=kind, title_vi="", title_en=None,
        description_vi="", description_en=None, columns=[], table_state="none",
        table_reason_values={}, tables=[], reading_overrides={},
        format=None, file_versions=[], created_at=now, updated_at=now,
    )  # fmt: skip
    dataset.distributions.append(distribution)
    return distribution


def find(dataset: Dataset, uuid: UUID) -> Distribution:
    """The dataset's distribution with this id. Raises DistributionNotFound."""
    for distribution in dataset.distributions:
        if distribution.uuid == uuid:
            return distribution
    raise DistributionNotFound


def require_change(actor: Actor, dataset: Dataset) -> None:
    """Before long work, such as receiving a file: whether it could be done now. Raises Forbidden and the like."""
    authorize(actor, Act.UPDATE, dataset)
    require_editable(dataset)
