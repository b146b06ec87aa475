"""Files for download."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, redirect

from portal import links
from portal.catalog import public_queries, queries
from portal.catalog.models import Dataset, Distribution, FileVersion
from portal.catalog.policies import DatasetNotFound
from portal.catalog.services.datasets import visible
from portal.catalog.table_queries import load_tables
from portal.errors import NotFound
from portal.exchange import csvw
from portal.exchange.archive import archive_of
from portal.exchange.signposting import TypedLink, back_to_page, header
from portal.http import context
from portal.http.archives import send_archive
from portal.http.downloads import send_stored
from portal.text import LocalizedText

blueprint = Blueprint("files", __name__)


class FileNotFound(NotFound):
    """Unknown, a link without an address to follow, or not to be known of: all answer alike."""

    message = LocalizedText("Không có tệp này.", "There is no such file.")


@blueprint.route("/tai-ve/<uuid>/<name>")
def download_latest(uuid: str, name: str) -> Response:
    """The newest file; another name than its own leads to it, so that old links survive a renaming."""
    dataset, distribution = find(uuid)
    file = distribution.current_file
    if file is not None and name != file.name:
        return _moved(links.download(distribution.uuid, file.name), permanent=False)
    return send_newest(dataset, distribution)


def send_newest(dataset: Dataset, distribution: Distribution) -> Response:
    """The newest file itself; of a link, the way to its source. Raises FileNotFound."""
    file = distribution.current_file
    if file is None:
        return _to_source(distribution)
    columns = []
    if csvw.is_table(distribution):
        path = links.columns_of(distribution.uuid, file.name)
        address = links.absolute(context.portal().settings.public_url, path)
        columns = [TypedLink("describedby", address, csvw.MEDIA_TYPE)]
    return _send(file, dataset, columns, immutable=False)


@blueprint.route("/tai-ve/<uuid>/v<int:number>/<name>")
def download_version(uuid: str, number: int, name: str) -> Response:
    """One file version, for ever the same bytes."""
    dataset, distribution = find(uuid)
    file = next((each for each in distribution.file_versions if each.number == number), None)
    if file is None:
        raise FileNotFound
    if name != file.name:
        return _moved(links.download_version(distribution.uuid, number, file.name), permanent=True)
    return _send(file, dataset, (), immutable=True)


@blueprint.route("/dataset/<reference>.zip")
def archive(reference: str) -> Response:
    """All files of a dataset with its record, licence and checksums."""
    portal = context.portal()
    found = visible(
        context.session(),
        context.actor(),
        reference,
        hide_illustrative=portal.settings.hide_illustrative,
    )
    if found.slug != reference:
        return _moved(links.dataset_archive(found.slug), permanent=True)
    load_tables(context.session(), found.distributions)
    response = send_archive(portal.storage, archive_of(found, portal.settings.public_url))
    response.headers["Link"] = header([back_to_page(found, portal.settings.public_url, "collection")])
    return response


def find(uuid: str) -> tuple[Dataset, Distribution]:
    """A distribution and its dataset, which the asker may see. Raises Withdrawn and FileNotFound."""
    key = queries.as_uuid(uuid)
    owner = public_queries.dataset_of_distribution(context.session(), key) if key else None
    if owner is None:
        raise FileNotFound
    try:
        dataset = visible(
            context.session(),
            context.actor(),
            owner,
            hide_illustrative=context.portal().settings.hide_illustrative,
        )
    except DatasetNotFound:
        raise FileNotFound from None
    return dataset, next(each for each in dataset.distributions if each.uuid == key)


def _send(file: FileVersion, dataset: Dataset, more: Sequence[TypedLink], *, immutable: bool) -> Response:
    portal = context.portal()
    response = send_stored(
        portal.storage,
        sha256=file.sha256,
        byte_size=file.byte_size,
        name=file.name,
        media_type=file.media_type,
        last_modified=file.created_at,
        accel_location=portal.settings.accel_location,
        immutable=immutable,
    )
    response.headers["Link"] = header(
        [back_to_page(dataset, portal.settings.public_url, "collection"), *more]
    )
    return response


def _to_source(distribution: Distribution) -> Response:
    """A link leads to its source: an address that a steward registered, never one that the asker chose."""
    address = distribution.access_url or ""
    if not address.startswith(("https://", "http://")):
        raise FileNotFound
    # Flask makes its own Response; werkzeug's types promise less.
    response = redirect(address, 302)
    response.headers["Cache-Control"] = "no-cache"
    return response  # type: ignore[return-value]


def _moved(path: str, *, permanent: bool) -> Response:
    address = links.absolute(context.portal().settings.public_url, path)
    # Flask makes its own Response; werkzeug's types promise less.
    response = redirect(address, 301 if permanent else 302)
    response.headers["Cache-Control"] = "no-cache"
    return response  # type: ignore[return-value]
