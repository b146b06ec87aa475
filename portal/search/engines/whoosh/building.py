"""The parts of a whole index: built here when there are few documents, else by processes beside this one.

Every part is written as soon as it is built and mapped from then on, so memory holds a few thousand documents
however many there are. Parts are of the same documents in the same order either way, and so are their bytes.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType

from portal.errors import Unavailable
from portal.search.documents import SearchDocument
from portal.search.engines.base import Progress
from portal.search.engines.whoosh import part as parts
from portal.search.engines.whoosh.part import Part
from portal.text import LocalizedText

CHUNK = 2_000
"""Documents of one part: enough that few parts are merged at the end, few enough to bound memory."""

# More would wait for the one process that reads the catalogue.
_MOST_PROCESSES = 8


class BuilderLost(Unavailable):
    """A process that built a part of the index ended before it was done."""

    message = LocalizedText(
        "Một tiến trình tạo chỉ mục tìm kiếm đã dừng giữa chừng; chỉ mục cũ vẫn được dùng.",
        "A process that builds the search index ended half way; the old index stays in use.",
    )


def usable_processors() -> int:
    """How many builders keep this machine busy."""
    return min(_MOST_PROCESSES, len(os.sched_getaffinity(0)))


def build_parts(
    documents: Iterable[SearchDocument], folder: Path, progress: Progress, *, processes: int
) -> list[Part]:
    """Parts of at most `CHUNK` documents each, written into `folder` and opened; the last document of an id in
    a part counts. Raises BuilderLost."""
    chunks = _chunks(documents)
    first = list(islice(chunks, 2))
    if processes < 2 or len(first) < 2:
        built = _built_here(chain(first, chunks), folder)
    else:
        built = _built_beside(chain(first, chunks), folder, processes)
    found: dict[int, Part] = {}
    done = 0
    for number, checksum, documents_in_it in built:
        # Mapped however small: together they are as large as the whole index.
        found[number] = parts.read(_path(folder, number), checksum, mapped_from=1)
        done += documents_in_it
        progress(done)
    return [found[number] for number in sorted(found)]


Built = tuple[int, int, int]
"""Number of a part, checksum of its file, how many documents were looked at for it."""


def _built_here(chunks: Iterable[list[SearchDocument]], folder: Path) -> Iterator[Built]:
    for number, chunk in enumerate(chunks):
        yield number, _build(chunk, _path(folder, number)), len(chunk)


def _built_beside(chunks: Iterable[list[SearchDocument]], folder: Path, processes: int) -> Iterator[Built]:
    """As soon as they are done. One chunk waits here while every builder has one."""
    with ExitStack() as stack:
        idle = [stack.enter_context(_Builder(folder)) for _ in range(processes)]
        busy: list[_Builder] = []
        for number, chunk in enumerate(chunks):
            if not idle:
                yield from _finished(busy, idle)
            busy.append(idle.pop())
            busy[-1].take(number, chunk)
        while busy:
            yield from _finished(busy, idle)


def _finished(busy: list[_Builder], idle: list[_Builder]) -> Iterator[Built]:
    """What the next builders to be done have built; they are idle again."""
    ready = wait([builder.connection for builder in busy])
    for builder in [each for each in busy if each.connection in ready]:
        busy.remove(builder)
        idle.append(builder)
        yield builder.result()


class _Builder:
    """A process that builds one part after another. It ends when this end of its pipe is closed, also by a kill."""

    def __init__(self, folder: Path) -> None:
        # Spawned: the threads of this process and the locks they hold do not belong into a copy of it.
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, folder), name="builder", daemon=True)
        self._process.start()
        theirs.close()

    def take(self, number: int, chunk: list[SearchDocument]) -> None:
        """Starts the work on a chunk."""
        try:
            self.connection.send((number, chunk))
        except OSError as error:
            raise BuilderLost from error

    def result(self) -> Built:
        """What it has built; waits for it."""
        try:
            built: Built = self.connection.recv()
        except (EOFError, OSError) as error:
            raise BuilderLost from error
        return built

    def __enter__(self) -> _Builder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        if error is not None:
            self._process.terminate()
        self._process.join()


def _serve(connection: Connection, folder: Path) -> None:
    # Ctrl-C goes to all processes of a terminal; the one that has this one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            number, chunk = connection.recv()
        except EOFError:
            return
        connection.send((number, _build(chunk, _path(folder, number)), len(chunk)))


def _build(chunk: list[SearchDocument], path: Path) -> int:
    return parts.write(parts.build(list({document.id: document for document in chunk}.values())), path)


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.part"


def _chunks(documents: Iterable[SearchDocument]) -> Iterator[list[SearchDocument]]:
    rest = iter(documents)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
