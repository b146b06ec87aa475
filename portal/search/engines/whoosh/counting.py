"""Filters and facet counts over masks of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from portal.search.engines.base import FacetValue
from portal.search.engines.whoosh.arrays import Array
from portal.search.engines.whoosh.generation import Generation
from portal.search.facets import FACETS
from portal.search.query import Filters

_COUNTED = {facet.name: facet.counted for facet in FACETS}


def filter_masks(generation: Generation, filters: Filters) -> dict[str, Array]:
    """For every facet that is filtered, the places with one of its chosen values."""
    return {name: _with_any(generation, name, values) for name, values in filters.items() if values}


def narrowed(places: Array, masks: Mapping[str, Array], without: str = "") -> Array:
    """The places that pass every filter but that of the facet `without`."""
    for name, mask in masks.items():
        if name != without:
            places = places & mask
    return places


def count(
    generation: Generation,
    names: Sequence[str],
    matching: Array,
    filters: Filters,
    masks: Mapping[str, Array],
) -> dict[str, tuple[FacetValue, ...]]:
    """Counts of the asked facets among what matches the query, each under the other facets' filters."""
    under_all = narrowed(matching, masks)
    return {
        name: _counts(
            generation,
            name,
            narrowed(matching, masks, name) if name in masks else under_all,
            filters.get(name, ()),
        )
        for name in names
    }


def _with_any(generation: Generation, name: str, values: Sequence[str]) -> Array:
    mask = np.zeros(generation.size, dtype=bool)
    vocabulary = generation.vocabularies[name]
    wanted = [vocabulary.place_of[value] for value in values if value in vocabulary.place_of]
    for number, window, part in generation.windows():
        column = part.facets[name]
        chosen = np.isin(vocabulary.of_part[number], wanted)
        if chosen.any():
            mask[window][column.docs[chosen[column.codes]]] = True
    return mask


def _counts(
    generation: Generation, name: str, places: Array, chosen: Sequence[str]
) -> tuple[FacetValue, ...]:
    vocabulary = generation.vocabularies[name]
    totals = np.zeros(len(vocabulary.values), dtype=np.int64)
    for number, window, part in generation.windows():
        column = part.facets[name]
        codes = column.codes[places[window][column.docs]]
        totals[vocabulary.of_part[number]] += np.bincount(codes, minlength=len(column.values))
    shown = {code for code in _largest(totals, _COUNTED[name]) if totals[code]}
    shown.update(vocabulary.place_of[value] for value in chosen if value in vocabulary.place_of)
    values = (FacetValue(vocabulary.values[code], int(totals[code])) for code in shown)
    return tuple(sorted(values, key=lambda each: (-each.count, each.value)))


def _largest(totals: Array, count: int) -> list[int]:
    if len(totals) <= count:
        return list(range(len(totals)))
    largest: list[int] = np.argpartition(totals, -count)[-count:].tolist()
    return largest
