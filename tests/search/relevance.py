"""Measures an engine on the public relevance set: nDCG@10, MRR and queries without a result, by variant."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.search.documents import SearchDocument
from portal.search.engines.base import Reader, Writer
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.search.gazetteer import Unit, names_and_words
from portal.search.understanding import understand
from portal.search.words import Glossary
from portal.seed.lexicon import load_lexicon
from portal.seed.vocabularies import load_places, load_successions
from portal.text import LocalizedText

CUT = 10
DATASETS = Path(__file__).resolve().parents[2] / "datasets"


@dataclass(frozen=True)
class Figures:
    """Means over queries; `empty` is the share of queries with no result."""

    ndcg: float
    mrr: float
    empty: float
    queries: int


def corpus(folder: Path) -> list[tuple[str, SearchDocument]]:
    """The records of the set with their ids there."""
    rows = _rows(folder / "corpus.jsonl")
    return [(row["id"], _document(number, row)) for number, row in enumerate(rows, start=1)]


def measure(folder: Path, writer: Writer, reader: Reader) -> dict[str, Figures]:
    """Index the corpus and run every query; figures by variant, and `all`. Results are `items` followed by
    `related`."""
    records = corpus(folder)
    writer.rebuild(
        (document for _, document in records), lambda _done: None, source="relevance", glossary=born_with()
    )
    knowledge = reader.knowledge()
    name_of = {document.id: name for name, document in records}
    measured: dict[str, list[tuple[float, float, bool]]] = defaultdict(list)
    for row in _rows(folder / "queries.jsonl"):
        query = understand(row["query"], knowledge).query
        answer = reader.search(query, filters={}, sort="relevance", start=0, size=CUT, facets=())
        found = [name_of[each] for each in (*answer.ids, *answer.related)][:CUT]
        grades = [row["judgements"].get(each, 0) for each in found]
        one = (_ndcg(grades, list(row["judgements"].values())), _reciprocal_rank(grades), not found)
        measured["all"].append(one)
        measured[row["variant"]].append(one)
    return {variant: _means(values) for variant, values in measured.items()}


def born_with() -> Glossary:
    """The words of `datasets/`, as a new catalogue has them."""
    units = load_places(DATASETS)
    became: dict[str, list[str]] = defaultdict(list)
    for row in load_successions(DATASETS, units):
        became[row.old_code].append(row.new_code)
    places, words = names_and_words(
        [
            Unit(
                each.code, each.name.vi, each.parent_code, each.valid_until is None, tuple(became[each.code])
            )
            for each in units
        ]
    )
    return Glossary(tuple(row.word for row in load_lexicon(DATASETS)) + words, places)


def table(figures: dict[str, Figures]) -> str:
    """The figures as lines for people."""
    lines = [f"{'variant':12} {'nDCG@10':>8} {'MRR':>6} {'empty':>6} {'n':>4}"]
    for variant, each in sorted(figures.items()):
        lines.append(f"{variant:12} {each.ndcg:8.3f} {each.mrr:6.3f} {each.empty:6.1%} {each.queries:4}")
    return "\n".join(lines)


def _document(number: int, row: dict[str, Any]) -> SearchDocument:
    return SearchDocument(
        id=number,
        version=1,
        title=LocalizedText(row["title"]),
        description=LocalizedText(row.get("description") or ""),
        keywords=tuple(row.get("keywords") or ()),
        publishers=(row["publisher"],) if row.get("publisher") else (),
        themes=tuple(row.get("theme") or ()),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _ndcg(grades: list[int], ideal: list[int]) -> float:
    best = _dcg(sorted(ideal, reverse=True)[:CUT])
    return _dcg(grades) / best if best else 0.0


def _dcg(grades: list[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def _reciprocal_rank(grades: list[int]) -> float:
    return next((1 / (rank + 1) for rank, grade in enumerate(grades) if grade > 0), 0.0)


def _means(values: list[tuple[float, float, bool]]) -> Figures:
    count = len(values)
    return Figures(
        sum(ndcg for ndcg, _, _ in values) / count,
        sum(mrr for _, mrr, _ in values) / count,
        sum(empty for _, _, empty in values) / count,
        count,
    )


def main() -> None:
    """Print the figures of `../shared/data/relevance`."""
    folder = Path(os.environ.get("PORTAL_TEST_SHARED", DATASETS.parents[1] / "shared")) / "data" / "relevance"
    with tempfile.TemporaryDirectory() as made:
        writer = WhooshWriter(Path(made))
        print(table(measure(folder, writer, WhooshReader(Path(made)))))
        writer.close()


if __name__ == "__main__":
    main()
