"""All that the portal is born with, in order: sourced facts, computed tables, then what fills up to a size."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from portal.seed.computed import computed_datasets
from portal.seed.dataset import SeedDataset
from portal.seed.facts import fact_datasets
from portal.seed.illustrative import illustrative_datasets
from portal.seed.vocabularies import load_agencies, load_places

# Another number makes other illustrative records; this one is the catalogue that documents speak of.
SEED = 1


def seed_datasets(folder: Path, size: int, *, with_illustrative: bool) -> Iterator[SeedDataset]:
    """At most `size` datasets; real ones come first and are the same for every size."""
    real = [*fact_datasets(folder), *computed_datasets(folder)]
    yield from islice(real, size)
    missing = size - len(real)
    if with_illustrative and missing > 0:
        yield from illustrative_datasets(
            missing, SEED, places=load_places(folder), agencies=load_agencies(folder)
        )
