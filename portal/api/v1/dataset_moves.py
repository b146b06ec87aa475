"""The moves of a dataset's life: review, publication by hand or by the clock, withdrawal, restoring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from portal.api.v1 import parameters
from portal.api.v1.dataset_bodies import NothingBody, ScheduleBody, WithdrawBody
from portal.api.v1.describing import describes_write
from portal.api.v1.schemas import DatasetForm
from portal.api.v1.writing import body, body_or_nothing, change, order, seen
from portal.catalog.actors import Actor
from portal.catalog.models import Dataset, State
from portal.catalog.policies import DatasetNotFound
from portal.catalog.services import datasets
from portal.catalog.services.datasets import Withdrawn
from portal.errors import Invalid
from portal.text import LocalizedText

blueprint = Blueprint(
    "dataset_moves", __name__, url_prefix="/api/v1", description="The moves of a dataset's life."
)

_PARAMETERS = [
    parameters.in_path("reference", "Slug or uuid of the dataset."),
    parameters.LANG,
    parameters.IF_MATCH_OPTIONAL,
    parameters.IDEMPOTENCY_KEY,
]

_Move = Callable[[Session, Actor, Dataset, datetime], None]


class ReplacementUnknown(Invalid):
    """The dataset that should replace a withdrawn one is not public."""

    message = LocalizedText(
        "Không có bộ dữ liệu thay thế này, hoặc nó chưa được công bố.",
        "There is no such dataset to replace it, or it is not public.",
    )


@describes_write(
    blueprint, "POST", "/datasets/<reference>/submit", answer=DatasetForm, parameters=_PARAMETERS
)
def submit_dataset(reference: str) -> Response:
    """Ask for a review of a draft"""
    return _move(reference, datasets.submit)


@describes_write(
    blueprint, "POST", "/datasets/<reference>/return", answer=DatasetForm, parameters=_PARAMETERS
)
def return_dataset(reference: str) -> Response:
    """Make what is in review or scheduled a draft again"""
    return _move(reference, datasets.send_back)


@describes_write(
    blueprint, "POST", "/datasets/<reference>/publish", answer=DatasetForm, parameters=_PARAMETERS
)
def publish_dataset(reference: str) -> Response:
    """Publish now

    Title, description, agency, licence and a theme must be stated; all that is missing is named at once.
    """
    return _move(reference, datasets.publish)


@describes_write(
    blueprint, "POST", "/datasets/<reference>/restore", answer=DatasetForm, parameters=_PARAMETERS
)
def restore_dataset(reference: str) -> Response:
    """Undo a withdrawal, or take a draft out of the trash"""
    return _move(reference, datasets.restore)


@describes_write(blueprint, "POST", "/datasets/<reference>/trash", answer=DatasetForm, parameters=_PARAMETERS)
def trash_dataset_by_post(reference: str) -> Response:
    """Put a dataset that was never public into the trash

    The same as DELETE, with the record in the answer.
    """
    return _move(reference, datasets.trash)


@describes_write(
    blueprint,
    "POST",
    "/datasets/<reference>/schedule",
    answer=DatasetForm,
    parameters=_PARAMETERS,
    body=ScheduleBody,
)
def schedule_dataset(reference: str) -> Response:
    """Publish by itself at a time to come"""
    asked = order()
    loaded = body(ScheduleBody())
    at = loaded["scheduled_at"].astimezone(UTC)

    def act(session: Session, dataset: Dataset, now: datetime) -> None:
        datasets.schedule(session, asked.author, dataset, at, now)

    return change(asked, reference, act, told=loaded)


@describes_write(
    blueprint,
    "POST",
    "/datasets/<reference>/withdraw",
    answer=DatasetForm,
    parameters=_PARAMETERS,
    body=WithdrawBody,
)
def withdraw_dataset(reference: str) -> Response:
    """Take a public dataset out of sight

    Its id, dates, this reason and the replacement stay public, nothing else of it.
    """
    asked = order()
    loaded = body(WithdrawBody())

    def act(session: Session, dataset: Dataset, now: datetime) -> None:
        replacement = _replacement(session, asked.author, loaded.get("replacement"))
        datasets.withdraw(session, asked.author, dataset, loaded["reason"], now, replacement=replacement)

    return change(asked, reference, act, told=loaded)


def _move(reference: str, move: _Move) -> Response:
    asked = order()
    body_or_nothing(NothingBody())

    def act(session: Session, dataset: Dataset, now: datetime) -> None:
        move(session, asked.author, dataset, now)

    return change(asked, reference, act, told=None)


def _replacement(session: Session, author: Actor, reference: str | None) -> Dataset | None:
    if not reference:
        return None
    try:
        found = seen(session, author, reference)
    except (DatasetNotFound, Withdrawn):
        found = None
    if found is None or found.state is not State.PUBLISHED:
        raise ReplacementUnknown(fields={"replacement": ReplacementUnknown.message})
    return found
