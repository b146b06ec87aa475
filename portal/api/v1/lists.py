"""The lists of API v1 as schemas, and the catalogue itself."""

from __future__ import annotations

from marshmallow import fields

from portal.api.v1 import shapes
from portal.api.v1.schemas import (
    AgencyForm,
    ConceptForm,
    DatasetIdentity,
    DistributionForm,
    FormatName,
    PlaceForm,
)


class SegmentForm(shapes.Shape):
    """A piece of text; `is_match` tells whether a word of the query is in it."""

    text = shapes.text(null=False)
    is_match = fields.Boolean(required=True)


class Highlights(shapes.Shape):
    """Title and the telling part of the description, in the language asked for."""

    title = shapes.many(SegmentForm)
    snippet = shapes.many(SegmentForm)


class DatasetCard(DatasetIdentity):
    """A dataset in a list. `matched` and `highlights` speak of the query; without one they are empty."""

    formats = shapes.many(FormatName)
    distribution_count = shapes.whole()
    matched = shapes.texts()
    highlights = shapes.one(Highlights, null=True)


class OwnDatasetCard(DatasetIdentity):
    """A dataset as its stewards see it in a list."""

    formats = shapes.many(FormatName)
    distribution_count = shapes.whole()
    state = shapes.text(null=False)
    published_at = shapes.instant(null=True)
    scheduled_at = shapes.instant(null=True)
    withdrawn_at = shapes.instant(null=True)


class OwnDatasetPage(shapes.Shape):
    """Datasets that the asker has a role for, last changed first."""

    total = shapes.whole()
    page = shapes.whole()
    page_size = shapes.whole()
    items = shapes.many(OwnDatasetCard)


class FacetCount(shapes.Shape):
    """How many results would be left by choosing this value."""

    code = shapes.text(null=False)
    label = shapes.text(null=False)
    label_i18n = shapes.both()
    count = shapes.whole()
    selected = fields.Boolean(required=True)


class DatasetPage(shapes.Shape):
    """Results: `related` match less; `degraded` tells that titles alone were searched, without facets."""

    total = shapes.whole()
    page = shapes.whole(null=True)
    page_size = shapes.whole()
    items = shapes.many(DatasetCard)
    related = shapes.many(DatasetCard)
    facets = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(FacetCount)), required=True)
    suggestions = shapes.texts()
    degraded = fields.Boolean(required=True)
    next_cursor = shapes.text()


class DistributionList(shapes.Shape):
    """A dataset's distributions in its own order."""

    total = shapes.whole()
    items = shapes.many(DistributionForm)


class RevisionForm(shapes.Shape):
    """A dataset as it was at one version: values and keys, no labels."""

    version = shapes.whole()
    at = shapes.instant()
    action = shapes.text(null=False)
    content = shapes.object()


class RevisionList(shapes.Shape):
    """Public revisions, newest first."""

    total = shapes.whole()
    items = shapes.many(RevisionForm)


class AgencyList(shapes.Shape):
    """All agencies by name."""

    total = shapes.whole()
    items = shapes.many(AgencyForm)


class ConceptList(shapes.Shape):
    """A vocabulary in its own order."""

    total = shapes.whole()
    items = shapes.many(ConceptForm)


class PlaceList(shapes.Shape):
    """All places by code."""

    total = shapes.whole()
    items = shapes.many(PlaceForm)


class ChangeForm(shapes.Shape):
    """One line of the log; `url` is where the record is now (a withdrawn one answers 410)."""

    id = shapes.whole()
    at = shapes.instant()
    kind = shapes.text(null=False)
    key = shapes.text(null=False)
    action = shapes.text(null=False)
    version = shapes.whole()
    url = shapes.url(null=True)


class ChangeList(shapes.Shape):
    """Public changes in the order in which they were made. Start again when `epoch` differs from yours."""

    items = shapes.many(ChangeForm)
    since = shapes.whole()
    newest_id = shapes.whole()
    next_since = shapes.whole()
    has_more = fields.Boolean(required=True)
    epoch = shapes.text(null=False)


class CatalogueCounts(shapes.Shape):
    """How much there is."""

    datasets = shapes.whole()
    agencies = shapes.whole()
    themes = shapes.whole()
    places = shapes.whole()


class CatalogueForm(shapes.Shape):
    """The catalogue itself. `version` changes with every public change, `epoch` when a backup is restored."""

    title = shapes.text(null=False)
    title_i18n = shapes.both()
    version = shapes.text(null=False)
    epoch = shapes.text(null=False)
    newest_change_id = shapes.whole()
    counts = shapes.one(CatalogueCounts)
    languages = shapes.texts()
    links = shapes.object()
