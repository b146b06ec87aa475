"""The same questions to our engine, SQLite FTS5 and tantivy, in one process; prints figures as JSON.

python -m tests.bench.finding COUNT        (PORTAL_VAR names the catalogue)
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from portal.search import analysis
from portal.search.request import SearchRequest
from portal.search.service import search
from portal.search.source import load_documents, published_versions
from portal.settings import read_settings
from portal.wiring import Portal, open_portal
from tests.bench.catalogues import queries
from tests.bench.figures import percentile
from tests.bench.rivals import Found, FullText, Ours, Question, Rival, Tantivy, title_and_rest

_ROUNDS = 3
_DATASETS_AT_ONCE = 500

OURS, FTS5, TANTIVY = "ours", "SQLite FTS5", "tantivy"


def main(count: int) -> None:
    portal = open_portal(read_settings())
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder, portal.database.read() as session:
        engines, values = _engines(portal, session, Path(folder))
        theme = search(SearchRequest(), engine=portal.search, session=session).facets["theme"][0].value
        questions = list(_questions(portal, theme, count))
        for question in questions:
            _compare(question, {name: engine.ask(question) for name, engine in engines.items()})
        clock, work = _measure(engines, questions)
    for name in engines:
        for share in (0.5, 0.95):
            values[f"finding, {name} p{share * 100:.0f}"] = percentile(clock[name], share)
    values["finding / SQLite FTS5, processor time"] = sum(work[OURS]) / sum(work[FTS5])
    values["finding / tantivy, processor time"] = sum(work[OURS]) / sum(work[TANTIVY])
    print(json.dumps({**values, "questions": len(questions)}))


def _engines(portal: Portal, session: Session, folder: Path) -> tuple[dict[str, Rival], dict[str, float]]:
    """All three with the same records, and how many seconds of the processor the rivals took to take them in."""
    rivals: dict[str, FullText | Tantivy] = {
        FTS5: FullText(folder / "fts5.sqlite"),
        TANTIVY: Tantivy(folder / "tantivy"),
    }
    seconds = dict.fromkeys(rivals, 0.0)
    ids = sorted(published_versions(session))
    for start in range(0, len(ids), _DATASETS_AT_ONCE):
        rows = [
            (document, *title_and_rest(document))
            for document in load_documents(session, ids[start : start + _DATASETS_AT_ONCE])
        ]
        for name, rival in rivals.items():
            begun = time.process_time()
            for row in rows:
                rival.add(*row)
            seconds[name] += time.process_time() - begun
    for name, rival in rivals.items():
        begun = time.process_time()
        rival.finish()
        seconds[name] += time.process_time() - begun
    built = {f"taking records in, {name}": value * 1000 for name, value in seconds.items()}
    return {OURS: Ours(portal.search), **rivals}, built


def _questions(portal: Portal, theme: str, count: int) -> Iterator[Question]:
    for text in queries(portal.settings.var, count):
        words = tuple(dict.fromkeys(each.folded for each in analysis.syllables(analysis.normalise(text))))
        yield Question(words, theme)


def _compare(question: Question, found: Mapping[str, Found]) -> None:
    """Whoever answers something else has an easier or a harder task."""
    ours = found[OURS]
    for name, other in found.items():
        same = other.total == ours.total and all(
            other.themes.get(key, 0) == value for key, value in ours.themes.items()
        )
        if not same:
            raise AssertionError(f"{question}: ours {ours}, {name} {other}")


def _measure(
    engines: Mapping[str, Rival], questions: list[Question]
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """By engine the milliseconds of each question, by the clock and of the processor: the median of some rounds,
    in which the engines take turns in being first."""
    clock: dict[str, list[float]] = {name: [] for name in engines}
    work: dict[str, list[float]] = {name: [] for name in engines}
    for number, question in enumerate(questions):
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
        for turn in range(_ROUNDS):
            order = list(engines)[(number + turn) % 3 :] + list(engines)[: (number + turn) % 3]
            for name in order:
                begun, begun_work = time.perf_counter(), time.process_time()
                engines[name].ask(question)
                taken[name].append((time.perf_counter() - begun, time.process_time() - begun_work))
        for name, pairs in taken.items():
            clock[name].append(1000 * statistics.median(pair[0] for pair in pairs))
            work[name].append(1000 * statistics.median(pair[1] for pair in pairs))
    return clock, work


if __name__ == "__main__":
    main(int(sys.argv[1]))
