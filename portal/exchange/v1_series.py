"""API v1: series, and one with its public datasets in their order."""

from __future__ import annotations

from collections.abc import Sequence

from portal.catalog.models import Dataset, Series
from portal.exchange import v1, v1_parts
from portal.exchange.v1_parts import Form
from portal.exchange.values import JsonObject, JsonValue


def series(series: Series, form: Form, *, count: int) -> JsonObject:
    """A series in a list; its agency must be loaded, `count` are its public datasets."""
    return {
        **(v1_parts.series_reference(series, form) or {}),
        **form.text("description", series.description),
        "agency": v1_parts.agency_reference(series.agency, form),
        "dataset_count": count,
        "version": series.version,
    }


def series_with_datasets(found: Series, members: Sequence[Dataset], form: Form) -> JsonObject:
    """A series on its own, with its public datasets."""
    named: list[JsonValue] = [{**v1.reference(each, form), "temporal": v1.period(each)} for each in members]
    return {**series(found, form, count=len(members)), "datasets": named}
