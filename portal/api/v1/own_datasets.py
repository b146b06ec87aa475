"""The datasets that the asker works on, in whatever state."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from portal.api.v1 import parameters
from portal.api.v1.answers import form, respond
from portal.api.v1.describing import describes_private
from portal.api.v1.lists import OwnDatasetPage
from portal.catalog.models import Dataset
from portal.catalog.own_queries import own_datasets
from portal.exchange import v1
from portal.exchange.v1_parts import Form
from portal.exchange.values import JsonObject, JsonValue, instant
from portal.http import actor, context
from portal.search.request import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE

blueprint = Blueprint(
    "own_datasets", __name__, url_prefix="/api/v1", description="The datasets that the asker works on."
)


@describes_private(blueprint, "/me/datasets", answer=OwnDatasetPage, parameters=parameters.OWN_DATASETS)
def list_own_datasets() -> Response:
    """Datasets that you have a role for

    Administrators have one for all. Last changed first.
    """
    author, shape, states = actor.required(), form(), parameters.states()
    page = parameters.number("page", default=1, minimum=1, maximum=parameters.MAX_OWN_PAGE)
    size = parameters.number("page_size", default=DEFAULT_PAGE_SIZE, minimum=1, maximum=MAX_PAGE_SIZE)
    found = own_datasets(context.session(), author, states=states, page=page, page_size=size)
    items: list[JsonValue] = [_card(each, shape) for each in found.items]
    return respond({"total": found.total, "page": page, "page_size": size, "items": items})


def _card(dataset: Dataset, shape: Form) -> JsonObject:
    return {
        **v1.card(dataset, shape),
        "state": dataset.state.value,
        "scheduled_at": instant(dataset.scheduled_at),
        "withdrawn_at": instant(dataset.withdrawn_at),
    }
