"""Suggestions while somebody types: datasets, agencies, themes, places and columns in one short list."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import links
from portal.catalog.models import Dataset
from portal.catalog.queries import are_visible
from portal.observability import metrics
from portal.search import analysis
from portal.search.engines.base import Completed, IndexBroken, IndexMissing, Reader
from portal.search.names import Name
from portal.search.prefix import Match, Prefix, beginnings, is_whole_name, read_prefix
from portal.search.tokens import quoted
from portal.text import Language, LocalizedText, fold

_log = logging.getLogger(__name__)

SHOWN = 8
MAX_SHOWN = 20

Kind = Literal["dataset", "agency", "theme", "place", "column"]
KINDS: tuple[Kind, ...] = ("theme", "place", "agency", "dataset", "column")
"""In the order in which equally good entries stand: few and wide before many and narrow."""

# Of each kind but datasets at most so many: the list is for finding data. Datasets fill what is left, and
# where there are none, the others do.
_SHARES: dict[Kind, int] = {"theme": 1, "agency": 2, "place": 2, "column": 1}
# Datasets looked at for every one shown: some may have been withdrawn since, or begin otherwise after all.
_SPARE = 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One entry. `marks`: letters (start, end) of `text` that were typed. `language` is that of `text`.
    `also`: the other name that was typed the beginning of, a former one or an acronym. `datasets`: how many
    it leads to, None for a dataset. `target` is a path."""

    text: str
    language: Language
    kind: Kind
    target: str
    marks: tuple[tuple[int, int], ...]
    also: str | None = None
    datasets: int | None = None
    is_former: bool = False
    is_illustrative: bool = False


@dataclass(frozen=True, slots=True)
class Suggestions:
    """All of one state of the index; `generation` is 0 and the list empty while there is no index."""

    entries: tuple[Suggestion, ...]
    generation: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    suggestion: Suggestion
    is_exact: bool
    begins: bool
    is_translated: bool
    is_whole: bool = False


@metrics.timed("suggest")
def suggest(
    typed: str,
    *,
    engine: Reader,
    session: Session,
    language: Language,
    limit: int = SHOWN,
    hide_illustrative: bool = False,
) -> Suggestions:
    """What the beginning `typed` may be meant to become. One engine call and at most one SQL statement."""
    prefix = read_prefix(typed)
    try:
        if prefix is None:
            return Suggestions((), engine.generation())
        completed = engine.complete(prefix, _SPARE * limit)
    except (IndexMissing, IndexBroken) as problem:
        _log.warning("no suggestions: %s", problem.code)
        return Suggestions((), 0)
    candidates = [
        *_names(completed, prefix, language),
        *_datasets(completed, prefix, session, language, limit, hide_illustrative=hide_illustrative),
        *_columns(completed, prefix, language),
    ]
    return Suggestions(tuple(_chosen(candidates, limit)), completed.generation)


def _chosen(candidates: Sequence[_Candidate], limit: int) -> list[Suggestion]:
    """The best of each kind within its share, then whatever is left over, all in one order."""
    ordered = sorted(candidates, key=_order)
    first: list[_Candidate] = []
    rest: list[_Candidate] = []
    used = dict(_SHARES)
    for each in _different(ordered):
        left = used.get(each.suggestion.kind, limit)
        used[each.suggestion.kind] = left - 1
        (first if left > 0 else rest).append(each)
    shared = [each for each in first if each.suggestion.kind in _SHARES]
    datasets = [each for each in first if each.suggestion.kind == "dataset"]
    kept = [*shared, *datasets, *rest][:limit]
    return [each.suggestion for each in sorted(kept, key=_order)]


def _order(candidate: _Candidate) -> tuple[bool, bool, bool, bool, bool, int]:
    return (
        not candidate.is_exact,
        candidate.is_translated,
        not candidate.begins,
        not candidate.is_whole,
        candidate.suggestion.is_former,
        KINDS.index(candidate.suggestion.kind),
    )


def _different(candidates: Sequence[_Candidate]) -> Iterator[_Candidate]:
    """Without those whose words stand in the list already: the same title again, a column named like a
    theme. Two places of one name are two places."""
    seen: set[str] = set()
    for each in candidates:
        words = fold(each.suggestion.text)
        if each.suggestion.kind == "place" or words not in seen:
            yield each
        seen.add(words)


def _names(completed: Completed, prefix: Prefix, language: Language) -> Iterator[_Candidate]:
    for name, count in completed.names:
        found = _best_name(name, prefix, language)
        if found is None:
            continue
        text, spoken, match, also = found
        begins = match.syllable in beginnings([each.folded for each in analysis.syllables(also or text)])
        yield _Candidate(
            Suggestion(
                text=text,
                language=spoken,
                kind=name.kind,
                target=_TARGETS[name.kind](name.key, language),
                marks=() if also else ((match.start, match.end),),
                also=also,
                datasets=count,
                is_former=name.is_former,
            ),
            match.is_exact,
            begins,
            is_translated=spoken != language and name.en != "",
            is_whole=is_whole_name(also or text, match),
        )


_TARGETS = {"agency": links.agency_page, "theme": links.theme_page, "place": links.place_page}


def _best_name(
    name: Name, prefix: Prefix, language: Language
) -> tuple[str, Language, Match, str | None] | None:
    """(text, its language, match, other name): in the language asked for if it begins so, else in the other,
    else by the further name that does."""
    texts: dict[Language, str] = {"vi": analysis.normalise(name.vi), "en": analysis.normalise(name.en)}
    for spoken in sorted(texts, key=lambda each: each != language):
        match = prefix.match(texts[spoken])
        if match is not None:
            return texts[spoken], spoken, match, None
    for other in map(analysis.normalise, name.also):
        match = prefix.match(other)
        if match is not None:
            shown: Language = language if texts[language] else "vi"
            return texts[shown], shown, match, other
    return None


def _datasets(
    completed: Completed,
    prefix: Prefix,
    session: Session,
    language: Language,
    limit: int,
    *,
    hide_illustrative: bool,
) -> Iterator[_Candidate]:
    ids = completed.titles
    if not ids:
        return
    columns = (Dataset.id, Dataset.slug, Dataset.title_vi, Dataset.title_en, Dataset.illustrative)
    # Of those that are visible at this moment: the index may be a second behind a withdrawal.
    query = select(*columns).where(*are_visible(ids, hide_illustrative=hide_illustrative))
    rows = {row.id: row for row in session.execute(query)}
    for each in ids:
        if each not in rows:
            continue
        row = rows[each]
        found = _best_title(LocalizedText(row.title_vi, row.title_en), prefix, language)
        if found is not None:
            text, spoken, match = found
            suggestion = Suggestion(
                text=text,
                language=spoken,
                kind="dataset",
                target=links.dataset_page(row.slug, language),
                marks=((match.start, match.end),),
                is_illustrative=row.illustrative,
            )
            yield _Candidate(
                suggestion, match.is_exact, match.syllable == 0, is_translated=spoken != language
            )


def _best_title(
    title: LocalizedText, prefix: Prefix, language: Language
) -> tuple[str, Language, Match] | None:
    texts: dict[Language, str] = {"vi": title.vi, "en": title.en or ""}
    for spoken in sorted(texts, key=lambda each: each != language):
        text = analysis.normalise(texts[spoken])
        # Anywhere: what was found by its translation may have the words further on.
        match = prefix.match(text, starts=len(text))
        if match is not None:
            return text, spoken, match
    return None


def _columns(completed: Completed, prefix: Prefix, language: Language) -> Iterator[_Candidate]:
    for column, count in completed.columns:
        text = analysis.normalise(column)
        match = prefix.match(text)
        if match is not None:
            suggestion = Suggestion(
                text=text,
                language=language,
                kind="column",
                target=links.search(language, q=quoted([text.replace('"', " ")], "column", language)),
                marks=((match.start, match.end),),
                datasets=count,
            )
            yield _Candidate(suggestion, match.is_exact, match.syllable == 0, is_translated=False)
