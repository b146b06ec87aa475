"""Tables and rows of API v1 as schemas."""

from __future__ import annotations

from marshmallow import fields

from portal.api.v1 import shapes
from portal.api.v1.schemas import DatasetLinks, FileVersionForm, SelfLink


class NoteForm(shapes.Shape):
    """Something that was decided or seen while reading; `evidence` are cells, `count` how many are concerned."""

    code = shapes.text(null=False)
    evidence = shapes.texts()
    count = shapes.whole()
    text = shapes.text(null=False)
    text_i18n = shapes.both()


class BinForm(shapes.Shape):
    """A bar of a histogram: from `low` up to `high`."""

    low = fields.Float(required=True)
    high = fields.Float(required=True)
    count = shapes.whole()


class TopValue(shapes.Shape):
    """One of the most frequent values, as exports write it."""

    value = shapes.text(null=False)
    count = shapes.whole()


class ProfileForm(shapes.Shape):
    """What a column holds over all rows. `misfits` are cells that did not fit its type; `mean` and `bins` are of
    numbers alone; `pattern` is the most frequent shape of the cells, 9 for a digit."""

    rows = shapes.whole()
    missing = shapes.whole()
    distinct = shapes.whole()
    misfits = shapes.whole()
    misfit_samples = shapes.texts()
    least = shapes.text()
    most = shapes.text()
    mean = shapes.number()
    bins = shapes.many(BinForm)
    top = shapes.many(TopValue)
    examples = shapes.texts()
    pattern = shapes.text()


class ColumnForm(shapes.Shape):
    """A column. `key` is its name in rows and parameters (`parameter`: to compare for equality), `name` that of the
    file; `title` and `description` are the steward's words; `derived`: made of other columns."""

    key = shapes.text(null=False)
    name = shapes.text(null=False)
    parameter = shapes.text(null=False)
    title = shapes.text()
    title_i18n = shapes.both()
    description = shapes.text()
    description_i18n = shapes.both()
    type = shapes.text(null=False)
    unit = shapes.text()
    text_key = shapes.text()
    derived = fields.Boolean(required=True)
    decisions = shapes.many(NoteForm)
    warnings = shapes.many(NoteForm)
    profile = shapes.one(ProfileForm)


class DatasetReference(shapes.Shape):
    """A dataset as what hangs on it names it."""

    id = shapes.uuid()
    slug = shapes.text(null=False)
    identifier = shapes.text(null=False)
    title = shapes.text(null=False)
    title_i18n = shapes.both()
    illustrative = fields.Boolean(required=True)
    links = shapes.one(DatasetLinks)


class TableDistribution(shapes.Shape):
    """The file that a table was read from, in the version that is shown."""

    id = shapes.uuid()
    title = shapes.text()
    title_i18n = shapes.both()
    file = shapes.one(FileVersionForm)
    links = shapes.one(SelfLink)


class VersionLinks(SelfLink):
    """Where the table of one file version is, and its rows."""

    rows = shapes.url()


class TableVersionForm(shapes.Shape):
    """A file version that has the table."""

    number = shapes.whole()
    rows = shapes.whole()
    file_name = shapes.text(null=False)
    created_at = shapes.instant()
    read_at = shapes.instant()
    links = shapes.one(VersionLinks)


class TableFormLinks(SelfLink):
    """Everything around a table; `exports` by kind."""

    rows = shapes.url()
    openapi = shapes.url()
    exports = fields.Dict(keys=fields.String(), values=fields.Url(), required=True)
    dataset = shapes.url()
    distribution = shapes.url()
    page_vi = shapes.url()
    page_en = shapes.url()


class TableForm(shapes.Shape):
    """A table that was read out of a file. `total_rows` are the numbers of rows that add up others; `has_search`:
    whether `q` finds anything; `is_mapped`: whether rows have a place on the map."""

    id = shapes.uuid()
    version = shapes.whole()
    is_current = fields.Boolean(required=True)
    name = shapes.text()
    illustrative = fields.Boolean(required=True)
    rows = shapes.whole()
    total_rows = fields.List(fields.Integer(), required=True)
    captions = shapes.texts()
    notes = shapes.many(NoteForm)
    format = shapes.text()
    encoding = shapes.text()
    has_search = fields.Boolean(required=True)
    is_mapped = fields.Boolean(required=True)
    columns = shapes.many(ColumnForm)
    dataset = shapes.one(DatasetReference)
    distribution = shapes.one(TableDistribution)
    versions = shapes.many(TableVersionForm)
    read_at = shapes.instant()
    links = shapes.one(TableFormLinks)


class AnswerColumn(shapes.Shape):
    """A column of an answer, of the table or a figure of groups."""

    key = shapes.text(null=False)
    name = shapes.text(null=False)
    type = shapes.text(null=False)
    unit = shapes.text()


class AnswerHead(shapes.Shape):
    """What stands before rows. `next` is the address of the page behind this one, `after` its token; both null at
    the end."""

    table = shapes.uuid()
    version = shapes.whole()
    illustrative = fields.Boolean(required=True)
    total = shapes.whole()
    limit = shapes.whole()
    next = shapes.url(null=True)
    after = shapes.text()
    columns = shapes.many(AnswerColumn)


class RowPage(AnswerHead):
    """A page of rows or groups. Each row has the keys of `columns`, and `_texts` where cells did not fit their
    column's type."""

    rows = fields.List(fields.Dict(), required=True)


class MisfitText(shapes.Shape):
    """A cell that did not fit its column's type: the number of its row on this page, from 0, and its key."""

    row = shapes.whole()
    key = shapes.text(null=False)
    text = shapes.text(null=False)


class RowArrays(AnswerHead):
    """The same page where each row is an array, in the order of `columns`."""

    rows = fields.List(fields.List(fields.Raw(allow_none=True)), required=True)
    texts = shapes.many(MisfitText)
