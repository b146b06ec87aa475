"""Finds what begins as typed in one generation: in every part, of what lives, the best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from portal.search.engines.base import Completed
from portal.search.engines.whoosh.arrays import Array
from portal.search.engines.whoosh.generation import Generation
from portal.search.engines.whoosh.part import Part
from portal.search.engines.whoosh.suffixes import SuffixTable
from portal.search.names import NAME_KINDS, Name
from portal.search.prefix import Prefix


def complete(state: Generation, prefix: Prefix, count: int) -> Completed:
    """See `engines.base.Reader.complete`."""
    return Completed(
        generation=state.number,
        titles=tuple(_titles(state, prefix, count)),
        columns=tuple(_columns(state, prefix, count)),
        names=tuple(_names(state, prefix, count)),
    )


def _titles(state: Generation, prefix: Prefix, count: int) -> list[int]:
    ranks: dict[int, int] = {}
    for _, window, part in state.windows():
        alive = state.alive[window]
        for places, found in _living_titles(part, alive, prefix, count):
            for dataset, rank in zip(part.ids[places].tolist(), found.tolist(), strict=True):
                ranks[dataset] = max(rank, ranks.get(dataset, 0))
    # Not cut to `count`: the best among those with the exact syllable rank anywhere.
    return sorted(ranks, key=lambda dataset: (-ranks[dataset], dataset))


def _living_titles(part: Part, alive: Array, prefix: Prefix, count: int) -> Iterator[tuple[Array, Array]]:
    """Places and ranks of living documents, for each way to begin, `count` or all there are."""
    completions = part.completions
    for within, first in _ways(completions.titles, prefix):
        wanted = count
        while True:
            entries, ranks = completions.titles.best(within, wanted, first=first)
            places = completions.owners[entries]
            living = alive[places]
            if np.count_nonzero(living) >= count or len(entries) < wanted:
                break
            wanted *= 4
        yield places[living][:count], ranks[living][:count]


def _ways(table: SuffixTable, prefix: Prefix) -> Iterator[tuple[slice, range | None]]:
    """Where to look, and at which first syllables only: at all, then at those with the typed diacritics."""
    exact = [table.syllables(each, is_whole=prefix.first_is_whole) for each in prefix.first]
    for folded in prefix.folded:
        within = table.beginning(folded.encode("utf-8", "replace"))
        if within.start < within.stop:
            yield within, None
            yield from ((within, numbers) for numbers in exact if numbers)


def _columns(state: Generation, prefix: Prefix, count: int) -> list[tuple[str, int]]:
    datasets: Counter[str] = Counter()
    begins: dict[str, bool] = {}
    for _, window, part in state.windows():
        alive, columns = state.alive[window], part.completions.columns
        seen: set[int] = set()
        for within, first in _ways(columns.table, prefix):
            entries, ranks = columns.table.best(within, count, first=first)
            for entry, rank in zip(entries.tolist(), ranks.tolist(), strict=True):
                living = int(np.count_nonzero(alive[columns.documents(entry)])) if entry not in seen else 0
                seen.add(entry)
                if living:
                    text = columns.text(entry)
                    datasets[text] += living
                    begins[text] = begins.get(text, False) or bool(rank >> 31)
    ordered = sorted(datasets, key=lambda text: (not begins[text], -datasets[text], text))
    return [(text, datasets[text]) for text in ordered]


def _names(state: Generation, prefix: Prefix, count: int) -> list[tuple[Name, int]]:
    """`count` of each kind, and as many that have the typed diacritics."""
    names, totals = state.names, state.facet_totals
    chosen: dict[int, tuple[int, int]] = {}
    for within, first in _ways(names.table, prefix):
        entries, ranks = names.table.best(within, len(names.owners), first=first)
        left = Counter(dict.fromkeys(NAME_KINDS, count))
        found: dict[int, int] = {}
        for number, rank in zip(names.owners[entries].tolist(), ranks.tolist(), strict=True):
            found.setdefault(number, rank)
        order = {
            number: (-rank, -totals[names.names[number].kind].get(names.names[number].facet, 0))
            for number, rank in found.items()
        }
        for number in sorted(order, key=lambda each: (order[each], names.names[each].is_former, each)):
            if left[names.names[number].kind]:
                left[names.names[number].kind] -= 1
                chosen[number] = order[number]
    return [
        (names.names[number], -chosen[number][1])
        for number in sorted(chosen, key=lambda each: (chosen[each], names.names[each].is_former, each))
    ]
