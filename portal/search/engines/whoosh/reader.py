"""The reading side: answers from the generation that is open, and looks for a newer one now and then."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from portal.errors import PortalError
from portal.search.documents import Stamp
from portal.search.engines.base import Completed, EngineAnswer, IndexBroken, IndexMissing, Sort
from portal.search.engines.whoosh import completing, counting, folder, ordering, scoring
from portal.search.engines.whoosh.arrays import Array, Damaged
from portal.search.engines.whoosh.generation import Generation
from portal.search.knowledge import Knowledge
from portal.search.prefix import Prefix
from portal.search.query import Filters, Query

RELATED = 10
"""How many less matching results at most are offered beside the results."""


class WhooshReader:
    """Reads one index folder; safe for many threads. Opening costs nothing until the first search.
    `poll_seconds`: how long a newer state may go unseen. It is opened beside the searches and takes the place of
    the old one when it is ready. The first search after a pause waits for it: nobody looked meanwhile, and the old
    one may be of any age. With 0 every look waits for it."""

    def __init__(self, index_folder: Path, *, poll_seconds: float = 0.25) -> None:
        self._folder = index_folder
        self._poll_seconds = poll_seconds
        self._lock = threading.Lock()
        self._replacing = threading.Lock()
        self._state: Generation | None = None
        self._problem: PortalError = IndexMissing()
        self._seen: str | None = None
        self._next_look = 0.0

    def generation(self) -> int:
        """The number of the state that answers now."""
        return self._current().number

    def knowledge(self) -> Knowledge:
        """See `engines.base.Reader`."""
        state = self._current()
        return Knowledge(state.words.glossary, state)

    def indexed(self) -> Mapping[int, Stamp]:
        """See `engines.base.Reader`."""
        return self._current().versions()

    def search(
        self, query: Query, *, filters: Filters, sort: Sort, start: int, size: int, facets: Sequence[str]
    ) -> EngineAnswer:
        """See `engines.base.Reader`."""
        state = self._current()
        ranking = scoring.rank(state, query)
        masks = counting.filter_masks(state, filters)
        places = np.flatnonzero(counting.narrowed(ranking.main, masks))
        order: Sort = sort if query.is_ranked or sort != "relevance" else "modified"
        shown = ordering.first_places(state, places, ranking.scores, order, start + size)[start:]
        related = _related(state, ranking, masks) if start == 0 else ()
        return EngineAnswer(
            ids=tuple(state.ids[shown].tolist()),
            scores=tuple((ranking.scores[shown] / scoring.STEPS).tolist()),
            total=len(places),
            facets=counting.count(state, facets, ranking.main, filters, masks),
            related=related,
            generation=state.number,
            relaxed=ranking.relaxed,
        )

    def complete(self, prefix: Prefix, count: int) -> Completed:
        """See `engines.base.Reader`."""
        return completing.complete(self._current(), prefix, count)

    def _current(self) -> Generation:
        now = time.monotonic()
        if now >= self._next_look and self._lock.acquire(blocking=self._state is None or self._paused(now)):
            try:
                self._look()
            finally:
                self._lock.release()
        if self._state is None:
            raise self._problem
        return self._state

    def _paused(self, now: float) -> bool:
        return now >= self._next_look + self._poll_seconds

    def _look(self) -> None:
        """Open the generation that CURRENT names, if it is another one. A newer one that is damaged leaves
        the open one in place."""
        now = time.monotonic()
        if now < self._next_look:
            return
        try:
            name = folder.current_name(self._folder)
            if self._state is None:
                self._state, self._seen = folder.open_newest(self._folder), name
            elif name and name != self._seen:
                self._seen = name
                if self._paused(now):
                    self._replace(name, self._state)
                else:
                    self._renew(name, self._state)
        except (IndexMissing, IndexBroken) as problem:
            self._problem = problem
        finally:
            self._next_look = time.monotonic() + self._poll_seconds

    def _renew(self, name: str, state: Generation) -> None:
        threading.Thread(target=self._replace, args=(name, state), name="index", daemon=True).start()

    def _replace(self, name: str, state: Generation) -> None:
        """Open what follows `state`, ready for its first search, and answer from it."""
        try:
            newer = folder.open_generation(self._folder / name, state)
        except Damaged:
            return
        if self._poll_seconds:
            newer.prepare()
        with self._replacing:
            # Another that is newer still may have been opened faster. Numbers of an index that was deleted and made
            # anew may be lower.
            is_newer = self._state is None or newer.number > self._state.number
            if is_newer or folder.current_name(self._folder) == name:
                self._state = newer


def _related(state: Generation, ranking: scoring.Ranking, masks: Mapping[str, Array]) -> tuple[int, ...]:
    places = np.flatnonzero(counting.narrowed(ranking.related, masks))
    first = ordering.first_places(state, places, ranking.scores, "relevance", RELATED)
    related: tuple[int, ...] = tuple(state.ids[first].tolist())
    return related
