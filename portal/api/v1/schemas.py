"""The records of API v1 as schemas."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from portal.api.v1 import shapes


class PageLinks(shapes.Shape):
    """Where the record is: for programs and for people."""

    self = shapes.url()
    page_vi = shapes.url()
    page_en = shapes.url()


class DatasetLinks(PageLinks):
    """And the address to cite, which never changes."""

    persistent = shapes.url()


class ConceptReference(shapes.Shape):
    """A word of a vocabulary; `uri` is the same word in a list that other catalogues share."""

    code = shapes.text(null=False)
    label = shapes.text(null=False)
    label_i18n = shapes.both()
    uri = shapes.text()


class FormatName(ConceptReference):
    """A format; `code` is null for a word that the vocabulary does not know."""

    code = shapes.text()


class AgencyReference(shapes.Shape):
    """An agency as other records name it."""

    id = shapes.uuid()
    slug = shapes.text(null=False)
    name = shapes.text(null=False)
    name_i18n = shapes.both()
    links = shapes.one(PageLinks)


class PlaceReference(shapes.Shape):
    """A place as records name it."""

    code = shapes.text(null=False)
    slug = shapes.text(null=False)
    name = shapes.text(null=False)
    name_i18n = shapes.both()
    links = shapes.one(PageLinks)


class SeriesReference(shapes.Shape):
    """A series as its datasets name it."""

    id = shapes.uuid()
    slug = shapes.text(null=False)
    title = shapes.text(null=False)
    title_i18n = shapes.both()
    links = shapes.one(DatasetLinks)


class Period(shapes.Shape):
    """From day to day, both included."""

    start = shapes.day()
    end = shapes.day()


class Contact(shapes.Shape):
    """An office to ask."""

    name = shapes.text()
    email = shapes.text()
    phone = shapes.text()


class FileVersionForm(shapes.Shape):
    """One immutable file."""

    number = shapes.whole()
    file_name = shapes.text(null=False)
    media_type = shapes.text(null=False)
    byte_size = shapes.whole()
    sha256 = shapes.text(null=False)
    download_url = shapes.url()
    created_at = shapes.instant()


class SelfLink(shapes.Shape):
    """Where the record is."""

    self = shapes.url()


class TableLinks(SelfLink):
    """Where a table is read: what it is, its rows, and its page."""

    rows = shapes.url()
    page_vi = shapes.url()
    page_en = shapes.url()


class TableReference(shapes.Shape):
    """A table of a file as its distribution names it; `name` is that of the sheet, `columns` how many there are."""

    id = shapes.uuid()
    name = shapes.text()
    rows = shapes.whole()
    columns = shapes.whole()
    links = shapes.one(TableLinks)


class DistributionForm(shapes.Shape):
    """One way to have a dataset: a file (`download_url`) or somebody else's link (`access_url`)."""

    id = shapes.uuid()
    kind = shapes.text(null=False)
    title = shapes.text()
    title_i18n = shapes.both()
    description = shapes.text()
    description_i18n = shapes.both()
    format = shapes.one(ConceptReference, null=True)
    format_raw = shapes.text()
    media_type = shapes.text()
    download_url = shapes.url(null=True)
    access_url = shapes.text()
    file_name = shapes.text()
    byte_size = shapes.whole(null=True)
    sha256 = shapes.text()
    table_id = shapes.text()
    table_state = shapes.text(null=False)
    table_reason = shapes.text()
    table_reason_text = shapes.text()
    table_reason_text_i18n = shapes.both()
    tables = shapes.many(TableReference)
    rows = shapes.whole(null=True)
    columns = fields.List(fields.Dict(), required=True)
    file_versions = shapes.many(FileVersionForm)
    created_at = shapes.instant()
    updated_at = shapes.instant()
    links = shapes.one(SelfLink)


class DatasetIdentity(shapes.Shape):
    """What names a dataset."""

    id = shapes.uuid()
    slug = shapes.text(null=False)
    identifier = shapes.text(null=False)
    title = shapes.text(null=False)
    title_i18n = shapes.both()
    illustrative = fields.Boolean(required=True)
    description = shapes.text()
    description_i18n = shapes.both()
    keywords = shapes.texts()
    themes = shapes.many(ConceptReference)
    agency = shapes.one(AgencyReference, null=True)
    agency_text = shapes.text()
    places = shapes.many(PlaceReference)
    frequency = shapes.one(ConceptReference, null=True)
    licence = shapes.one(ConceptReference, null=True)
    issued = shapes.when()
    modified = shapes.when()
    version = shapes.whole()
    updated_at = shapes.instant()
    published_at = shapes.instant()
    links = shapes.one(DatasetLinks)


class DatasetForm(DatasetIdentity):
    """One dataset; anonymous readers see `published` ones alone. `published_at` is null before that."""

    other_identifier = shapes.text()
    themes_raw = shapes.texts()
    places_raw = shapes.texts()
    temporal = shapes.one(Period, null=True)
    languages = shapes.texts()
    series = shapes.one(SeriesReference, null=True)
    supplier = shapes.one(AgencyReference, null=True)
    supplier_text = shapes.text()
    contact = shapes.one(Contact, null=True)
    provenance = shapes.text()
    frequency_raw = shapes.text()
    licence_raw = shapes.text()
    access_level = shapes.one(ConceptReference, null=True)
    access_reason = shapes.text()
    legal_basis = shapes.text()
    landing_page = shapes.text()
    conforms_to = shapes.text()
    state = shapes.text(null=False)
    created_at = shapes.instant()
    published_at = shapes.instant(null=True)
    scheduled_at = shapes.instant(null=True)
    distributions = shapes.many(DistributionForm)
    extras = shapes.object()


class AgencyForm(AgencyReference):
    """An agency."""

    kind = shapes.text()
    parent = shapes.one(AgencyReference, null=True)
    acronyms = shapes.texts()
    former_names = shapes.texts()
    homepage = shapes.text()
    source = shapes.text()
    dataset_count = shapes.whole()
    version = shapes.whole()
    created_at = shapes.instant()
    updated_at = shapes.instant()


class AgencyWithChildren(AgencyForm):
    """An agency and the bodies under it."""

    children = shapes.many(AgencyReference)


class ConceptLinks(shapes.Shape):
    """Pages exist for themes alone."""

    self = shapes.url()
    page_vi = fields.String(metadata={"format": "uri"})
    page_en = fields.String(metadata={"format": "uri"})


class ConceptForm(ConceptReference):
    """A word of a vocabulary; `facts` are what that vocabulary tells of each (days, media type ...)."""

    vocabulary = shapes.text(null=False)
    description = shapes.text()
    description_i18n = shapes.both()
    also = shapes.texts()
    facts = shapes.object()
    position = shapes.whole()
    version = shapes.whole()
    links = shapes.one(ConceptLinks)


class PlaceForm(PlaceReference):
    """An administrative unit of one period; `valid_until` is null while it exists."""

    kind = shapes.text(null=False)
    parent_code = shapes.text()
    latitude = shapes.number()
    longitude = shapes.number()
    area_km2 = shapes.number()
    bbox = shapes.box()
    valid_from = shapes.day()
    valid_until = shapes.day()
    dataset_count = shapes.whole()
    version = shapes.whole()


class Succession(shapes.Shape):
    """The other unit, and whether it was concerned `whole` or in `part`."""

    place = shapes.one(PlaceReference)
    how = shapes.text(null=False)


class PlaceWithHistory(PlaceForm):
    """A place, the units it replaced and those that replaced it."""

    predecessors = shapes.many(Succession)
    successors = shapes.many(Succession)


class Withdrawal(shapes.Shape):
    """All that stays public of a withdrawn dataset."""

    id = shapes.uuid()
    identifier = shapes.text(null=False)
    published_at = shapes.instant(null=True)
    withdrawn_at = shapes.instant(null=True)
    reason = shapes.text(null=False)
    replacement = shapes.url(null=True)


class ProblemForm(Schema):
    """Every failure (RFC 9457): `code` is stable, `detail` is for people, `fields` name bad input."""

    type = shapes.text(null=False)
    title = shapes.text(null=False)
    title_i18n = shapes.both()
    status = shapes.whole()
    code = shapes.text(null=False)
    detail = shapes.text(null=False)
    detail_i18n = shapes.both()
    request_id = shapes.text(null=False)
    incident = fields.String()
    fields_: Any = fields.Dict(keys=fields.String(), values=fields.String(), data_key="fields")
    fields_i18n = fields.Dict(keys=fields.String(), values=fields.Nested(shapes.Both))
    withdrawn = fields.Nested(Withdrawal)
    current_version = fields.Integer()
