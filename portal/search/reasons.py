"""Which columns and files a result was found by, where its texts do not show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalog.models import Distribution, FileVersion
from portal.search import highlight
from portal.search.fields import spaced
from portal.search.highlight import Segment
from portal.search.query import Query, Scope, Shown, Word

Kind = Literal["column", "file"]
SHOWN = 3
"""Reasons of a result at most."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A name that holds what was asked for, with it marked, unescaped."""

    kind: Kind
    text: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What names of one kind are looked through for."""

    shown: Shown
    is_in: Callable[[str], bool]


def load_reasons(session: Session, dataset_ids: Sequence[int], query: Query) -> dict[int, tuple[Reason, ...]]:
    """The columns and files of some results that hold words of the query; one statement, none for none."""
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
    names: dict[int, list[tuple[Kind, str]]] = defaultdict(list)
    for row in latest.values():
        names[row.dataset_id] += [("column", text) for text in _of_columns(row.columns)]
        names[row.dataset_id] += [("file", text) for text in (row.name, row.title_vi, row.title_en) if text]
    wanted = {kind: _wanted(query, kind) for kind in ("column", "file")}
    return {each: tuple(_reasons(of_one, wanted)) for each, of_one in names.items()}


def is_scoped(query: Query) -> bool:
    """Whether columns or files were asked for by name."""
    return any(phrase.scope for phrase in query.phrases)


def _reasons(names: Iterable[tuple[Kind, str]], wanted: Mapping[str, _Wanted]) -> Iterator[Reason]:
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
