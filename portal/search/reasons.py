"""Which columns, files and rows a result was found by, where its texts do not show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalog import table_queries
from portal.catalog.models import Distribution, FileVersion
from portal.search import analysis, highlight
from portal.search.fields import spaced
from portal.search.highlight import Segment
from portal.search.query import Query, Scope, Shown, Word

Kind = Literal["column", "file", "row"]
SHOWN = 3
"""Reasons of a result at most."""
_COMPARED_CELLS = 20
# How much of the texts in the rows of one dataset is looked through.
_READ_SHEETS = 5
# More than may stand between the words of a phrase.
_BETWEEN_CELLS = " \n\n\n "


@dataclass(frozen=True, slots=True)
class Reason:
    """A name or a cell that holds what was asked for, with it marked, unescaped."""

    kind: Kind
    text: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What names of one kind are looked through for."""

    shown: Shown
    is_in: Callable[[str], bool]


def load_reasons(session: Session, dataset_ids: Sequence[int], query: Query) -> dict[int, tuple[Reason, ...]]:
    """The columns, files and rows of some results that hold words of the query; two statements, none for none."""
    if not dataset_ids:
        return {}
    columns = (
        Distribution.id,
        Distribution.dataset_id,
        Distribution.columns,
        Distribution.title_vi,
        Distribution.title_en,
        FileVersion.name,
    )
    rows = session.execute(
        select(*columns)
        .outerjoin(FileVersion, FileVersion.distribution_id == Distribution.id)
        .where(Distribution.dataset_id.in_(dataset_ids))
        .order_by(Distribution.position, Distribution.id, FileVersion.number)
    )
    latest = {row.id: row for row in rows}
    read = table_queries.digests(session, list(latest))
    names: dict[int, list[tuple[Kind, str]]] = defaultdict(list)
    for row in latest.values():
        names[row.dataset_id] += [("column", text) for text in _of_columns(row.columns)]
        names[row.dataset_id] += [("file", text) for text in (row.name, row.title_vi, row.title_en) if text]
    for each, digests in read.items():
        read_names = (column["name"] for digest in digests for column in digest.columns)
        names[latest[each].dataset_id] += [("column", name) for name in read_names]
    reasons = {each: list(_reasons(of_one, query)) for each, of_one in names.items()}
    for each, digests in read.items():
        found = reasons[latest[each].dataset_id]
        found += _of_rows([text for digest in digests for text in digest.texts], query)[: SHOWN - len(found)]
    return {each: tuple(of_one) for each, of_one in reasons.items()}


def _of_rows(texts: Sequence[str], query: Query) -> list[Reason]:
    """A cell that holds what was typed side by side, or is what was typed."""
    if is_scoped(query):
        return []
    phrases = [concept.alternatives[0].words for concept in query.concepts if concept.weight == 1]
    together = Shown(tuple(dict.fromkeys((*(each for each in phrases if len(each) > 1), *query.pairs))))
    alone = [words[0] for words in phrases if len(words) == 1]
    for sheet in _sheets(texts):
        found = _cell_with(sheet, together) or _cell_of(sheet, alone)
        if found:
            return [Reason("row", found)]
    return []


def _cell_with(sheet: str, shown: Shown) -> tuple[Segment, ...]:
    """The cell with the longest piece of what was typed, among some."""
    spans = highlight.spans(sheet, shown)[:_COMPARED_CELLS]
    if not spans:
        return ()
    start, end = max(spans, key=lambda span: span.end - span.start)
    cell = sheet[sheet.rfind("\n", 0, start) + 1 : sheet.find("\n", end)].strip()
    return highlight.highlight(cell, shown)


def _cell_of(sheet: str, words: Iterable[Word]) -> tuple[Segment, ...]:
    """The cell that is one of the words."""
    folded = analysis.folded_in_place(sheet)
    for word in words:
        for spelling in analysis.spellings(word.folded):
            place = folded.find(f"{_BETWEEN_CELLS}{spelling}{_BETWEEN_CELLS}") + len(_BETWEEN_CELLS)
            if place >= len(_BETWEEN_CELLS):
                return (Segment(sheet[place : place + len(spelling)], True),)
    return ()


def _sheets(texts: Iterable[str]) -> Iterator[str]:
    """Cells one below the other, as many as are looked through in one go, with what parts them around each."""
    rest = _BETWEEN_CELLS + _BETWEEN_CELLS.join(texts) + _BETWEEN_CELLS
    for _ in range(_READ_SHEETS):
        cut = rest.rfind(_BETWEEN_CELLS, 0, highlight.READ_LETTERS) + len(_BETWEEN_CELLS)
        if len(rest) <= highlight.READ_LETTERS or cut < len(_BETWEEN_CELLS) * 2:
            yield rest
            return
        yield rest[:cut]
        rest = rest[cut - len(_BETWEEN_CELLS) :]


def is_scoped(query: Query) -> bool:
    """Whether columns or files were asked for by name."""
    return any(phrase.scope for phrase in query.phrases)


def _reasons(names: Iterable[tuple[Kind, str]], query: Query) -> Iterator[Reason]:
    wanted = {kind: _wanted(query, kind) for kind in ("column", "file")}
    found = (
        Reason(kind, highlight.highlight(name, wanted[kind].shown))
        for kind, name in dict.fromkeys(names)
        if wanted[kind].is_in(spaced(name))
    )
    for reason, _ in zip(found, range(SHOWN), strict=False):
        yield reason


def _wanted(query: Query, kind: Scope) -> _Wanted:
    shown = _shown(query, kind)
    return _Wanted(shown, highlight.mentioning(shown))


def _shown(query: Query, kind: Scope) -> Shown:
    """What to look for in names of one kind: what was asked for there, or anything where nothing was."""
    if not is_scoped(query):
        return query.shown()
    return Shown(
        tuple(
            tuple(Word(word.folded) for word in phrase.words)
            for phrase in query.phrases
            if phrase.scope == kind
        )
    )


def _of_columns(columns: Sequence[Mapping[str, object]]) -> Iterator[str]:
    for column in columns:
        for part in ("name", "title_vi", "title_en"):
            name = column.get(part)
            if isinstance(name, str) and name:
                yield name
