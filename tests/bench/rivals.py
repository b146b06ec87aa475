"""SQLite FTS5 and tantivy on the same records, folded by the same code, asked for the same things.

One question: all words in title (weight 3) or rest, one theme chosen; the 20 best ids, how many there are, and the
counts of four facets, that of the theme without its own filter. `ours` asks our engine just that and no more:
no understanding, no synonyms, no exact diacritics, no neighbours.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import tantivy

from portal.search import analysis
from portal.search.documents import SearchDocument
from portal.search.engines.base import Reader
from portal.search.fields import texts_of
from portal.search.query import Alternative, Concept, Query, Word
from portal.search.weights import TITLE

FACETS = ("theme", "agency", "format", "year")
SHOWN = 20
# More values than any facet has here: counts must not be cut for one engine and not for another.
_VALUES = 50_000


@dataclass(frozen=True, slots=True)
class Question:
    """Folded words that must all be there, and the theme that is chosen."""

    words: tuple[str, ...]
    theme: str


@dataclass(frozen=True, slots=True)
class Found:
    """`themes`: how many have each theme, whatever theme is chosen."""

    total: int
    ids: tuple[int, ...]
    themes: Mapping[str, int]


class Rival(Protocol):
    def ask(self, question: Question) -> Found: ...


def folded(texts: Iterable[str]) -> str:
    """Texts as all engines have them: folded syllables, joined forms and singulars too."""
    found: list[str] = []
    for text in texts:
        text = analysis.normalise(text)
        syllables = analysis.syllables(text)
        found += [each.folded for each in syllables]
        found += [whole.folded for _, whole in analysis.joined(text, syllables)]
        found += [one for each in syllables if (one := analysis.singular(each.folded))]
    return " ".join(found)


def title_and_rest(document: SearchDocument) -> tuple[str, str]:
    every = list(texts_of(document))
    return (
        folded(text for group, text in every if group is TITLE),
        folded(text for group, text in every if group is not TITLE),
    )


class Ours:
    """Our engine, asked as plainly as the others."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def ask(self, question: Question) -> Found:
        concepts = tuple(Concept((Alternative((Word(word),)),)) for word in question.words)
        answer = self._reader.search(
            Query(concepts),
            filters={"theme": (question.theme,)},
            sort="relevance",
            start=0,
            size=SHOWN,
            facets=FACETS,
        )
        themes = {each.value: each.count for each in answer.facets["theme"]}
        # Ours relaxes where nothing holds enough; the others answer nothing.
        return Found(0, (), {}) if answer.relaxed else Found(answer.total, answer.ids, themes)


class FullText:
    """SQLite FTS5: matches into a temporary table, facets counted by joins."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        self._database.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-262144;"
            "CREATE VIRTUAL TABLE found USING fts5(title, rest, content='', tokenize='unicode61 remove_diacritics 0');"
            "CREATE TABLE facet (name, value, id INTEGER, PRIMARY KEY (name, id, value)) WITHOUT ROWID;"
            "CREATE TEMP TABLE hit (id INTEGER PRIMARY KEY, score REAL, chosen INTEGER);"
        )

    def add(self, document: SearchDocument, title: str, rest: str) -> None:
        self._database.execute(
            "INSERT INTO found (rowid, title, rest) VALUES (?, ?, ?)", (document.id, title, rest)
        )
        self._database.executemany(
            "INSERT OR IGNORE INTO facet VALUES (?, ?, ?)",
            [(name, value, document.id) for name in FACETS for value in document.facets[name]],
        )

    def finish(self) -> None:
        self._database.execute("INSERT INTO found (found) VALUES ('optimize')")
        self._database.commit()
        self._database.execute("ANALYZE")

    def ask(self, question: Question) -> Found:
        run = self._database.execute
        run("DELETE FROM hit")
        run(
            "INSERT INTO hit SELECT rowid, bm25(found, 3.0, 1.0),"
            " EXISTS (SELECT 1 FROM facet WHERE name = 'theme' AND id = found.rowid AND value = ?)"
            " FROM found WHERE found MATCH ?",
            (question.theme, " AND ".join(f'"{word}"' for word in question.words)),
        )
        ids = run("SELECT id FROM hit WHERE chosen ORDER BY score, id LIMIT ?", (SHOWN,)).fetchall()
        total = run("SELECT count(*) FROM hit WHERE chosen").fetchone()[0]
        themes: dict[str, int] = {}
        for name in FACETS:
            counts = run(
                "SELECT value, count(*) FROM hit JOIN facet ON facet.name = ? AND facet.id = hit.id"
                + ("" if name == "theme" else " WHERE chosen")
                + " GROUP BY value",
                (name,),
            ).fetchall()
            if name == "theme":
                themes = dict(counts)
        return Found(total, tuple(each for (each,) in ids), themes)


class Tantivy:
    """tantivy through its Python package: facets are fast columns, counted by its aggregations."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        schema = tantivy.SchemaBuilder()
        for name in ("title", "rest"):
            schema.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        for name in FACETS:
            schema.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
        schema.add_unsigned_field("id", fast=True)
        self._schema = schema.build()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._writer = self._index.writer(heap_size=128_000_000, num_threads=1)
        self._counted = {name: {"terms": {"field": name, "size": _VALUES}} for name in FACETS}

    def add(self, document: SearchDocument, title: str, rest: str) -> None:
        row = tantivy.Document()
        row.add_text("title", title)
        row.add_text("rest", rest)
        row.add_unsigned("id", document.id)
        for name in FACETS:
            for value in document.facets[name]:
                row.add_text(name, value)
        self._writer.add_document(row)

    def finish(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, question: Question) -> Found:
        words = self._words(question.words)
        theme = tantivy.Query.const_score_query(
            tantivy.Query.term_query(self._schema, "theme", question.theme, "basic"), 0.0
        )
        chosen = tantivy.Query.boolean_query([(tantivy.Occur.Must, words), (tantivy.Occur.Must, theme)])
        answer = self._searcher.search(chosen, limit=SHOWN, count=True)
        ids = self._searcher.fast_field_values("id", [address for _, address in answer.hits])
        others = {name: counted for name, counted in self._counted.items() if name != "theme"}
        self._searcher.aggregate(chosen, others)
        themes = self._searcher.aggregate(words, {"theme": self._counted["theme"]})
        buckets = themes["theme"]["buckets"]
        return Found(answer.count, tuple(ids), {each["key"]: each["doc_count"] for each in buckets})

    def _words(self, words: Iterable[str]) -> tantivy.Query:
        required = []
        for word in words:
            title = tantivy.Query.term_query(self._schema, "title", word, "freq")
            rest = tantivy.Query.term_query(self._schema, "rest", word, "freq")
            either = [
                (tantivy.Occur.Should, tantivy.Query.boost_query(title, 3.0)),
                (tantivy.Occur.Should, rest),
            ]
            required.append((tantivy.Occur.Must, tantivy.Query.boolean_query(either)))
        return tantivy.Query.boolean_query(required)
