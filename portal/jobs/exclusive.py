"""One process at a time writes what is derived from the catalogue: the worker, or a command in its place."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

_FILE = "worker.lock"
_BACKUP = "backup.lock"
_RETRY_SECONDS = 0.3


@contextmanager
def try_alone(var: Path) -> Iterator[bool]:
    """True inside when this process is the only one; the lock dies with its process."""
    file = _take(var)
    try:
        yield file is not None
    finally:
        if file is not None:
            file.close()


@contextmanager
def wait_alone(var: Path, *, on_wait: Callable[[], None]) -> Iterator[None]:
    """Waits until no other process is the worker; `on_wait` is called once when there is one."""
    file = _take(var)
    if file is None:
        on_wait()
    while file is None:
        time.sleep(_RETRY_SECONDS)
        file = _take(var)
    with file:
        yield


@contextmanager
def keeping_files(var: Path) -> Iterator[None]:
    """No stored file is collected inside, however long a backup takes."""
    with (var / _BACKUP).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def try_collecting(var: Path) -> Iterator[bool]:
    """True inside when no backup is being made; one that begins meanwhile waits."""
    file = _take(var, _BACKUP)
    try:
        yield file is not None
    finally:
        if file is not None:
            file.close()


def _take(var: Path, name: str = _FILE) -> TextIO | None:
    var.mkdir(parents=True, exist_ok=True)
    file = (var / name).open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
