"""What a backup holds, each piece with size and SHA-256, in a document that proves itself."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from portal.datafolder import sync_folder
from portal.errors import Invalid
from portal.files.storage.base import CHUNK_BYTES, SourceUnreadable, is_sha256, relative_path
from portal.jobs.integrity import Finding
from portal.text import LocalizedText

MANIFEST = "manifest.json"
DATABASE = "catalogue.sqlite"
STATISTICS = "statistics.sqlite"
SEED_OWED = "seed-owed.json"
FILES = "files"
_FORMAT = 1


class NotABackup(Invalid):
    """The folder has no manifest: it is something else, or a backup that was cut short."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            LocalizedText(
                f"{folder} không phải là bản sao lưu hoàn chỉnh: thiếu {MANIFEST}.",
                f"{folder} is no complete backup: it has no {MANIFEST}.",
            )
        )


class BackupDamaged(Invalid):
    """Something in a backup is missing or differs from what was written."""

    def __init__(self, subject: str) -> None:
        super().__init__(
            LocalizedText(
                f"Bản sao lưu bị hỏng: {subject} bị thiếu hoặc đã thay đổi. Không có gì được khôi phục.",
                f"The backup is damaged: {subject} is missing or has changed. Nothing was restored.",
            )
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a backup; `name` is its path in it, and in the data folder."""

    name: str
    sha256: str
    byte_size: int


Watch = Callable[[Iterable[Piece]], Iterable[Piece]]
"""Lets somebody see the pieces go by."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup. `findings`: what the catalogue names and could not be taken, or was wrong already."""

    made_at: str
    portal: str
    schema: str
    catalogue_version: str
    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...]

    @property
    def has_database(self) -> bool:
        """Whether the catalogue is in it; a database server's is backed up by its own tools."""
        return any(each.name == DATABASE for each in self.pieces)

    @property
    def files(self) -> tuple[Piece, ...]:
        """The registered files."""
        return tuple(each for each in self.pieces if each.name.startswith(f"{FILES}/"))


def file_piece(sha256: str) -> str:
    """The name of a registered file's piece."""
    return f"{FILES}/{relative_path(sha256)}"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Makes `folder` a backup, durably; everything else in it must be durable already."""
    contents = {"format": _FORMAT, **asdict(manifest)}
    document = {"sha256": _seal(contents), "contents": contents}
    with (folder / MANIFEST).open("xb") as file:
        file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """The manifest as it was written. Raises NotABackup, BackupDamaged."""
    try:
        raw = (folder / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise NotABackup(folder) from None
    try:
        document = orjson.loads(raw)
        contents = document["contents"]
        if document["sha256"] != _seal(contents) or contents.pop("format") != _FORMAT:
            raise BackupDamaged(MANIFEST)
        pieces = tuple(Piece(**each) for each in contents.pop("pieces"))
        findings = tuple(Finding(**each) for each in contents.pop("findings"))
        manifest = Manifest(pieces=pieces, findings=findings, **contents)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupDamaged(MANIFEST) from None
    if not all(map(_is_ours, pieces)):
        raise BackupDamaged(MANIFEST)
    return manifest


def require_whole(folder: Path, manifest: Manifest, *, watch: Watch = iter) -> None:
    """Reads everything again. Raises BackupDamaged with the name of what is not as it was."""
    for each in watch(manifest.pieces):
        try:
            is_whole = measure(folder / each.name, each.name) == each
        except (OSError, SourceUnreadable):
            is_whole = False
        if not is_whole:
            raise BackupDamaged(each.name)


def measure(path: Path, name: str) -> Piece:
    """Length and SHA-256 of the bytes at `path`. Raises SourceUnreadable."""
    digest, total = hashlib.sha256(), 0
    for part in _parts(path):
        digest.update(part)
        total += len(part)
    return Piece(name, digest.hexdigest(), total)


def copy_durably(source: Path, target: Path, name: str) -> Piece:
    """Copies the bytes, makes them durable, and says what they were; `target` must not exist.

    Raises SourceUnreadable for the source, and OSError for the target.
    """
    digest, total = hashlib.sha256(), 0
    with target.open("xb") as file:
        for part in _parts(source):
            digest.update(part)
            total += file.write(part)
        file.flush()
        os.fsync(file.fileno())
    return Piece(name, digest.hexdigest(), total)


def _parts(path: Path) -> Iterator[bytes]:
    # Only reading is tried here: what a consumer raises comes up where it consumes.
    try:
        stream = path.open("rb")
    except OSError as error:
        raise SourceUnreadable from error
    with stream:
        while part := _read(stream.read):
            yield part


def _read(read: Callable[[int], bytes]) -> bytes:
    try:
        return read(CHUNK_BYTES)
    except OSError as error:
        raise SourceUnreadable from error


def _is_ours(piece: Piece) -> bool:
    """A name that leads nowhere else, as it could in a document that somebody wrote."""
    if piece.name in (DATABASE, STATISTICS, SEED_OWED):
        return True
    return is_sha256(piece.sha256) and piece.name == file_piece(piece.sha256)


def _seal(contents: object) -> str:
    return hashlib.sha256(orjson.dumps(contents, option=orjson.OPT_SORT_KEYS)).hexdigest()
