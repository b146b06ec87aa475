"""What every change through API v1 shares: who, under which condition, on which record, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import Schema
from sqlalchemy.orm import Session

from portal import links
from portal.api.v1.answers import form
from portal.catalog import public_queries, queries
from portal.catalog.actors import Actor
from portal.catalog.models import Dataset, Distribution
from portal.catalog.policies import DatasetNotFound
from portal.catalog.services.datasets import Withdrawn, visible
from portal.catalog.services.distributions import DistributionNotFound, find
from portal.exchange import v1, v1_parts
from portal.exchange.v1_parts import Form
from portal.http import actor, context
from portal.http.bodies import json_body
from portal.http.idempotency import once
from portal.http.preconditions import Expected, answer, expected

# Column dictionaries of wide tables are long.
MAX_BODY_BYTES = 1024**2


@dataclass(frozen=True, slots=True)
class Order:
    """What a request to change something comes with."""

    author: Actor
    condition: Expected
    shape: Form


Change = Callable[[Session, Dataset, datetime], None]
"""Does something to a dataset in a write session."""


def order() -> Order:
    """Who asks and which version they mean; POST may leave that open, other methods must say it.

    Raises TokenMissing, PreconditionMissing, ParameterInvalid.
    """
    author = actor.required()
    is_open = request.method == "POST" and "If-Match" not in request.headers
    return Order(author, Expected(None) if is_open else expected(), form())


def body(schema: Schema) -> dict[str, Any]:
    """The JSON body. Raises BodyInvalid and what `json_body` raises."""
    return json_body(schema, max_bytes=MAX_BODY_BYTES)


def body_or_nothing(schema: Schema) -> dict[str, Any]:
    """The same, where an empty body says `{}`."""
    return body(schema) if request.content_length or "Transfer-Encoding" in request.headers else {}


def seen(session: Session, author: Actor, reference: str) -> Dataset:
    """The dataset, if the author may know of it. Raises DatasetNotFound, Withdrawn."""
    hide = context.portal().settings.hide_illustrative
    try:
        return visible(session, author, reference, hide_illustrative=hide)
    except Withdrawn:
        # The rollback would make the session forget what the tombstone tells.
        session.expunge_all()
        raise


def owner_of(session: Session, author: Actor, distribution: UUID | None) -> Dataset:
    """The dataset of a distribution. Raises DistributionNotFound, alike for unknown and unseen, and Withdrawn."""
    owner = public_queries.dataset_of_distribution(session, distribution) if distribution else None
    if owner is None:
        raise DistributionNotFound
    try:
        return seen(session, author, owner)
    except DatasetNotFound:
        raise DistributionNotFound from None


def change(asked: Order, reference: str, act: Change, *, told: object) -> Response:
    """Does `act` to the dataset and answers with the record as it is then."""

    def work(session: Session) -> Response:
        dataset = seen(session, asked.author, reference)
        asked.condition.check(dataset.version)
        act(session, dataset, context.portal().clock())
        return show(session, dataset.uuid, asked.shape)

    return once(asked.author, work, told=told)


def change_distribution(
    asked: Order, uuid: str, act: Callable[[Session, Dataset, UUID, datetime], Response], *, told: object
) -> Response:
    """Does `act` to the distribution with this id in its dataset."""
    key = queries.as_uuid(uuid)

    def work(session: Session) -> Response:
        dataset = owner_of(session, asked.author, key)
        asked.condition.check(dataset.version)
        assert key is not None
        return act(session, dataset, key, context.portal().clock())

    return once(asked.author, work, told=told)


def show(session: Session, uuid: UUID, shape: Form, *, status: int = 200) -> Response:
    """The record as the database has it now, read again in the same transaction."""
    dataset = _again(session, uuid)
    location = shape.link(links.api("datasets", dataset.slug)) if status == 201 else None
    return answer(v1.dataset(dataset, shape), version=dataset.version, status=status, location=location)


def show_list(session: Session, uuid: UUID, shape: Form) -> Response:
    """The dataset's distributions in their order."""
    dataset = _again(session, uuid)
    items = v1.distributions(dataset, shape)
    return answer({"total": len(items), "items": items}, version=dataset.version)


def show_distribution(
    session: Session, dataset: Dataset, distribution: Distribution, shape: Form, *, status: int = 200
) -> Response:
    """One distribution; its ETag is that of its dataset, which changes with it."""
    dataset = _again(session, dataset.uuid)
    found = find(dataset, distribution.uuid)
    return answer(
        v1_parts.distribution(found, shape),
        version=dataset.version,
        status=status,
        location=shape.link(links.api("distributions", found.uuid)) if status == 201 else None,
    )


def _again(session: Session, uuid: UUID) -> Dataset:
    session.flush()
    dataset = queries.dataset_again(session, uuid)
    assert dataset is not None
    return dataset
