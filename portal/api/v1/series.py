"""Series of datasets: read by everybody, written by publishers of their agency and by administrators."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from portal import links
from portal.api.v1 import parameters
from portal.api.v1.answers import form, respond
from portal.api.v1.describing import describes, describes_write
from portal.api.v1.series_forms import (
    NewSeriesBody,
    SeriesBody,
    SeriesList,
    SeriesWithDatasets,
    series_fields,
)
from portal.catalog import series_queries
from portal.catalog.actors import Actor
from portal.catalog.models import Series
from portal.catalog.policies import require_series_keeper
from portal.catalog.services import series
from portal.exchange import v1_series
from portal.exchange.v1_parts import Form
from portal.exchange.values import JsonObject, JsonValue
from portal.http import actor, context
from portal.http.bodies import json_body
from portal.http.preconditions import answer, expected, no_content

blueprint = Blueprint(
    "series", __name__, url_prefix="/api/v1", description="Datasets that belong together over time."
)

_REFERENCE = parameters.in_path("reference", "Slug or uuid of the series.")


@describes(blueprint, "/series", answer=SeriesList, parameters=[parameters.LANG])
def list_series() -> Response:
    """All series by title, with how many datasets each has"""
    shape, session = form(), context.session()
    counts = series_queries.counts(session, hide_illustrative=_hides())
    items: list[JsonValue] = [
        v1_series.series(each, shape, count=counts.get(each.id, 0))
        for each in series_queries.all_series(session)
    ]
    return respond({"total": len(items), "items": items})


@describes(
    blueprint,
    "/series/<reference>",
    answer=SeriesWithDatasets,
    parameters=[_REFERENCE, parameters.LANG],
)
def show_series(reference: str) -> Response:
    """One series with its datasets in the order of their periods"""
    shape, session = form(), context.session()
    found = series.find_series(session, reference)
    return respond(_told(session, found, shape), version=found.version)


@describes_write(
    blueprint,
    "POST",
    "/series",
    answer=SeriesWithDatasets,
    parameters=[parameters.LANG],
    body=NewSeriesBody,
    status=201,
)
def create_series() -> Response:
    """Add a series

    Publishers add them for their agency, which who publishes for one alone need not name; administrators for any, or
    for none.
    """
    shape, author = form(), _keeper()
    loaded = json_body(NewSeriesBody())
    slug = loaded.pop("slug", None)
    with context.write() as session:
        made = series.create_series(session, author, slug, series_fields(loaded), context.portal().clock())
        return _show(session, made, shape, status=201)


@describes_write(
    blueprint,
    "PATCH",
    "/series/<reference>",
    answer=SeriesWithDatasets,
    parameters=[_REFERENCE, parameters.LANG],
    body=SeriesBody,
)
def change_series(reference: str) -> Response:
    """Change some members of a series

    Members that are absent stay, null clears. Datasets are put into a series by their own `series`.
    """
    shape, author, condition = form(), _keeper(), expected()
    fields = series_fields(json_body(SeriesBody()))
    with context.write() as session:
        found = series.find_series(session, reference)
        require_series_keeper(author, found)
        condition.check(found.version)
        series.update_series(session, author, found, fields, context.portal().clock())
        return _show(session, found, shape)


@describes_write(blueprint, "DELETE", "/series/<reference>", answer=None, parameters=[_REFERENCE], status=204)
def delete_series(reference: str) -> Response:
    """Delete a series that no dataset belongs to"""
    author, condition = _keeper(), expected()
    with context.write() as session:
        found = series.find_series(session, reference)
        require_series_keeper(author, found)
        condition.check(found.version)
        series.delete_series(session, author, found, context.portal().clock())
    return no_content()


def _keeper() -> Actor:
    """Before the body is read: who may not write learns nothing of how it should look."""
    author = actor.required()
    require_series_keeper(author, None)
    return author


def _hides() -> bool:
    return context.portal().settings.hide_illustrative


def _told(session: Session, found: Series, shape: Form) -> JsonObject:
    members = series_queries.public_members(session, found.id, hide_illustrative=_hides())
    return v1_series.series_with_datasets(found, members, shape)


def _show(session: Session, written: Series, shape: Form, *, status: int = 200) -> Response:
    """Read again in the same transaction, with what its form needs."""
    found = series.find_series(session, written.slug)
    return answer(
        _told(session, found, shape),
        version=found.version,
        status=status,
        location=shape.link(links.api("series", found.slug)) if status == 201 else None,
    )
