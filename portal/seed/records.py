"""The seed's datasets as records of the one import pipe: sourced facts first, then illustrative ones."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from portal.catalog.records import (
    ColumnFacts,
    DatasetFields,
    FileSource,
    Record,
    RecordDistribution,
)
from portal.seed.dataset import SeedColumn, SeedDataset, SeedFile
from portal.text import LocalizedText


def seed_records(datasets: Iterable[SeedDataset]) -> Iterator[Record]:
    """One record per dataset, in order; files are made when the pipe opens them."""
    for line, dataset in enumerate(datasets, start=1):
        yield Record(
            line=line,
            identifier=dataset.identifier,
            fields=_fields(dataset),
            distributions=tuple(_distribution(file, dataset.columns) for file in dataset.files),
        )


def _fields(dataset: SeedDataset) -> DatasetFields:
    return {
        "title_vi": dataset.title.vi,
        "title_en": dataset.title.en,
        "description_vi": dataset.description.vi,
        "description_en": dataset.description.en,
        "keywords": list(dataset.keywords),
        "themes": list(dataset.themes),
        "publisher": dataset.publisher,
        "supplier": dataset.supplier,
        "places": list(dataset.places),
        "temporal_start": dataset.temporal[0],
        "temporal_end": dataset.temporal[1],
        "frequency": dataset.frequency,
        "licence": dataset.licence,
        "access_level": "public",
        "languages": ["vi"],
        "provenance": dataset.source,
        "illustrative": dataset.illustrative,
        "issued": dataset.issued,
        "modified": dataset.modified,
    }


def _distribution(file: SeedFile, columns: tuple[SeedColumn, ...]) -> RecordDistribution:
    return RecordDistribution(
        key=file.name,
        title=file.title,
        description=LocalizedText(""),
        file=FileSource(file.name, lambda: io.BytesIO(file.content())),
        columns=tuple(
            ColumnFacts(each.name, each.title, each.type, each.unit, each.description) for each in columns
        ),
    )
