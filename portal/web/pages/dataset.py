"""The page of a dataset: what it is, how fresh, whose, whether one may use it, and how to get it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from markupsafe import Markup

from portal import links
from portal.catalog import queries, table_queries
from portal.catalog.models import Concept, Dataset, When
from portal.exchange import citation
from portal.exchange.dataset_documents import CITATIONS, DOCUMENTS, DatasetDocument
from portal.exchange.rdf import FORMS
from portal.exchange.schema_org import dataset as schema_org
from portal.exchange.schema_org import in_script
from portal.text import LANGUAGES, LocalizedText
from portal.web import filters, markdown
from portal.web.context import Visit
from portal.web.pages.card import agency_link, format_names, raw
from portal.web.pages.files import ColumnTable, File, column_tables, files_of
from portal.web.pages.frame import ForPrograms, Frame, Link, feeds_of, for_programs, item_frame

LEAD_CHARACTERS = 230


@dataclass(frozen=True, slots=True)
class Licence:
    """What one may do, in plain words, with the address of the full text."""

    label: LocalizedText
    plain: LocalizedText
    address: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask."""

    name: str | None
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """One published dataset. None and empty mean not stated."""

    frame: Frame
    title: LocalizedText
    lead: str
    description: Markup
    description_text: LocalizedText
    is_illustrative: bool
    agency: Link | None
    supplier: Link | None
    updated: When | None
    issued: When | None
    licence: Licence | None
    formats: tuple[str, ...]
    files: tuple[File, ...]
    tables: tuple[ColumnTable, ...]
    themes: tuple[Link, ...]
    places: tuple[Link, ...]
    keywords: tuple[Link, ...]
    period: str
    frequency: LocalizedText | None
    access: LocalizedText | None
    access_reason: str | None
    contact: Contact | None
    provenance: str | None
    legal_basis: str | None
    conforms_to: str | None
    landing_page: str | None
    identifiers: tuple[str, ...]
    persistent_address: str
    published_at: datetime | None
    version: int
    revision_count: int
    revisions_path: str
    # All files in one; empty where there is none.
    archive_path: str
    archive_size: int
    api_path: str
    api_address: str
    # None and empty for an illustrative record: nobody should cite what a computer made up.
    citation: str | None
    citation_forms: tuple[ForPrograms, ...]
    structured_data: Markup


def dataset_page(visit: Visit, dataset: Dataset) -> DatasetPage:
    """The page of a dataset that anonymous readers may see."""
    described = markdown.describe(dataset.description.in_language(visit.language), LEAD_CHARACTERS)
    table_queries.load_tables(visit.session, dataset.distributions)
    agency = agency_link(dataset.agency, dataset.agency_text, visit.language)
    sizes = [file.byte_size for each in dataset.distributions if (file := each.current_file)]
    return DatasetPage(
        frame=_frame(visit, dataset, described.lead),
        title=dataset.title,
        lead=described.lead,
        description=described.html,
        description_text=dataset.description,
        is_illustrative=dataset.illustrative,
        agency=agency,
        supplier=agency_link(dataset.supplier, dataset.supplier_text, visit.language),
        updated=dataset.modified,
        issued=dataset.issued,
        licence=licence_words(dataset.licence, dataset.licence_raw),
        formats=format_names(dataset.distributions),
        files=files_of(dataset, visit.language, _compared_tables(visit, dataset)),
        tables=column_tables(dataset.distributions, visit.language),
        themes=_themes(visit, dataset),
        places=tuple(
            Link(place.name.in_language(visit.language), links.place_page(place.slug, visit.language))
            for place in dataset.places
        ),
        keywords=tuple(
            Link(word, links.search(visit.language, q=word)) for word in dict.fromkeys(dataset.keywords)
        ),
        period=filters.period(dataset.temporal_start, dataset.temporal_end),
        frequency=dataset.frequency.label if dataset.frequency else raw(dataset.frequency_raw),
        access=dataset.access_level.label if dataset.access_level else None,
        access_reason=dataset.access_reason,
        contact=_contact(dataset),
        provenance=dataset.provenance,
        legal_basis=dataset.legal_basis,
        conforms_to=dataset.conforms_to,
        landing_page=web_address(dataset.landing_page),
        identifiers=tuple(filter(None, (dataset.identifier, dataset.other_identifier))),
        persistent_address=links.absolute(visit.base_url, links.dataset_id(dataset.uuid)),
        published_at=dataset.published_at,
        version=dataset.version,
        revision_count=queries.public_revision_count(visit.session, dataset.id),
        revisions_path=links.api("datasets", dataset.slug, "revisions"),
        archive_path=links.dataset_archive(dataset.slug) if sizes else "",
        archive_size=sum(sizes),
        api_path=links.api("datasets", dataset.slug),
        api_address=links.absolute(visit.base_url, links.api("datasets", dataset.slug)),
        citation=citation.sentence(dataset, visit.base_url, visit.language),
        citation_forms=_forms(visit, dataset, CITATIONS),
        structured_data=Markup(in_script(schema_org(dataset, visit.base_url, visit.language))),
    )


def _compared_tables(visit: Visit, dataset: Dataset) -> set[UUID]:
    """Tables that have an earlier version to compare with; asked for where a file was superseded."""
    superseded = [each.id for each in dataset.distributions if each.tables and len(each.file_versions) > 1]
    return table_queries.tables_with_history(visit.session, superseded) if superseded else set()


def _frame(visit: Visit, dataset: Dataset, lead: str) -> Frame:
    title = dataset.title.in_language(visit.language)
    paths = {each: links.dataset_page(dataset.slug, each) for each in LANGUAGES}
    documents = tuple(
        for_programs(visit, form, links.dataset_document(dataset.slug, form.extension))
        for form in FORMS.values()
    )
    documents += _forms(visit, dataset, DOCUMENTS)
    feeds = feeds_of(visit, f"dataset/{dataset.slug}")
    return item_frame(
        visit, "datasets", paths, title=title, description=lead, documents=documents, feeds=feeds
    )


def _forms(visit: Visit, dataset: Dataset, forms: Iterable[DatasetDocument]) -> tuple[ForPrograms, ...]:
    """The forms of other standards that this dataset has."""
    return tuple(
        ForPrograms(each.plain_type, each.label, links.absolute(visit.base_url, path))
        for each in forms
        if each.has(dataset)
        for path in [links.dataset_form(dataset.slug, each.name, visit.language)]
    )


def _themes(visit: Visit, dataset: Dataset) -> tuple[Link, ...]:
    known = tuple(
        Link(theme.label.in_language(visit.language), links.theme_page(theme.code, visit.language))
        for theme in dataset.themes
    )
    return known or tuple(
        Link(word, links.search(visit.language, q=word)) for word in dict.fromkeys(dataset.themes_raw)
    )


def licence_words(licence: Concept | None, raw_words: str | None) -> Licence | None:
    """The licence in plain words; the source's own words when no licence of ours matches."""
    if licence is None:
        text = raw(raw_words)
        return Licence(text, LocalizedText(""), "") if text else None
    address = web_address(str(licence.facts.get("url") or licence.exact_match or ""))
    return Licence(licence.label, licence.description, address or "")


def _contact(dataset: Dataset) -> Contact | None:
    contact = Contact(dataset.contact_name, dataset.contact_email, dataset.contact_phone)
    return contact if contact.name or contact.email or contact.phone else None


def web_address(text: str | None) -> str | None:
    """`text` when a browser may be sent there (http or https); None for anything else."""
    return text if text and text.lower().startswith(("https://", "http://")) else None
