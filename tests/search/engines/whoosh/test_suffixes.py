"""The table of suffixes finds what a plain scan finds, in the same order, whole and merged."""

from __future__ import annotations

import random

import numpy as np
import pytest

from portal.search.engines.whoosh import suffixes
from portal.search.engines.whoosh.suffixes import SuffixTable, build, merge, named, stored

WORDS = "giá đất gia đạt chợ cho hồ hộ họ đường dưỡng duong số liệu tỉ tỷ nhà nhã y".split()


def texts(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=chance.randint(1, 6))) for _ in range(count)]


def weights(count: int) -> list[int]:
    return [number * 7919 % 100_003 for number in range(count)]


def scanned(given: list[str], prefix: str) -> dict[int, bool]:
    """Entries with a suffix that begins with a folded prefix, and whether they begin with it."""
    found: dict[int, bool] = {}
    for number, text in enumerate(given):
        folded = [each.folded for each in suffixes.analysis.syllables(text)]
        for start in range(len(folded)):
            if (" ".join(folded[start:]) + " ").startswith(prefix):
                found[number] = found.get(number, False) or start == 0
    return found


def best(table: SuffixTable, prefix: str, count: int, first: range | None = None) -> list[int]:
    entries, _ = table.best(table.beginning(prefix.encode()), count, first=first)
    return list(dict.fromkeys(entries.tolist()))


@pytest.mark.parametrize(
    "prefix", ["g", "gia", "gia dat", "gia dat ", "ho", "duong d", "ty", "z", "y ", "so lieu nha"]
)
def test_all_that_begin_so_are_found_best_first(prefix: str) -> None:
    given, weight = texts(3000, 1), weights(3000)
    table = build(given, weight)
    expected = scanned(given, prefix)
    order = sorted(expected, key=lambda number: (not expected[number], -weight[number]))
    assert best(table, prefix, 10**6) == order


@pytest.mark.parametrize("count", [1, 5, 40])
def test_the_best_few_of_a_long_stretch_are_those_of_the_whole(count: int) -> None:
    given, weight = texts(20_000, 2), weights(20_000)
    table = build(given, weight)
    for prefix in ("d", "gia", "ho", "cho"):
        within = table.beginning(prefix.encode())
        _, ranks = table.best(within, count)
        assert ranks.tolist() == sorted(table.ranks[within].tolist(), reverse=True)[:count]


def test_a_syllable_with_diacritics_narrows() -> None:
    given = texts(2000, 3)
    table = build(given, weights(2000))
    found = best(table, "cho", 10**6, table.syllables("chợ", is_whole=True))
    assert set(found) == {number for number, text in enumerate(given) if "chợ" in text.split()}
    begun = best(table, "du", 10**6, table.syllables("dư", is_whole=False))
    assert set(begun) == {number for number, text in enumerate(given) if "dưỡng" in text.split()}
    assert not table.syllables("chở", is_whole=True)


def test_merged_tables_are_those_of_all_that_is_kept() -> None:
    given = [texts(400, seed) for seed in (4, 5, 6)]
    weight = weights(400)
    kept = [np.arange(0, 400, 3), np.empty(0, dtype=np.int64), np.arange(400)]
    merged = merge([build(each, weight) for each in given], kept)
    alive = [
        (each[place], weight[place])
        for each, keep in zip(given, kept, strict=True)
        for place in keep.tolist()
    ]
    expected = build([text for text, _ in alive], [each for _, each in alive])
    assert len(merged) == len(expected) == len(alive)
    for prefix in ("g", "cho", "duong", "ho h", "ty "):
        _, ranks = merged.best(merged.beginning(prefix.encode()), 10**6)
        _, wanted = expected.best(expected.beginning(prefix.encode()), 10**6)
        assert ranks.tolist() == wanted.tolist(), prefix
        exact = [table.syllables("hồ", is_whole=True) for table in (merged, expected)]
        assert best(merged, "ho", 99, exact[0]) == best(expected, "ho", 99, exact[1])


def test_an_empty_table_holds_nothing() -> None:
    table = build([], [])
    assert best(table, "a", 5) == [] and not table.syllables("a", is_whole=False)
    assert len(merge([table, build(["giá"], [1])], [np.arange(0), np.arange(1)])) == 1


def test_names_begin_anew_behind_words_of_rank() -> None:
    table = build(["Phường Hải Châu", "Chợ hải sản"], [0, 9], with_leads=True)
    assert best(table, "hai", 2) == [0, 1]
    assert best(build(["Phường Hải Châu", "Chợ hải sản"], [0, 9]), "hai", 2) == [1, 0]


def test_a_stored_table_is_the_same() -> None:
    table = build(texts(50, 7), weights(50))
    again = stored(named(table, "t"), "t")
    assert best(again, "gia", 50) == best(table, "gia", 50)
