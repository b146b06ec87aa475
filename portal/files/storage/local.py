"""Files in a folder of this machine: hashed while written, made durable, then renamed to their SHA-256."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from portal.errors import PortalError
from portal.files.storage.base import (
    DAY_SECONDS,
    FileMissing,
    FileTooLarge,
    Source,
    StorageFull,
    StorageUnwritable,
    StoredFile,
    chunks,
    is_sha256,
    relative_path,
)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SHELVES = tuple(f"{number:02x}" for number in range(256))
_RESERVE_BYTES = 1024**3
_CHECK_EVERY_BYTES = 16 * 1024**2
# Enough descriptors to let the file system group its journal commits, far below any limit of a process.
_BATCH = 128
_SYNC_THREADS = 16


@dataclass(frozen=True, slots=True)
class _Received:
    """A whole source in a temporary file, not yet durable; `descriptor` stays open until it is."""

    path: Path
    descriptor: int
    file: StoredFile


class LocalStorage:
    """A `Storage` in `folder`: `ab/abcdef...` and `tmp/`. Safe for several processes at once.

    `reserve_bytes` is room that is never given to files, so that the database beside them can go on writing.
    """

    def __init__(self, folder: Path, *, reserve_bytes: int = _RESERVE_BYTES) -> None:
        self._folder = folder
        self._reserve_bytes = reserve_bytes
        self._temporary = folder / "tmp"
        with _writing():
            self._temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
            for shelf in _SHELVES:
                (folder / shelf).mkdir(mode=0o700, exist_ok=True)
            _sync_folder(folder)

    def put(self, stream: BinaryIO, *, max_bytes: int | None = None, expected_bytes: int = 0) -> StoredFile:
        """Store one stream; see `Storage.put`."""
        if max_bytes is not None and expected_bytes > max_bytes:
            raise FileTooLarge(max_bytes)
        self._guard_space(2 * expected_bytes)
        received = self._receive(chunks(stream), max_bytes)
        try:
            with _writing():
                os.fsync(received.descriptor)
                _sync_folder(self._place(received))
        finally:
            _discard(received)
        return received.file

    def put_many(
        self, sources: Iterable[Source], *, max_bytes: int | None = None
    ) -> list[StoredFile | PortalError]:
        """Store many; see `Storage.put_many`. Each file and each touched folder is made durable once."""
        results: list[StoredFile | PortalError] = []
        touched: dict[Path, list[int]] = {}
        remaining = iter(sources)
        with ThreadPoolExecutor(_SYNC_THREADS, thread_name_prefix="fsync") as pool:
            while batch := list(islice(remaining, _BATCH)):
                self._put_batch(batch, max_bytes, pool, results, touched)
            _sync_folders(pool, touched, results)
        return results

    def open(self, sha256: str) -> BufferedReader:
        """The stored bytes; see `Storage.open`."""
        try:
            return (self._folder / relative_path(sha256)).open("rb")
        except FileNotFoundError:
            raise FileMissing from None

    def size(self, sha256: str) -> int:
        """Length in bytes; see `Storage.size`."""
        try:
            return (self._folder / relative_path(sha256)).stat().st_size
        except FileNotFoundError:
            raise FileMissing from None

    def exists(self, sha256: str) -> bool:
        """Whether the file is stored."""
        return is_sha256(sha256) and (self._folder / relative_path(sha256)).is_file()

    def verify(self, sha256: str) -> bool:
        """Whether the bytes still have this SHA-256; see `Storage.verify`."""
        with self.open(sha256) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256

    def hashes(self) -> Iterator[str]:
        """Every stored SHA-256, ascending."""
        for shelf in _SHELVES:
            for name in sorted(path.name for path in (self._folder / shelf).iterdir()):
                if is_sha256(name) and name.startswith(shelf):
                    yield name

    def delete(self, sha256: str) -> None:
        """Remove the file; see `Storage.delete`."""
        if is_sha256(sha256):
            with _writing():
                (self._folder / relative_path(sha256)).unlink(missing_ok=True)

    def collect(
        self, is_referenced: Callable[[str], bool], *, older_than_seconds: float = DAY_SECONDS
    ) -> int:
        """Remove old unreferenced files and temporaries; see `Storage.collect`."""
        oldest = time.time() - older_than_seconds
        temporaries = sum(self._remove_if_abandoned(path) for path in self._temporary.iterdir())
        orphans = (sha256 for sha256 in self.hashes() if not is_referenced(sha256))
        return temporaries + sum(self._remove_unless_renewed(sha256, oldest) for sha256 in orphans)

    def free_bytes(self) -> int:
        """Room left on the disk for this user."""
        return shutil.disk_usage(self._folder).free

    def local_path(self, sha256: str) -> Path:
        """Where the file lies. Raises FileMissing."""
        if not self.exists(sha256):
            raise FileMissing
        return self._folder / relative_path(sha256)

    def _put_batch(
        self,
        batch: list[Source],
        max_bytes: int | None,
        pool: ThreadPoolExecutor,
        results: list[StoredFile | PortalError],
        touched: dict[Path, list[int]],
    ) -> None:
        """Receive all, sync all, place all; what fails stands in `results` at its source's place."""
        received: dict[int, _Received] = {}
        try:
            for source in batch:
                try:
                    self._guard_space(0)
                    one = self._receive(chunks(source, unreadable=Exception), max_bytes)
                except PortalError as error:
                    results.append(error)
                else:
                    received[len(results)] = one
                    results.append(one.file)
            for position, failure in zip(received, pool.map(_sync, received.values()), strict=True):
                if failure is not None:
                    results[position] = failure
                else:
                    self._place_one(position, received[position], results, touched)
        finally:
            for one in received.values():
                _discard(one)

    def _place_one(
        self,
        position: int,
        received: _Received,
        results: list[StoredFile | PortalError],
        touched: dict[Path, list[int]],
    ) -> None:
        try:
            with _writing():
                touched.setdefault(self._place(received), []).append(position)
        except PortalError as error:
            results[position] = error

    def _receive(self, pieces: Iterator[bytes], max_bytes: int | None) -> _Received:
        """All pieces in a temporary file and their hash; nothing stays behind on failure."""
        with _writing(), self._shelves_locked(fcntl.LOCK_SH):
            descriptor, name = tempfile.mkstemp(dir=self._temporary)
            # Held while the file is open, gone with its process: tells the collector what a crash left.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            file = self._write(descriptor, pieces, max_bytes)
        except BaseException:
            os.close(descriptor)
            Path(name).unlink(missing_ok=True)
            raise
        return _Received(Path(name), descriptor, file)

    def _write(self, descriptor: int, pieces: Iterator[bytes], max_bytes: int | None) -> StoredFile:
        digest = hashlib.sha256()
        total = checked = 0
        for piece in pieces:
            total += len(piece)
            if max_bytes is not None and total > max_bytes:
                raise FileTooLarge(max_bytes)
            if total - checked >= _CHECK_EVERY_BYTES:
                self._guard_space(len(piece))
                checked = total
            with _writing():
                _write_all(descriptor, piece)
            digest.update(piece)
        return StoredFile(digest.hexdigest(), total)

    def _place(self, received: _Received) -> Path:
        """Give the synced temporary its name; answers the folder that must be synced next."""
        target = self._folder / relative_path(received.file.sha256)
        with self._shelves_locked(fcntl.LOCK_SH):
            if target.exists() and target.stat().st_size == received.file.byte_size:
                # Renews the age that `collect` looks at: the old copy may be an orphan about to go.
                os.utime(target)
            else:
                # A copy of another length is damaged, whatever its name says; these bytes were just hashed.
                received.path.rename(target)
        return target.parent

    def _remove_if_abandoned(self, path: Path) -> bool:
        with self._shelves_locked(fcntl.LOCK_EX), suppress(FileNotFoundError, BlockingIOError):
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            return True
        return False

    def _remove_unless_renewed(self, sha256: str, oldest: float) -> bool:
        with self._shelves_locked(fcntl.LOCK_EX):
            return _remove_if_older(self._folder / relative_path(sha256), oldest)

    @contextmanager
    def _shelves_locked(self, kind: int) -> Iterator[None]:
        """Many may place files at once; the collector looks at an age and removes while nobody does."""
        descriptor = os.open(self._temporary, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, kind)
            yield
        finally:
            os.close(descriptor)

    def _guard_space(self, needed_bytes: int) -> None:
        if self.free_bytes() < needed_bytes + self._reserve_bytes:
            raise StorageFull


@contextmanager
def _writing() -> Iterator[None]:
    """Names the failures of the disk."""
    try:
        yield
    except OSError as error:
        raise (StorageFull if error.errno in _FULL else StorageUnwritable) from error


def _write_all(descriptor: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync(received: _Received) -> PortalError | None:
    try:
        with _writing():
            os.fsync(received.descriptor)
    except PortalError as error:
        return error
    return None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folders(
    pool: ThreadPoolExecutor, touched: dict[Path, list[int]], results: list[StoredFile | PortalError]
) -> None:
    """Sync each folder once; files of a folder that cannot be made durable were not stored."""
    for positions, attempt in [(touched[each], pool.submit(_sync_folder, each)) for each in touched]:
        try:
            with _writing():
                attempt.result()
        except PortalError as error:
            for position in positions:
                results[position] = error


def _discard(received: _Received) -> None:
    """Close the temporary and remove it where it was not renamed."""
    os.close(received.descriptor)
    received.path.unlink(missing_ok=True)


def _remove_if_older(path: Path, oldest: float) -> bool:
    with suppress(FileNotFoundError):
        if path.stat().st_mtime < oldest:
            path.unlink()
            return True
    return False
