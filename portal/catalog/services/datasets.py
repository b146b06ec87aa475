"""Datasets: create, update, and every move of their life; each leaves a revision and a change."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from portal.catalog import lifecycle, queries
from portal.catalog.actors import SYSTEM, Actor
from portal.catalog.changes import record_change
from portal.catalog.lifecycle import Act
from portal.catalog.models import Dataset, Revision, State
from portal.catalog.policies import DatasetNotFound, authorize, may_see, require_own_series
from portal.catalog.records import DatasetFields
from portal.catalog.revisions import content_of
from portal.catalog.services.completeness import missing, require_complete, require_no_loss
from portal.catalog.services.fields import apply_fields
from portal.catalog.services.matching import Lookup
from portal.database import flush_unique
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.text import LocalizedText, slugify

_USABLE_SLUG = re.compile(r"[a-z0-9_-]{2,100}")


class IdentifierTaken(Conflict):
    """Another dataset has this identifier: creating never updates."""

    message = LocalizedText(
        "Mã định danh này đã thuộc về một bộ dữ liệu khác.", "Another dataset has this identifier."
    )


class ReasonMissing(Invalid):
    """Withdrawing needs a reason that readers will see."""

    message = LocalizedText("Cần nêu lý do rút bộ dữ liệu.", "Withdrawing a dataset needs a reason.")


class TimeNotAhead(Invalid):
    """A scheduled publication must lie in the future."""

    message = LocalizedText(
        "Giờ công bố phải ở trong tương lai.", "The time to publish must be in the future."
    )


class AgencyForeign(Forbidden):
    """Nobody speaks for an agency in which they have no role."""

    message = LocalizedText(
        "Bạn không có vai trò nào tại cơ quan chủ quản đã nêu.",
        "You have no role in the agency that is named as the owner.",
    )


class ReplacementIsItself(Invalid):
    """What is withdrawn cannot replace itself."""

    message = LocalizedText(
        "Bộ dữ liệu không thể thay thế cho chính nó.", "A dataset cannot be its own replacement."
    )


class Withdrawn(NotFound):
    """The dataset was public and is not any more; `dataset` gives the few facts that stay public."""

    message = LocalizedText("Bộ dữ liệu này đã được rút.", "This dataset has been withdrawn.")

    def __init__(self, dataset: Dataset) -> None:
        super().__init__()
        self.dataset = dataset


def visible(session: Session, actor: Actor, reference: str, *, hide_illustrative: bool = False) -> Dataset:
    """The dataset with this slug or uuid as `actor` may see it, everything loaded.

    Raises Withdrawn (public remains inside) and DatasetNotFound, the same for unknown and unseen.
    """
    # The bare row first: what may not be seen costs the same single statement as what is not there.
    dataset = queries.bare_dataset(session, reference)
    return queries.load_everything(session, seen(actor, dataset, hide_illustrative=hide_illustrative))


def seen(actor: Actor, dataset: Dataset | None, *, hide_illustrative: bool) -> Dataset:
    """The same dataset when `actor` may see it. Raises Withdrawn (its replacement must be loaded) and
    DatasetNotFound, the same for unknown and unseen."""
    if dataset is None or (hide_illustrative and dataset.illustrative):
        raise DatasetNotFound
    if may_see(actor, dataset):
        return dataset
    raise Withdrawn(dataset) if dataset.state is State.WITHDRAWN else DatasetNotFound


def new_dataset(identifier: str, slug: str, now: datetime) -> Dataset:
    """An empty draft, with nothing left to load."""
    return Dataset(
        uuid=uuid4(), identifier=identifier, slug=slug, state=State.DRAFT, version=1,
        title_vi="", title_en=None, title_folded="", description_vi="", description_en=None,
        keywords=[], themes_raw=[], places_raw=[], languages=[], extras={}, illustrative=False,
        withdrawal_reason="", themes=[], places=[], distributions=[],
        agency=None, supplier=None, frequency=None, licence=None, access_level=None,
        series=None, replacement=None, created_at=now, updated_at=now,
    )  # fmt: skip


def slug_for(identifier: str, is_taken: Callable[[str], bool]) -> str:
    """The identifier itself where it can stand in an address, else its letters and six of its hash."""
    if _USABLE_SLUG.fullmatch(identifier) and not is_taken(identifier):
        return identifier
    tail = hashlib.sha256(identifier.encode()).hexdigest()[:6]
    stem = identifier if _USABLE_SLUG.fullmatch(identifier) else slugify(identifier)
    return f"{stem[:93].rstrip('-') or 'du-lieu'}-{tail}"


def make_identifier(title: str) -> str:
    """An identifier for a dataset that was given none; its random end tells nothing of what else there is."""
    return f"{slugify(title, 60) or 'du-lieu'}-{secrets.token_hex(3)}"


def create(
    session: Session, actor: Actor, identifier: str, fields: DatasetFields, lookup: Lookup, now: datetime
) -> Dataset:
    """A new draft. Raises IdentifierTaken, TitleMissing, AgencyForeign, Forbidden."""
    if queries.identifier_is_taken(session, identifier):
        raise IdentifierTaken(fields={"identifier": IdentifierTaken.message})
    slug = slug_for(identifier, lambda candidate: queries.slug_is_taken(session, candidate))
    dataset = new_dataset(identifier, slug, now)
    apply_fields(dataset, fields, lookup)
    require_own_agency(actor, dataset)
    require_own_series(actor, dataset)
    authorize(actor, Act.CREATE, dataset)
    session.add(dataset)
    flush_unique(session, IdentifierTaken(fields={"identifier": IdentifierTaken.message}))
    keep(session, dataset, actor, Act.CREATE, now)
    return dataset


def update(
    session: Session, actor: Actor, dataset: Dataset, fields: DatasetFields, lookup: Lookup, now: datetime
) -> list[str]:
    """Names of the changed fields; nothing is written when there are none. Raises AgencyForeign, Incomplete."""
    authorize(actor, Act.UPDATE, dataset)
    lifecycle.require_editable(dataset)
    lacking = missing(dataset)
    changed = apply_fields(dataset, fields, lookup)
    if changed:
        if "publisher" in changed:
            require_own_agency(actor, dataset)
        if "series" in changed:
            require_own_series(actor, dataset)
        authorize(actor, Act.UPDATE, dataset)
        require_no_loss(actor, dataset, lacking)
        keep_changed(session, dataset, actor, Act.UPDATE, now)
    return changed


def submit(session: Session, actor: Actor, dataset: Dataset, now: datetime) -> None:
    """Asks for a review."""
    _move(session, actor, dataset, Act.SUBMIT, now)


def send_back(session: Session, actor: Actor, dataset: Dataset, now: datetime) -> None:
    """Makes what was in review or scheduled a draft again."""
    _move(session, actor, dataset, Act.RETURN, now)


def schedule(session: Session, actor: Actor, dataset: Dataset, at: datetime, now: datetime) -> None:
    """Publishes by itself at `at`. Raises TimeNotAhead, Incomplete."""
    if at <= now:
        raise TimeNotAhead(fields={"scheduled_at": TimeNotAhead.message})
    authorize(actor, Act.SCHEDULE, dataset)
    lifecycle.require_move(dataset, Act.SCHEDULE)
    require_complete(actor, dataset)
    _move(session, actor, dataset, Act.SCHEDULE, now, scheduled_at=at)


def publish(session: Session, actor: Actor, dataset: Dataset, now: datetime) -> None:
    """Makes the dataset public. Raises MoveNotPossible, Forbidden, Incomplete."""
    authorize(actor, Act.PUBLISH, dataset)
    lifecycle.require_move(dataset, Act.PUBLISH)
    require_complete(actor, dataset)
    _move(session, actor, dataset, Act.PUBLISH, now)


def publish_due(session: Session, now: datetime) -> int:
    """Publishes every dataset whose time has come; answers how many."""
    due = queries.due_datasets(session, now)
    for dataset in due:
        publish(session, SYSTEM, dataset, now)
    return len(due)


def withdraw(
    session: Session,
    actor: Actor,
    dataset: Dataset,
    reason: str,
    now: datetime,
    *,
    replacement: Dataset | None = None,
) -> None:
    """Takes the dataset out of sight; uuid, dates, reason and replacement stay public. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    authorize(actor, Act.WITHDRAW, dataset)
    if replacement is dataset:
        raise ReplacementIsItself(fields={"replacement": ReplacementIsItself.message})
    dataset.withdrawal_reason, dataset.replacement, dataset.withdrawn_at = reason.strip(), replacement, now
    _move(session, actor, dataset, Act.WITHDRAW, now)


def restore(session: Session, actor: Actor, dataset: Dataset, now: datetime) -> None:
    """Undoes a withdrawal (public again) or takes a draft out of the trash."""
    authorize(actor, Act.RESTORE, dataset)
    dataset.withdrawal_reason, dataset.replacement, dataset.withdrawn_at = "", None, None
    _move(session, actor, dataset, Act.RESTORE, now)


def trash(session: Session, actor: Actor, dataset: Dataset, now: datetime) -> None:
    """Puts what was never published into the trash."""
    _move(session, actor, dataset, Act.TRASH, now)


def require_own_agency(actor: Actor, dataset: Dataset) -> None:
    """Raises AgencyForeign."""
    # A role in the supplying agency is enough to work on a dataset, not to name somebody else its owner.
    if not actor.is_administrator and dataset.agency_id not in actor.memberships:
        raise AgencyForeign(fields={"agency": AgencyForeign.message})


def _move(
    session: Session,
    actor: Actor,
    dataset: Dataset,
    act: Act,
    now: datetime,
    *,
    scheduled_at: datetime | None = None,
) -> None:
    authorize(actor, act, dataset)
    was_public = dataset.state is State.PUBLISHED
    lifecycle.move(dataset, act)
    dataset.scheduled_at = scheduled_at
    if dataset.state is State.PUBLISHED and dataset.published_at is None:
        dataset.published_at = now
    keep_changed(session, dataset, actor, act, now, was_public=was_public)


def keep_changed(
    session: Session, dataset: Dataset, actor: Actor, act: Act, now: datetime, *, was_public: bool = False
) -> None:
    """The next version of a stored dataset, with its revision and change."""
    dataset.version += 1
    dataset.updated_at = now
    keep(session, dataset, actor, act, now, was_public=was_public)


def keep(
    session: Session, dataset: Dataset, actor: Actor, act: Act, now: datetime, *, was_public: bool = False
) -> None:
    """Writes the revision of the present version and notes the change."""
    is_public = dataset.state is State.PUBLISHED
    session.add(
        Revision(
            dataset=dataset,
            version=dataset.version,
            at=now,
            actor=actor.name,
            action=act.value,
            is_public=is_public,
            content=content_of(dataset),
        )
    )
    record_change(
        session, dataset, action=act.value, is_public=is_public or was_public, actor=actor.name, at=now
    )
