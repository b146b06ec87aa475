"""The writing side: one process at a time adds small parts, merges them as they grow, and publishes."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from portal.search import fields
from portal.search.documents import SearchDocument, Stamp
from portal.search.engines.base import IndexBroken, IndexBusy, IndexMissing, Progress
from portal.search.engines.whoosh import completions, folder, merge, suffixes
from portal.search.engines.whoosh.arrays import Array, Damaged
from portal.search.engines.whoosh.building import build_parts, usable_processors
from portal.search.engines.whoosh.folder import KeptPart, NewPart
from portal.search.engines.whoosh.generation import Generation
from portal.search.engines.whoosh.part import Part, build
from portal.search.names import Name
from portal.search.words import EMPTY, Glossary

# Merging this many documents takes a few milliseconds and is done before publishing; larger merges are done
# after, so that nobody waits for them.
_QUICK_MERGE = 3_000


class WhooshWriter:
    """Writes one index folder while it holds the folder's lock. Raises IndexBusy when another process does
    and `wait_seconds` have passed. `processes` build a whole index; None: as many as there are processors."""

    def __init__(
        self, index_folder: Path, *, wait_seconds: float = 0.0, processes: int | None = None
    ) -> None:
        index_folder.mkdir(parents=True, exist_ok=True)
        self._folder = index_folder
        self._processes = processes or usable_processors()
        self._lock = _locked(index_folder / "writer.lock", wait_seconds)
        folder.tidy(index_folder)
        self._state = _newest(index_folder)
        self._places: dict[int, tuple[str, int]] = {}
        self._learn_places(known=set())

    def apply(
        self,
        upserts: Iterable[SearchDocument],
        deletes: Iterable[int],
        *,
        glossary: Glossary | None = None,
        names: Sequence[Name] | None = None,
    ) -> int:
        """See `engines.base.Writer`."""
        if self._state is None:
            raise IndexMissing
        gone = set(deletes)
        documents = {document.id: document for document in upserts if document.id not in gone}
        if not documents and glossary is None and names is None and gone.isdisjoint(self._places):
            # Else every change of a draft would be seen from outside, by a state that differs in nothing.
            return self.generation()
        pieces: list[KeptPart | NewPart] = list(self._without(gone | documents.keys()))
        if documents:
            pieces.append(NewPart(build(list(documents.values()))))
        first = merge.due([_size(piece) for piece in pieces])
        if first is not None and sum(_size(piece)[0] for piece in pieces[first:]) <= _QUICK_MERGE:
            pieces, first = _merged(pieces, first), None
        self._publish(pieces, glossary=glossary, names=names)
        # Only now: had publishing failed, they would still be in the index.
        for dataset in gone:
            self._places.pop(dataset, None)
        if first is not None:
            kept: list[KeptPart | NewPart] = [KeptPart(each, each.dead) for each in self._state.stored]
            self._publish(_merged(kept, first))
        return self.generation()

    def rebuild(
        self,
        documents: Iterable[SearchDocument],
        progress: Progress,
        *,
        source: str,
        glossary: Glossary = EMPTY,
        names: Sequence[Name] = (),
    ) -> int:
        """See `engines.base.Writer`."""
        with folder.workplace(self._folder) as place:
            made = build_parts(documents, place, progress, processes=self._processes)
            pieces = [NewPart(merge.merge(made, _repeated(made)))] if made else []
            self._publish(pieces, recipe=_recipe_of(source), glossary=glossary, names=names)
        self._places = {}
        self._learn_places(known=set())
        return self.generation()

    def indexed(self) -> Mapping[int, Stamp]:
        """See `engines.base.Writer`."""
        return self._state.versions() if self._state else {}

    def names(self) -> Sequence[Name]:
        """See `engines.base.Writer`."""
        return self._state.names.names if self._state else ()

    def needs_rebuild(self, source: str) -> bool:
        """See `engines.base.Writer`."""
        if self._state is None or self._state.recipe != _recipe_of(source):
            return True
        return not folder.is_sound(self._folder, self._state.number)

    def glossary(self) -> Glossary:
        """See `engines.base.Writer`."""
        return self._state.words.glossary if self._state else EMPTY

    def generation(self) -> int:
        """The number of the last published state, 0 before the first."""
        return self._state.number if self._state else 0

    def close(self) -> None:
        """Let another process write."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _without(self, datasets: Iterable[int]) -> Iterator[KeptPart]:
        """The present parts with these datasets dead; parts without a living document are left out."""
        dead: dict[str, list[int]] = {}
        for dataset in datasets:
            if dataset in self._places:
                name, place = self._places[dataset]
                dead.setdefault(name, []).append(place)
        for stored in self._state.stored if self._state else ():
            gone = np.array(dead.get(stored.name, ()), dtype=np.int32)
            if stored.alive > len(gone):
                yield KeptPart(stored, np.union1d(stored.dead, gone).astype(np.int32))

    def _publish(
        self,
        pieces: Sequence[KeptPart | NewPart],
        *,
        recipe: str = "",
        glossary: Glossary | None = None,
        names: Sequence[Name] | None = None,
    ) -> None:
        known = {stored.name for stored in self._state.stored} if self._state else set()
        kept = self._state.recipe if self._state else ""
        try:
            self._state = folder.publish(
                self._folder,
                pieces,
                recipe=recipe or kept,
                glossary=self.glossary() if glossary is None else glossary,
                before=self._state,
                names=None if names is None else completions.build_names(names),
            )
        except Damaged as error:
            self._state, self._places = None, {}
            raise IndexBroken from error
        self._learn_places(known)
        folder.tidy(self._folder)

    def _learn_places(self, known: set[str]) -> None:
        """Remember where the datasets of parts that are not `known` yet are."""
        for stored in self._state.stored if self._state else ():
            if stored.name not in known:
                alive = stored.alive_places()
                for dataset, place in zip(stored.part.ids[alive].tolist(), alive.tolist(), strict=True):
                    self._places[dataset] = (stored.name, place)


def _recipe_of(source: str) -> str:
    """What an index was made with and from."""
    return f"{fields.recipe()}.{suffixes.VERSION} {source}"


def _newest(index_folder: Path) -> Generation | None:
    try:
        return folder.open_newest(index_folder)
    except (IndexMissing, IndexBroken):
        return None


def _size(piece: KeptPart | NewPart) -> tuple[int, int]:
    if isinstance(piece, NewPart):
        return len(piece.part), 0
    return len(piece.stored.part), len(piece.dead)


def _merged(pieces: Sequence[KeptPart | NewPart], first: int) -> list[KeptPart | NewPart]:
    parts = [piece.part if isinstance(piece, NewPart) else piece.stored.part for piece in pieces[first:]]
    dead = [
        np.empty(0, dtype=np.int32) if isinstance(piece, NewPart) else piece.dead for piece in pieces[first:]
    ]
    return [*pieces[:first], NewPart(merge.merge(parts, dead))]


def _repeated(parts: Sequence[Part]) -> list[Array]:
    """For each part the places of datasets that a later part has again."""
    later: set[int] = set()
    dead: list[Array] = []
    for part in reversed(parts):
        ids = part.ids.tolist()
        dead.append(np.array([place for place, each in enumerate(ids) if each in later], dtype=np.int32))
        later.update(ids)
    return dead[::-1]


def _locked(path: Path, wait_seconds: float) -> int:
    """A descriptor that holds the lock; the kernel frees it when the process ends, however it ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    until = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(descriptor)
                raise IndexBusy from None
            time.sleep(0.05)
