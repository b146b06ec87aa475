"""The catalogues that are measured: the portal's own seed, or the large public one of the reference data."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import chain, count, islice, zip_longest
from pathlib import Path
from urllib.parse import quote

from tests.running import Installation

_SEED_SECONDS = 900
_SCALE_SECONDS = 3_600
_READ_SEED = 2_000


def seeded(var: Path, size: int) -> Installation:
    """A portal with `size` datasets of its own seed, indexed. The files of a large one are not read into tables: that
    takes as many times longer as there are more files, and says nothing new."""
    installation = Installation(var)
    installation.take("seed", "--size", size, timeout=_SEED_SECONDS)
    if size > _READ_SEED:
        with closing(sqlite3.connect(var / "catalogue.sqlite")) as database, database:
            database.execute("UPDATE distribution SET table_state = 'none'")
    return installation


def scale_sources(shared: Path) -> list[Path]:
    """The 62,230 records of the reference data."""
    return sorted((shared / "data" / "scale").glob("*.jsonl.gz"))


def first_rows(sources: list[Path], count: int, target: Path) -> Path:
    """A file of the first `count` records, taken from all sources in turn."""
    with ExitStack() as stack, target.open("w", encoding="utf-8") as out:
        streams = [stack.enter_context(gzip.open(source, "rt", encoding="utf-8")) for source in sources]
        for number in range(count):
            out.write(streams[number % len(streams)].readline())
    return target


def scaled(var: Path, size: int, shared: Path) -> Installation:
    """A portal with `size` records of the reference data and, beyond those, of `bench_rows`, indexed."""
    installation = Installation(var)
    installation.take("init")
    source = var / "scale.jsonl"
    with source.open("w", encoding="utf-8") as out:
        for row in islice(bench_rows(scale_sources(shared)), size):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    installation.take("import", source, timeout=_SCALE_SECONDS)
    source.unlink()
    return installation


def bench_rows(sources: Sequence[Path]) -> Iterator[dict[str, object]]:
    """All reference records in turn; then, without end, records with the title of one, the description of another
    and the year and number of neither, labelled as made for measuring."""
    real: list[dict[str, object]] = []
    with ExitStack() as stack:
        streams = [stack.enter_context(gzip.open(source, "rt", encoding="utf-8")) for source in sources]
        for line in filter(None, chain.from_iterable(zip_longest(*streams))):
            real.append(json.loads(line))
            yield real[-1]
    for number in count():
        # Steps without a common factor with the whole: every pair is another one.
        titled, described = real[number * 7919 % len(real)], real[number * 104729 % len(real)]
        yield {
            **titled,
            "id": f"bench-{number}",
            "title": f"{titled['title']} ({1990 + number % 36}, {number})",
            "description": described.get("description"),
            "theme": described.get("theme"),
            "keywords": ["bench data"],
            "illustrative": True,
        }


def queries(var: Path, count: int) -> list[str]:
    """Distinct queries of two words, out of titles spread over the whole catalogue; always the same ones."""
    found: dict[str, None] = {}
    for title in _titles(var):
        words = [word for word in title.lower().split() if len(word) > 1 and word.isalpha()]
        for start in range(0, len(words) - 1, 3):
            found[f"{words[start]} {words[start + 1]}"] = None
    spread = list(found)
    return [spread[position * len(spread) // count] for position in range(min(count, len(spread)))]


def slugs(var: Path, count: int) -> list[str]:
    """Slugs spread over the whole catalogue."""
    with closing(sqlite3.connect(var / "catalogue.sqlite")) as database:
        every = [
            row[0]
            for row in database.execute("SELECT slug FROM dataset WHERE state = 'published' ORDER BY id")
        ]
    return [every[position * len(every) // count] for position in range(min(count, len(every)))]


def mixed_paths(var: Path, count: int) -> Iterator[str]:
    """What readers ask for: pages, searches of many words, records, lists, and what is not there."""
    words, names = queries(var, 1500), slugs(var, 1200)
    for number in range(count):
        word, name = quote(words[number * 13 % len(words)]), names[number * 17 % len(names)]
        yield (
            "/",
            f"/du-lieu/{name}",
            f"/du-lieu?q={word}",
            f"/api/v1/datasets?q={word}",
            f"/api/v1/datasets/{name}",
            f"/api/v1/datasets?page={1 + number % 50}",
            f"/en/datasets/{name}",
            f"/du-lieu/khong-co-{number}",
        )[number % 8]


def marker(number: int) -> str:
    """A word that no other record has."""
    return f"mốc{_letters(number)}"


def _letters(number: int) -> str:
    return "".join(
        "bcdghklmnprstvx"[number // 15**place % 15] + "aeiou"[(number + place) % 5] for place in range(4)
    )


def _titles(var: Path) -> list[str]:
    with closing(sqlite3.connect(var / "catalogue.sqlite")) as database:
        return [row[0] for row in database.execute("SELECT title_vi FROM dataset ORDER BY id")]
