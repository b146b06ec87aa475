"""How a file was read into tables, and a steward's word on it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from portal.api.v1 import parameters
from portal.api.v1.answers import form, respond
from portal.api.v1.describing import describes, describes_write
from portal.api.v1.reading_forms import OverridesBody, ReadingForm
from portal.api.v1.writing import body, change_distribution, order, owner_of
from portal.catalog import queries
from portal.catalog.models import Dataset, Distribution
from portal.catalog.services import readings
from portal.catalog.services.distributions import find
from portal.exchange import v1_readings
from portal.exchange.v1_parts import Form
from portal.http import context
from portal.http.preconditions import answer
from portal.tables.overrides import overrides_from

blueprint = Blueprint(
    "readings", __name__, url_prefix="/api/v1", description="How files were read into tables."
)

_DISTRIBUTION = parameters.in_path("uuid", "Id of the distribution.")


@describes(
    blueprint,
    "/distributions/<uuid>/reading",
    answer=ReadingForm,
    parameters=[_DISTRIBUTION, parameters.LANG],
)
def show_reading(uuid: str) -> Response:
    """How a file was read into tables

    What was decided and why, what is not sure, or why there is no table; for everyone who may see the dataset.
    """
    shape, key = form(), queries.as_uuid(uuid)
    session = context.session()
    dataset = owner_of(session, context.actor(), key)
    assert key is not None
    found = readings.last_reading(session, find(dataset, key))
    return respond(v1_readings.reading(found, shape), version=dataset.version)


@describes_write(
    blueprint,
    "PUT",
    "/distributions/<uuid>/reading",
    answer=ReadingForm,
    parameters=[_DISTRIBUTION, parameters.LANG],
    body=OverridesBody,
)
def overrule_reading(uuid: str) -> Response:
    """Say how a file is to be read

    Takes the place of what was said before; `{}` takes it back. The file is read again by the worker, what was
    read serves until then. Newer versions of the file are read in the same way.
    """
    asked = order()
    loaded = body(OverridesBody())
    overrides = overrides_from(loaded)

    def act(session: Session, dataset: Dataset, key: UUID, now: datetime) -> Response:
        made = readings.overrule(session, asked.author, dataset, key, overrides, now)
        return _shown(session, dataset, made, asked.shape, status=200)

    return change_distribution(asked, uuid, act, told=loaded)


@describes_write(
    blueprint,
    "POST",
    "/distributions/<uuid>/reading/again",
    answer=ReadingForm,
    parameters=[_DISTRIBUTION, parameters.LANG, parameters.IF_MATCH_OPTIONAL, parameters.IDEMPOTENCY_KEY],
    status=202,
)
def read_again(uuid: str) -> Response:
    """Read a file again

    Answered at once; the worker reads it when its turn comes.
    """
    asked = order()

    def act(session: Session, dataset: Dataset, key: UUID, now: datetime) -> Response:
        made = readings.read_again(session, asked.author, dataset, key, now)
        return _shown(session, dataset, made, asked.shape, status=202)

    return change_distribution(asked, uuid, act, told=None)


def _shown(
    session: Session, dataset: Dataset, distribution: Distribution, shape: Form, *, status: int
) -> Response:
    session.flush()
    found = readings.last_reading(session, distribution)
    return answer(v1_readings.reading(found, shape), version=dataset.version, status=status)
