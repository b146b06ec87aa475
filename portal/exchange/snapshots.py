"""Whole-catalogue documents as files: written beside the old ones, synced, and put in their place by one rename.

`<folder>/CURRENT` names the folder of the newest snapshot; each document in it stands plain and compressed.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import brotli

Encoding = Literal["", "gzip", "br"]
SUFFIXES: Mapping[Encoding, str] = {"": "", "gzip": ".gz", "br": ".br"}

_CURRENT = "CURRENT"
_LONGEST_NAME = 255
_UNFINISHED = ".new-"
# The one before the newest stays for readers that have just read its name.
_KEPT = 2
_BLOCK_BYTES = 1024**2
_GZIP_LEVEL = 6
_BROTLI_QUALITY = 5


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The documents of one catalogue version: its folder, whose name tells what they were made of."""

    folder: Path

    @property
    def name(self) -> str:
        """Unlike that of any other snapshot, also of the same version."""
        return self.folder.name

    @property
    def version(self) -> str:
        """The catalogue's version, or an older one than what the documents say."""
        return self.name.split(".")[0]

    @property
    def audience(self) -> str:
        """For which settings the documents were written."""
        return self.name.split(".")[1]

    @property
    def code(self) -> str:
        """Which code wrote them."""
        return self.name.split(".")[2]

    def path(self, document: str, encoding: Encoding = "") -> Path:
        """Where a document is."""
        return self.folder / f"{document}{SUFFIXES[encoding]}"

    def has(self, documents: tuple[str, ...]) -> bool:
        """Whether every document is there in every encoding."""
        return all(self.path(each, encoding).is_file() for each in documents for encoding in SUFFIXES)

    def agrees(self, document: str) -> bool:
        """Whether every encoding of a document says the same; reads them all."""
        try:
            digests = {_digest(_decoded(self.path(document, each), each)) for each in SUFFIXES}
        except (OSError, EOFError, zlib.error, brotli.error):
            return False
        return len(digests) == 1


class Snapshots:
    """The folder of snapshots: any number of readers, one writer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pointer = str(folder / _CURRENT)
        self._newest: tuple[bytes, Snapshot] | None = None

    def current(self) -> Snapshot | None:
        """The newest snapshot, the same object while it is the newest; None when there is none."""
        name, known = self._current_name(), self._newest
        if known is not None and known[0] == name:
            return known[1]
        if name.count(b".") != 3:
            return None
        found = Snapshot(self._folder / name.decode("ascii"))
        self._newest = name, found
        return found

    def _current_name(self) -> bytes:
        """Read anew for every answer, hence by the system's own calls: a tenth of the time of opening a Path."""
        try:
            descriptor = os.open(self._pointer, os.O_RDONLY)
        except FileNotFoundError:
            return b""
        try:
            return os.read(descriptor, _LONGEST_NAME)
        finally:
            os.close(descriptor)

    @contextmanager
    def write(self, version: str, audience: str, code: str) -> Iterator[Snapshot]:
        """A snapshot to fill; it becomes the current one at the end, or leaves no trace when anything is raised."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{version}.{audience}.{code}.{secrets.token_hex(4)}"
        unfinished = self._folder / f"{_UNFINISHED}{name}"
        unfinished.mkdir()
        try:
            yield Snapshot(unfinished)
            _sync_folder(unfinished)
            unfinished.rename(self._folder / name)
            _sync_folder(self._folder)
            self._point_to(name)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        self._remove_old(name)

    def _point_to(self, name: str) -> None:
        pointer = self._folder / f"{_UNFINISHED}{_CURRENT}"
        with pointer.open("w", encoding="ascii") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        pointer.rename(self._folder / _CURRENT)
        _sync_folder(self._folder)

    def _remove_old(self, name: str) -> None:
        """Keeps the newest folders; what a killed writer left goes too."""
        folders = [each for each in self._folder.iterdir() if each.is_dir() and each.name != name]
        finished = [each for each in folders if not each.name.startswith(_UNFINISHED)]
        newest = sorted(finished, key=lambda each: each.stat().st_mtime, reverse=True)[: _KEPT - 1]
        for each in folders:
            if each not in newest:
                shutil.rmtree(each, ignore_errors=True)


class DocumentWriter:
    """Writes one document in all encodings at once; synced when closed."""

    def __init__(self, snapshot: Snapshot, document: str) -> None:
        self._stack = ExitStack()
        opened = {
            each: self._stack.enter_context(snapshot.path(document, each).open("wb")) for each in SUFFIXES
        }
        self._files: dict[Encoding, BinaryIO] = dict(opened)
        self._gzip = gzip.GzipFile("", "wb", _GZIP_LEVEL, opened["gzip"], mtime=0)
        self._brotli = brotli.Compressor(quality=_BROTLI_QUALITY)

    def write(self, block: bytes) -> None:
        """Appends to every encoding."""
        self._files[""].write(block)
        self._gzip.write(block)
        self._files["br"].write(self._brotli.process(block))

    def close(self) -> None:
        """Ends every encoding and sees it on the disk."""
        with self._stack:
            self._gzip.close()
            self._files["br"].write(self._brotli.finish())
            for file in self._files.values():
                file.flush()
                os.fsync(file.fileno())


def _decoded(path: Path, encoding: Encoding) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    with gzip.open(path, "rb") if encoding == "gzip" else path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield decoder.process(block) if encoding == "br" else block
    if encoding == "br" and not decoder.is_finished():
        raise EOFError


def _digest(blocks: Iterator[bytes]) -> bytes:
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.digest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
