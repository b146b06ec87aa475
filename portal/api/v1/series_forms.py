"""The forms of series in API v1, and what their keepers send."""

from __future__ import annotations

from typing import Any, cast

from marshmallow import validate

from portal.api.v1 import shapes
from portal.api.v1.inputs import Body, Paragraphs, both, in_columns, line
from portal.api.v1.schemas import AgencyReference, Period, SeriesReference
from portal.api.v1.table_forms import DatasetReference
from portal.catalog.services.series import SeriesFields


class SeriesForm(SeriesReference):
    """A series. `agency` keeps it, administrators do where it is null; `dataset_count` counts what is public."""

    description = shapes.text()
    description_i18n = shapes.both()
    agency = shapes.one(AgencyReference, null=True)
    dataset_count = shapes.whole()
    version = shapes.whole()


class SeriesMember(DatasetReference):
    """A dataset of a series with the period that it covers."""

    temporal = shapes.one(Period, null=True)


class SeriesWithDatasets(SeriesForm):
    """A series and its public datasets, from the earliest period to the latest, those without one last."""

    datasets = shapes.many(SeriesMember)


class SeriesList(shapes.Shape):
    """All series by title."""

    total = shapes.whole()
    items = shapes.many(SeriesForm)


class SeriesBody(Body):
    """A series. `title` and `description` are the Vietnamese texts; `agency` a slug or id."""

    title = line(shortest=1)
    title_i18n = both()
    description = Paragraphs(validate=validate.Length(max=5000), allow_none=True)
    description_i18n = both(5000, in_lines=True)
    agency = line(100, allow_none=True)


class NewSeriesBody(SeriesBody):
    """A new series; `slug` follows from the title when it is not given, and never changes."""

    slug = line(100, shortest=1)


def series_fields(loaded: dict[str, Any]) -> SeriesFields:
    """As the service takes them."""
    return cast(SeriesFields, in_columns(loaded, {"title": "title", "description": "description"}))
