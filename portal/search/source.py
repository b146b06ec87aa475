"""Search documents out of the catalogue: what is published, with a fixed number of statements per batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.catalog import table_queries
from portal.catalog.models import (
    Agency,
    Dataset,
    Distribution,
    ObjectKind,
    TableDigest,
    dataset_place,
    dataset_theme,
)
from portal.catalog.models.base import When
from portal.catalog.queries import are_visible, is_visible
from portal.clock import CITY_ZONE
from portal.search.documents import SearchDocument, Stamp
from portal.text import LocalizedText

_Read = Mapping[int, Sequence[TableDigest]]


MAX_NAMES = 200
"""Columns of one table whose names are searched."""

MAX_VALUES = 2_000
"""Different texts in the tables of one dataset that are searched."""


def published_versions(session: Session, *, hide_illustrative: bool = False) -> dict[int, Stamp]:
    """The versions of every dataset that anonymous readers may find, by id; one statement."""
    query = select(Dataset.id, Dataset.version, Dataset.tables_version)
    rows = session.execute(query.where(*is_visible(hide_illustrative=hide_illustrative)))
    return {row.id: Stamp(row.version, row.tables_version) for row in rows}


def load_documents(
    session: Session, dataset_ids: Sequence[int], *, hide_illustrative: bool = False
) -> list[SearchDocument]:
    """Documents of those of `dataset_ids` that are published. Ten statements, however many there are."""
    query = (
        select(Dataset)
        .where(*are_visible(dataset_ids, hide_illustrative=hide_illustrative))
        .options(
            selectinload(Dataset.agency),
            selectinload(Dataset.supplier),
            selectinload(Dataset.themes),
            selectinload(Dataset.places),
            selectinload(Dataset.frequency),
            selectinload(Dataset.licence),
            selectinload(Dataset.distributions).options(
                selectinload(Distribution.format), selectinload(Distribution.file_versions)
            ),
        )
    )
    datasets = session.scalars(query).all()
    read = _read_tables(session, datasets)
    return [_document(dataset, read) for dataset in datasets]


def datasets_that_show(session: Session, kind: ObjectKind, object_id: int) -> set[int]:
    """Datasets whose document has a label of this agency, concept or place; others have none."""
    match kind:
        case ObjectKind.AGENCY:
            query = select(Dataset.id).where(
                (Dataset.agency_id == object_id) | (Dataset.supplier_id == object_id)
            )
        case ObjectKind.CONCEPT:
            query = select(dataset_theme.c.dataset_id).where(dataset_theme.c.concept_id == object_id)
        case ObjectKind.PLACE:
            query = select(dataset_place.c.dataset_id).where(dataset_place.c.place_id == object_id)
        case _:
            return set()
    return set(session.scalars(query))


def _read_tables(session: Session, datasets: Sequence[Dataset]) -> _Read:
    return table_queries.digests(
        session, [each.id for dataset in datasets for each in dataset.distributions if each.tables]
    )


def _document(dataset: Dataset, read: _Read) -> SearchDocument:
    modified = dataset.modified or dataset.issued
    return SearchDocument(
        id=dataset.id,
        version=dataset.version,
        title=dataset.title,
        description=dataset.description,
        keywords=tuple(dataset.keywords),
        columns=tuple(_texts(_columns(dataset, read))),
        resources=tuple(_texts(_resources(dataset))),
        values=tuple(islice(_values(dataset, read), MAX_VALUES)),
        alternatives=tuple(_texts([dataset.identifier, dataset.other_identifier])),
        publishers=tuple(_texts(_publishers(dataset))),
        themes=tuple(_texts([*dataset.themes_raw, *_labels(theme.label for theme in dataset.themes)])),
        places=tuple(_texts([*dataset.places_raw, *_labels(place.name for place in dataset.places)])),
        facets={
            "theme": tuple(theme.code for theme in dataset.themes),
            "agency": (dataset.agency.slug,) if dataset.agency else (),
            "place": tuple(place.code for place in dataset.places),
            "format": tuple(each.format.code for each in dataset.distributions if each.format),
            "licence": (dataset.licence.code,) if dataset.licence else (),
            "frequency": (dataset.frequency.code,) if dataset.frequency else (),
            "year": (f"{modified.year:04}",) if modified else (),
        },
        modified=_seconds(modified),
        issued=_seconds(dataset.issued),
        tables_version=dataset.tables_version,
    )


def _columns(dataset: Dataset, read: _Read) -> Iterator[object]:
    for distribution in dataset.distributions:
        for column in distribution.columns:
            yield column.get("name")
            yield column.get("title_vi")
            yield column.get("title_en")
        if not distribution.columns:
            # Nobody said what is in the file, but it was read.
            for digest in read.get(distribution.id, ()):
                yield from (column["name"] for column in digest.columns[:MAX_NAMES])


def _values(dataset: Dataset, read: _Read) -> Iterator[str]:
    digests = (digest for each in dataset.distributions for digest in read.get(each.id, ()))
    return iter(dict.fromkeys(text for digest in digests for text in digest.texts))


def _resources(dataset: Dataset) -> Iterator[object]:
    for distribution in dataset.distributions:
        yield distribution.title_vi
        yield distribution.title_en
        if distribution.current_file:
            yield distribution.current_file.name


def _publishers(dataset: Dataset) -> Iterator[object]:
    for agency in (dataset.agency, dataset.supplier):
        if agency:
            yield from _agency_names(agency)
    yield dataset.agency_text
    yield dataset.supplier_text


def _agency_names(agency: Agency) -> Iterator[object]:
    yield from (agency.name_vi, agency.name_en, *agency.acronyms, *agency.former_names)


def _labels(texts: Iterable[LocalizedText]) -> Iterator[object]:
    for text in texts:
        yield text.vi
        yield text.en


def _texts(values: Iterable[object]) -> list[str]:
    """Each text once, empty ones left out: files that repeat their columns count once."""
    return list(dict.fromkeys(value for value in values if isinstance(value, str) and value))


def _seconds(when: When | None) -> int:
    """Seconds since 1970; a day begins at midnight in the city."""
    if when is None:
        return 0
    if isinstance(when, datetime):
        return max(0, int(when.astimezone(UTC).timestamp()))
    return max(0, int(datetime.combine(when, time(), CITY_ZONE).timestamp()))
