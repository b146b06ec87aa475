"""The lists of API v1 as schemas, and the catalogue itself."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from portal.api.v1 import shapes
from portal.api.v1.schemas import (
    AgencyForm,
    ConceptForm,
    DatasetIdentity,
    DistributionForm,
    FormatName,
    Period,
    PlaceForm,
    TableReference,
)
from portal.search.suggest import KINDS


class SegmentForm(shapes.Shape):
    """A piece of text; `is_match` tells whether a word of the query is in it."""

    text = shapes.text(null=False)
    is_match = fields.Boolean(required=True)


class NameForm(shapes.Shape):
    """A name of a column or a file, or a cell of a row (`kind`), that holds a word of the query."""

    kind = shapes.text(null=False)
    text = shapes.many(SegmentForm)


class Highlights(shapes.Shape):
    """Title and the telling part of the description, in the language asked for, and the `names` of columns, files
    and cells where those show nothing or were asked for (`column:`, `file:`)."""

    title = shapes.many(SegmentForm)
    snippet = shapes.many(SegmentForm)
    names = shapes.many(NameForm)


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


class Correction(shapes.Shape):
    """`shown` was looked for in place of what was typed; `literal` is the `q` that looks for just that."""

    shown = shapes.text(null=False)
    literal = shapes.text(null=False)


class Recognised(shapes.Shape):
    """A filter that the query speaks of: add `facet`=`value` to narrow down. `kind` is year or place."""

    kind = shapes.text(null=False)
    text = shapes.text(null=False)
    facet = shapes.text(null=False)
    value = shapes.text(null=False)


class NamedColumn(shapes.Shape):
    """A column; `key` is its name in row queries, `name` that of the file."""

    key = shapes.text(null=False)
    name = shapes.text(null=False)


class CellName(NamedColumn):
    """A cell by which the row was named; `text` says a code in words."""

    value: Any = fields.Raw(required=True)
    text = shapes.text(null=False)


class CellDataset(shapes.Shape):
    """Where an answer is from; `modified` and `temporal` are what the source says."""

    id = shapes.uuid()
    slug = shapes.text(null=False)
    title = shapes.text(null=False)
    title_i18n = shapes.both()
    agency = shapes.text()
    agency_i18n = shapes.both()
    modified = shapes.when()
    temporal = shapes.one(Period, null=True)


class CellLinks(shapes.Shape):
    """The row, for programs and for people."""

    row = shapes.url()
    page_vi = shapes.url()
    page_en = shapes.url()


class CellAnswer(shapes.Shape):
    """The one cell that the question names by a column and a row of a small table. `row` counts from 1; `names` are the
    cells by which it was named."""

    value: Any = fields.Raw(required=True)
    type = shapes.text(null=False)
    unit = shapes.text()
    column = shapes.one(NamedColumn)
    row = shapes.whole()
    names = shapes.many(CellName)
    table = shapes.one(TableReference)
    dataset = shapes.one(CellDataset)
    links = shapes.one(CellLinks)


class DatasetPage(shapes.Shape):
    """Results: `answer` is the cell that the question asks for, where exactly one fits; `related` match less;
    `degraded` tells that titles alone were searched, without facets; `relaxed` that nothing has all of the words;
    `suggestions` are queries that may have been meant."""

    total = shapes.whole()
    page = shapes.whole(null=True)
    page_size = shapes.whole()
    items = shapes.many(DatasetCard)
    related = shapes.many(DatasetCard)
    facets = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(FacetCount)), required=True)
    suggestions = shapes.texts()
    correction = shapes.one(Correction, null=True)
    answer = shapes.one(CellAnswer, null=True)
    recognised = shapes.many(Recognised)
    relaxed = fields.Boolean(required=True)
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


class SuggestionForm(shapes.Shape):
    """One entry. `marks`: pairs of the first letter of `text` that was typed and the one behind the last,
    counted in Unicode characters. `also`: the further name (an acronym, a former one) that was typed instead.
    `datasets`: how many there are, null for a dataset. `url` is a page in the language asked for."""

    text = shapes.text(null=False)
    language = shapes.text(null=False)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    url = shapes.url()
    marks = fields.List(fields.List(fields.Integer()), required=True)
    also = shapes.text()
    datasets = shapes.whole(null=True)
    is_former = fields.Boolean(required=True)
    illustrative = fields.Boolean(required=True)


class SuggestionList(shapes.Shape):
    """What may be meant, best first; all of one state of the index, `generation`."""

    items = shapes.many(SuggestionForm)
    generation = shapes.whole()


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
