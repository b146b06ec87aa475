"""Search inside a process of its own, by the one function that every door calls; prints its figures as JSON.

python -m tests.bench.searching COUNT        (PORTAL_VAR names the catalogue)
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.search.engines.base import Reader
from portal.search.request import SearchRequest
from portal.search.service import search
from portal.search.suggest import suggest
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
    asked = queries(portal.settings.var, count)
    with portal.database.read() as session:

        def once(words: str, **filters: tuple[str, ...]) -> Taken:
            request = SearchRequest(text=words, filters=filters)
            begun, begun_work = time.perf_counter(), time.thread_time()
            found = search(request, engine=portal.search, session=session)
            taken = Taken(1000 * (time.perf_counter() - begun), 1000 * (time.thread_time() - begun_work))
            if found.degraded:
                raise AssertionError("the index is not used")
            return taken

        opening = once(asked[0])
        theme = _commonest_theme(portal.search, session)
        cold = [once(each, theme=(theme,)) for each in asked[1:]]
        warm = [once(each, theme=(theme,)) for each in asked[1:]]
        plain = [once(each) for each in asked[1:]]
        typed = [each[:letters] for each in asked for letters in (2, 4, 8)]
        suggesting = [_suggest(each, portal.search, session) for each in typed]
        fts = _full_text(session)
        bare = [fts(each) for each in asked[1:]]
    values = {"opening": opening.clock, "queries": len(asked)}
    for name, taken in (("cold", cold), ("warm", warm), ("no filter", plain)):
        for share in (0.5, 0.95):
            values[f"{name} p{share * 100:.0f}"] = percentile([each.clock for each in taken], share)
        values[f"{name} p95, processor time"] = percentile([each.work for each in taken], 0.95)
    for share in (0.5, 0.95):
        values[f"suggest p{share * 100:.0f}"] = percentile(suggesting, share)
    values["SQLite FTS5, without facets and highlights p95"] = percentile([each.clock for each in bare], 0.95)
    values["/ SQLite FTS5"] = sum(each.work for each in warm) / sum(each.work for each in bare)
    print(json.dumps(values))


def _suggest(typed: str, engine: Reader, session: Session) -> float:
    begun = time.perf_counter()
    suggest(typed, engine=engine, session=session, language="vi")
    return 1000 * (time.perf_counter() - begun)


def _commonest_theme(engine: object, session: object) -> str:
    found = search(SearchRequest(), engine=engine, session=session)  # type: ignore[arg-type]
    return str(found.facets["theme"][0].value)


def _full_text(session: Session) -> Callable[[str], Taken]:
    """The same texts in SQLite's own full-text index, ranked, 20 ids: the least that finding can cost."""
    index = sqlite3.connect(":memory:")
    index.execute(
        "CREATE VIRTUAL TABLE found USING fts5(text, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    rows = session.execute(
        text("SELECT id, title_vi || ' ' || coalesce(title_en, '') || ' ' || description_vi FROM dataset")
    )
    index.executemany("INSERT INTO found (rowid, text) VALUES (?, ?)", map(tuple, rows))

    def once(words: str) -> Taken:
        query = " OR ".join(f'"{word}"' for word in words.split())
        begun, begun_work = time.perf_counter(), time.thread_time()
        index.execute(
            "SELECT rowid FROM found WHERE found MATCH ? ORDER BY rank LIMIT 20", [query]
        ).fetchall()
        return Taken(1000 * (time.perf_counter() - begun), 1000 * (time.thread_time() - begun_work))

    return once


if __name__ == "__main__":
    main(int(sys.argv[1]))
