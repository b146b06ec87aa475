"""One dataset in the forms of other standards, and what the columns of its CSV files mean beside each file."""

from __future__ import annotations

from flask import Blueprint, Response, redirect

from portal import links
from portal.api import files
from portal.api.v1 import parameters
from portal.catalog.services.datasets import visible
from portal.catalog.table_queries import load_tables
from portal.errors import NotFound
from portal.exchange import csvw
from portal.exchange.dataset_documents import BY_NAME
from portal.exchange.signposting import back_to_page, header
from portal.exchange.values import json_bytes
from portal.http import context
from portal.http.answers import public
from portal.http.negotiation import alternates
from portal.text import LocalizedText

blueprint = Blueprint("dataset_documents", __name__)

_NAMES = ",".join(f"'{name}'" for name in BY_NAME)


class NothingToTell(NotFound):
    """The dataset has nothing that this form could hold: no file, no table, or nothing to be cited."""

    message = LocalizedText(
        "Bộ dữ liệu này không có nội dung cho dạng tài liệu này.",
        "This dataset has nothing to be told in this form.",
    )


@blueprint.route(f"/dataset/<reference>/<any({_NAMES}):name>")
def document(reference: str, name: str) -> Response:
    """A form of `BY_NAME`; texts of forms that have one language in `lang`."""
    settings, language = context.portal().settings, parameters.language()
    found = visible(
        context.session(), context.actor(), reference, hide_illustrative=settings.hide_illustrative
    )
    form = BY_NAME[name]
    if found.slug != reference:
        # Flask makes its own Response; werkzeug's types promise less.
        path = links.dataset_form(found.slug, name, language)
        return redirect(links.absolute(settings.public_url, path), 301)  # type: ignore[return-value]
    load_tables(context.session(), found.distributions)
    body = form.write(found, settings.public_url, language)
    if body is None:
        raise NothingToTell
    response = Response(body, content_type=form.media_type)
    page = links.absolute(settings.public_url, links.dataset_page(found.slug, language))
    about = header([back_to_page(found, settings.public_url, "describes")])
    response.headers["Link"] = f"{alternates([(page, 'text/html')])}, {about}"
    return public(response, version=found.version)


@blueprint.route("/tai-ve/<uuid>/<name>-metadata.json")
def columns(uuid: str, name: str) -> Response:
    """CSVW of one CSV file, where the standard has readers look for it: the file's own address and a suffix."""
    dataset, distribution = files.find(uuid)
    file = distribution.current_file
    if file is None or file.name != name or not csvw.is_table(distribution):
        return files.download_latest(uuid, f"{name}-metadata.json")
    load_tables(context.session(), [distribution])
    told = csvw.table(dataset, distribution, context.portal().settings.public_url)
    response = Response(json_bytes(told), content_type=csvw.MEDIA_TYPE)
    return public(response, version=dataset.version)
