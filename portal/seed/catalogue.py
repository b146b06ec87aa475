"""The datasets that a new portal starts with: sourced facts, computed tables, then illustrative records."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from portal.seed.computed import computed_datasets
from portal.seed.dataset import SeedDataset
from portal.seed.facts import fact_datasets
from portal.seed.illustrative.records import illustrative_datasets
from portal.seed.vocabularies import load_agencies, load_places

# One number, so that every portal is born with the same illustrative records.
_SEED = 2026


def seed_datasets(folder: Path, size: int, *, with_illustrative: bool) -> Iterator[SeedDataset]:
    """The first `size` datasets of `folder` (`datasets/`); only sourced and computed ones without illustrative."""
    real = [*fact_datasets(folder), *computed_datasets(folder)]
    yield from islice(real, size)
    if with_illustrative and size > len(real):
        yield from illustrative_datasets(
            size - len(real), _SEED, places=load_places(folder), agencies=load_agencies(folder)
        )
