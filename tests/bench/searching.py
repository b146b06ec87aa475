"""Search inside a process of its own, by the one function that every door calls; prints its figures as JSON.

python -m tests.bench.searching COUNT        (PORTAL_VAR names the catalogue)
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from sqlalchemy.orm import Session

from portal.search.engines.base import Reader
from portal.search.request import PlainArguments, SearchRequest
from portal.search.service import search
from portal.search.suggest import suggest
from portal.settings import read_settings
from portal.wiring import open_portal
from tests.bench.catalogues import queries
from tests.bench.figures import percentile
from tests.bench.killers import KILLERS, random_letters
from tests.bench.rivals import FACETS

_KILLER_ROUNDS = 5


class Taken(NamedTuple):
    """Milliseconds by the clock, and of the processor: the second does not grow when others are busy."""

    clock: float
    work: float


def main(count: int) -> None:
    """Distinct queries, each with 4 facets, one filter and 20 highlights: first touch, then again."""
    portal = open_portal(read_settings())
    asked = queries(portal.settings.var, count)
    with portal.database.read() as session:

        def once(text: str, **filters: str) -> Taken:
            return _taken(lambda: _search(text, filters, portal.search, session))

        opening = once(asked[0])
        theme = _commonest_theme(portal.search, session)
        by_kind = {
            "first touch": [once(each, theme=theme) for each in asked[1:]],
            "warm": [once(each, theme=theme) for each in asked[1:]],
            "no filter": [once(each) for each in asked[1:]],
        }
        typed = [each[:letters] for each in asked for letters in (2, 4, 8)]
        by_kind["suggest"] = [_taken(partial(_suggest, each, portal.search, session)) for each in typed]
        killers = {
            name: _median([once(text) for _ in range(_KILLER_ROUNDS)]) for name, text in KILLERS.items()
        }
        by_kind["200 random letters"] = [once(each) for each in random_letters(100)]
    values = {"opening": opening.clock, "queries": float(len(asked))}
    for name, taken in by_kind.items():
        for share in (0.5, 0.95):
            values[f"{name} p{share * 100:.0f}"] = percentile([each.clock for each in taken], share)
        values[f"{name} p95, processor time"] = percentile([each.work for each in taken], 0.95)
    slowest = max(killers, key=lambda name: killers[name].work)
    print(f"slowest killer query: {slowest}", file=sys.stderr)
    values["slowest killer query"] = killers[slowest].clock
    values["slowest killer query, processor time"] = killers[slowest].work
    print(json.dumps(values))


def _taken(act: Callable[[], None]) -> Taken:
    begun, begun_work = time.perf_counter(), time.thread_time()
    act()
    return Taken(1000 * (time.perf_counter() - begun), 1000 * (time.thread_time() - begun_work))


def _median(taken: list[Taken]) -> Taken:
    return Taken(
        statistics.median(each.clock for each in taken), statistics.median(each.work for each in taken)
    )


def _search(text: str, filters: dict[str, str], engine: Reader, session: Session) -> None:
    arguments = {"q": [text], **{name: [value] for name, value in filters.items()}}
    request = SearchRequest.from_args(PlainArguments(arguments))
    if search(request, engine=engine, session=session, facets=FACETS).degraded:
        raise AssertionError("the index is not used")


def _suggest(typed: str, engine: Reader, session: Session) -> None:
    suggest(typed, engine=engine, session=session, language="vi")


def _commonest_theme(engine: Reader, session: Session) -> str:
    return search(SearchRequest(), engine=engine, session=session).facets["theme"][0].value


if __name__ == "__main__":
    main(int(sys.argv[1]))
