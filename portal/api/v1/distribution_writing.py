"""Files and links, written by stewards: attach, supersede, describe, order, remove."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from portal.api.v1 import parameters
from portal.api.v1.describing import describes_write
from portal.api.v1.distribution_bodies import (
    DistributionChangeBody,
    LinkBody,
    OrderBody,
    distribution_fields,
    texts_of,
)
from portal.api.v1.lists import DistributionList
from portal.api.v1.schemas import DistributionForm
from portal.api.v1.writing import (
    body,
    change_distribution,
    order,
    owner_of,
    seen,
    show_distribution,
    show_list,
)
from portal.catalog import queries
from portal.catalog.models import Dataset
from portal.catalog.services import distributions
from portal.catalog.services.matching import load_formats
from portal.http import context
from portal.http.idempotency import once
from portal.http.preconditions import no_content
from portal.http.uploads import TEXTS, Upload, receive

blueprint = Blueprint(
    "distribution_writing", __name__, url_prefix="/api/v1", description="Files and links, by their stewards."
)

_DATASET = parameters.in_path("reference", "Slug or uuid of the dataset.")
_DISTRIBUTION = parameters.in_path("uuid", "Id of the distribution.")
_POSTED = [parameters.LANG, parameters.IF_MATCH_OPTIONAL, parameters.IDEMPOTENCY_KEY]
_TEXT: dict[str, Any] = {"type": "string"}
_FILE_MEDIA: dict[str, Any] = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {
                "file": {"type": "string", "format": "binary"},
                **dict.fromkeys(TEXTS, _TEXT),
            },
            "required": ["file"],
            "additionalProperties": False,
        }
    },
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
}
_UPLOAD = [
    *(
        parameters.filter_by(name, f"As the field `{name}` of a form.")
        for name in TEXTS
        if name not in ("name", "sha256")
    ),
    parameters.filter_by("name", "The file's name; needed when the body is the file itself."),
    parameters.filter_by("sha256", "SHA-256 in hex that the file must have; `Repr-Digest` does the same."),
]


@describes_write(
    blueprint,
    "POST",
    "/datasets/<reference>/files",
    answer=DistributionForm,
    parameters=[_DATASET, *_UPLOAD, *_POSTED],
    media=_FILE_MEDIA,
    status=201,
)
def attach_file(reference: str) -> Response:
    """Add a file

    As the part `file` of a form, or as the body itself with `?name=`. The bytes are kept as they are.
    """
    asked = order()
    with context.portal().database.read() as session:
        dataset = seen(session, asked.author, reference)
        asked.condition.check(dataset.version)
        distributions.require_change(asked.author, dataset)
    upload = _receive()

    def work(session: Session) -> Response:
        dataset = seen(session, asked.author, reference)
        asked.condition.check(dataset.version)
        made = distributions.attach_file(
            session,
            asked.author,
            dataset,
            upload.file,
            load_formats(session),
            context.portal().clock(),
            title=upload.text("title"),
            description=upload.text("description"),
        )
        return show_distribution(session, dataset, made, asked.shape, status=201)

    return once(asked.author, work, told=upload.told())


@describes_write(
    blueprint,
    "POST",
    "/distributions/<uuid>/files",
    answer=DistributionForm,
    parameters=[_DISTRIBUTION, *_UPLOAD, *_POSTED],
    media=_FILE_MEDIA,
    status=201,
)
def supersede_file(uuid: str) -> Response:
    """Add a newer version of a file

    The address stays, older versions can still be had. The same bytes under the same name change nothing and
    are answered with 200.
    """
    asked = order()
    with context.portal().database.read() as session:
        dataset = owner_of(session, asked.author, queries.as_uuid(uuid))
        asked.condition.check(dataset.version)
        distributions.require_change(asked.author, dataset)
    upload = _receive()

    def act(session: Session, dataset: Dataset, key: UUID, now: datetime) -> Response:
        before = dataset.version
        made = distributions.supersede_file(
            session, asked.author, dataset, key, upload.file, load_formats(session), now
        )
        texts = {name: text for name, text in upload.texts.items() if text}
        fields = distribution_fields(_i18n(texts))
        distributions.describe(session, asked.author, dataset, key, fields, now)
        status = 201 if dataset.version != before else 200
        return show_distribution(session, dataset, made, asked.shape, status=status)

    return change_distribution(asked, uuid, act, told=upload.told())


@describes_write(
    blueprint,
    "POST",
    "/datasets/<reference>/links",
    answer=DistributionForm,
    parameters=[_DATASET, *_POSTED],
    body=LinkBody,
    status=201,
)
def add_link(reference: str) -> Response:
    """Add a link to data that lies elsewhere"""
    asked = order()
    loaded = body(LinkBody())
    title, description = texts_of(loaded)

    def work(session: Session) -> Response:
        dataset = seen(session, asked.author, reference)
        asked.condition.check(dataset.version)
        made = distributions.add_link(
            session,
            asked.author,
            dataset,
            loaded["url"],
            load_formats(session),
            context.portal().clock(),
            title=title,
            description=description,
            format=loaded.get("format"),
        )
        return show_distribution(session, dataset, made, asked.shape, status=201)

    return once(asked.author, work, told=loaded)


@describes_write(
    blueprint,
    "PATCH",
    "/distributions/<uuid>",
    answer=DistributionForm,
    parameters=[_DISTRIBUTION, parameters.LANG],
    body=DistributionChangeBody,
)
def change_file_or_link(uuid: str) -> Response:
    """Say what a file or link is: title, description, columns"""
    asked = order()
    loaded = body(DistributionChangeBody())
    fields = distribution_fields(loaded)

    def act(session: Session, dataset: Dataset, key: UUID, now: datetime) -> Response:
        made = distributions.describe(session, asked.author, dataset, key, fields, now)
        return show_distribution(session, dataset, made, asked.shape)

    return change_distribution(asked, uuid, act, told=loaded)


@describes_write(
    blueprint,
    "PUT",
    "/datasets/<reference>/distributions/order",
    answer=DistributionList,
    parameters=[_DATASET, parameters.LANG],
    body=OrderBody,
)
def order_distributions(reference: str) -> Response:
    """Put a dataset's files and links into another order"""
    asked = order()
    loaded = body(OrderBody())

    def work(session: Session) -> Response:
        dataset = seen(session, asked.author, reference)
        asked.condition.check(dataset.version)
        distributions.reorder(session, asked.author, dataset, loaded["order"], context.portal().clock())
        return show_list(session, dataset.uuid, asked.shape)

    return once(asked.author, work, told=loaded)


@describes_write(
    blueprint, "DELETE", "/distributions/<uuid>", answer=None, parameters=[_DISTRIBUTION], status=204
)
def remove_file_or_link(uuid: str) -> Response:
    """Take a file or link off its dataset"""
    asked = order()

    def act(session: Session, dataset: Dataset, key: UUID, now: datetime) -> Response:
        distributions.remove(session, asked.author, dataset, key, now)
        return no_content()

    return change_distribution(asked, uuid, act, told=None)


def _receive() -> Upload:
    portal = context.portal()
    return receive(portal.storage, max_bytes=portal.settings.file_limit)


def _i18n(texts: dict[str, str]) -> dict[str, Any]:
    """The flat texts of an upload as a JSON body would have them."""
    found: dict[str, Any] = {}
    for name, text in texts.items():
        member, _, language = name.partition("_")
        found.setdefault(f"{member}_i18n", {})[language or "vi"] = text
    return found
