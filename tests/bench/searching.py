"""Search inside a process of its own, by the one function that every door calls; prints its figures as JSON.

python -m tests.bench.searching COUNT        (PORTAL_VAR names the catalogue)
"""

from __future__ import annotations

import json
import sys
import time
from typing import NamedTuple

from portal.search.request import SearchRequest
from portal.search.service import search
from portal.settings import read_settings
from portal.wiring import open_portal
from tests.bench.catalogues import queries
from tests.bench.figures import percentile


class Taken(NamedTuple):
    """Milliseconds by the clock, and of the processor: the second does not grow when others are busy."""

    clock: float
    work: float


def main(count: int) -> None:
    """Distinct queries, each with 7 facets, one filter and 20 highlights: first touch, then again."""
    portal = open_portal(read_settings())
    words = queries(portal.settings.var, count)
    with portal.database.read() as session:

        def once(text: str, **filters: tuple[str, ...]) -> Taken:
            request = SearchRequest(text=text, filters=filters)
            begun, begun_work = time.perf_counter(), time.thread_time()
            found = search(request, engine=portal.search, session=session)
            taken = Taken(1000 * (time.perf_counter() - begun), 1000 * (time.thread_time() - begun_work))
            if found.degraded:
                raise AssertionError("the index is not used")
            return taken

        opening = once(words[0])
        theme = _commonest_theme(portal.search, session)
        cold = [once(text, theme=(theme,)) for text in words[1:]]
        warm = [once(text, theme=(theme,)) for text in words[1:]]
        plain = [once(text) for text in words[1:]]
    values = {"opening": opening.clock, "queries": len(words)}
    for name, taken in (("cold", cold), ("warm", warm), ("no filter", plain)):
        for share in (0.5, 0.95):
            values[f"{name} p{share * 100:.0f}"] = percentile([each.clock for each in taken], share)
        values[f"{name} p95, processor time"] = percentile([each.work for each in taken], 0.95)
    print(json.dumps(values))


def _commonest_theme(engine: object, session: object) -> str:
    found = search(SearchRequest(), engine=engine, session=session)  # type: ignore[arg-type]
    return str(found.facets["theme"][0].value)


if __name__ == "__main__":
    main(int(sys.argv[1]))
