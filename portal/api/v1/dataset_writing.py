"""Datasets, written by stewards: create, replace, change, and put into the trash."""

from __future__ import annotations

from datetime import datetime

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from portal.api.v1 import parameters
from portal.api.v1.dataset_bodies import (
    AdministratorsDatasetBody,
    AdministratorsNewDatasetBody,
    DatasetBody,
    dataset_fields,
)
from portal.api.v1.describing import describes_write
from portal.api.v1.schemas import DatasetForm
from portal.api.v1.writing import Order, body, change, order, show
from portal.catalog.actors import Actor
from portal.catalog.models import Dataset
from portal.catalog.own_queries import own_agencies
from portal.catalog.records import DatasetFields
from portal.catalog.services import datasets
from portal.catalog.services.known_words import require_known
from portal.catalog.services.matching import load_lookup
from portal.errors import Invalid
from portal.http import context
from portal.http.idempotency import once
from portal.http.preconditions import no_content
from portal.text import LocalizedText

blueprint = Blueprint(
    "dataset_writing", __name__, url_prefix="/api/v1", description="Datasets, written by their stewards."
)

_ONE = [parameters.in_path("reference", "Slug or uuid of the dataset."), parameters.LANG]


class AgencyMissing(Invalid):
    """Who works for several agencies must say for which one."""

    message = LocalizedText(
        "Hãy nêu cơ quan chủ quản của bộ dữ liệu.", "Name the agency that owns the dataset."
    )


@describes_write(
    blueprint,
    "POST",
    "/datasets",
    answer=DatasetForm,
    parameters=[parameters.LANG, parameters.IDEMPOTENCY_KEY],
    body=AdministratorsNewDatasetBody,
    status=201,
)
def create_dataset() -> Response:
    """Create a draft

    `identifier`, `id` and `illustrative` are for administrators; others get an identifier made. Who works for
    one agency alone need not name it.
    """
    asked = order()
    loaded = body(AdministratorsNewDatasetBody() if asked.author.is_administrator else DatasetBody())
    fields = dataset_fields(loaded, whole=False)
    identifier = loaded.get("identifier") or loaded.get("id")

    def work(session: Session) -> Response:
        _default_agency(session, asked.author, fields)
        lookup = load_lookup(session)
        require_known(fields, lookup)
        name = identifier or datasets.make_identifier(fields.get("title_vi", ""))
        now = context.portal().clock()
        made = datasets.create(session, asked.author, name, fields, lookup, now)
        return show(session, made.uuid, asked.shape, status=201)

    return once(asked.author, work, told=loaded)


@describes_write(
    blueprint,
    "PUT",
    "/datasets/<reference>",
    answer=DatasetForm,
    parameters=_ONE,
    body=AdministratorsDatasetBody,
)
def replace_dataset(reference: str) -> Response:
    """Write a dataset anew

    Members that are absent are cleared, but for `agency` and `illustrative`. Files and links stay.
    """
    return _update(order(), reference, whole=True)


@describes_write(
    blueprint,
    "PATCH",
    "/datasets/<reference>",
    answer=DatasetForm,
    parameters=_ONE,
    body=AdministratorsDatasetBody,
)
def change_dataset(reference: str) -> Response:
    """Change some members of a dataset

    Members that are absent stay, null clears; lists are replaced, `extras` are merged.
    """
    return _update(order(), reference, whole=False)


@describes_write(blueprint, "DELETE", "/datasets/<reference>", answer=None, parameters=_ONE[:1], status=204)
def trash_dataset(reference: str) -> Response:
    """Put a dataset that was never public into the trash

    What is public is withdrawn instead, which tells readers why.
    """
    asked = order()

    def act(session: Session, dataset: Dataset, now: datetime) -> None:
        datasets.trash(session, asked.author, dataset, now)

    change(asked, reference, act, told=None)
    return no_content()


def _update(asked: Order, reference: str, *, whole: bool) -> Response:
    schema = AdministratorsDatasetBody if asked.author.is_administrator else DatasetBody
    loaded = body(schema())
    fields = dataset_fields(loaded, whole=whole)

    def act(session: Session, dataset: Dataset, now: datetime) -> None:
        lookup = load_lookup(session)
        require_known(fields, lookup)
        if whole:
            fields["extras"] = {**dict.fromkeys(dataset.extras), **fields.get("extras", {})}
        datasets.update(session, asked.author, dataset, fields, lookup, now)

    return change(asked, reference, act, told=loaded)


def _default_agency(session: Session, author: Actor, fields: DatasetFields) -> None:
    """The only agency that the author works for, where none is named. Raises AgencyMissing."""
    if "publisher" in fields or author.is_administrator:
        return
    own = own_agencies(session, author)
    if len(own) != 1:
        raise AgencyMissing(fields={"agency": AgencyMissing.message})
    fields["publisher"] = own[0].slug
