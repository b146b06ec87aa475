"""What a backup holds, each thing with size and SHA-256, in a document that proves itself."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from portal.errors import Invalid
from portal.files.storage.base import CHUNK_BYTES, StoredFile, is_sha256, relative_path
from portal.text import LocalizedText

MANIFEST = "manifest.json"
DATABASE = "catalogue.sqlite"
FILES = "files"
_FORMAT = 1

Watch = Callable[[Iterable[StoredFile]], Iterable[StoredFile]]


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
class Manifest:
    """One backup. `missing`: files that the catalogue names and that were already lost or damaged then."""

    made_at: str
    portal: str
    schema: str
    catalogue_version: str
    database: StoredFile
    files: tuple[StoredFile, ...]
    missing: tuple[str, ...]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Makes `folder` a backup, durably; everything else in it must be durable already."""
    contents = {"format": _FORMAT, **asdict(manifest)}
    document = {"sha256": _seal(contents), "contents": contents}
    draft = folder / f"{MANIFEST}.new"
    with draft.open("wb") as file:
        file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / MANIFEST)
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
        files = tuple(StoredFile(**each) for each in contents.pop("files"))
        database = StoredFile(**contents.pop("database"))
        manifest = Manifest(
            database=database, files=files, missing=tuple(contents.pop("missing")), **contents
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupDamaged(MANIFEST) from None
    if not all(is_sha256(each.sha256) for each in files):
        raise BackupDamaged(MANIFEST)
    return manifest


def require_whole(folder: Path, manifest: Manifest, *, watch: Watch = iter) -> None:
    """Reads everything again. Raises BackupDamaged with the name of what is not as it was."""
    _require(folder, DATABASE, manifest.database)
    for each in watch(manifest.files):
        _require(folder, f"{FILES}/{relative_path(each.sha256)}", each)


def measure(path: Path) -> StoredFile:
    """Length and SHA-256 of the bytes at `path`."""
    digest, total = hashlib.sha256(), 0
    for piece in _pieces(path):
        digest.update(piece)
        total += len(piece)
    return StoredFile(digest.hexdigest(), total)


def copy_durably(source: Path, target: Path) -> StoredFile:
    """Copies the bytes, makes them durable, and says what they were; `target` must not exist."""
    digest, total = hashlib.sha256(), 0
    with target.open("xb") as file:
        for piece in _pieces(source):
            digest.update(piece)
            total += file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return StoredFile(digest.hexdigest(), total)


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece


def _require(folder: Path, name: str, expected: StoredFile) -> None:
    try:
        if measure(folder / name) == expected:
            return
    except OSError:
        raise BackupDamaged(name) from None
    raise BackupDamaged(name)


def _seal(contents: object) -> str:
    return hashlib.sha256(orjson.dumps(contents, option=orjson.OPT_SORT_KEYS)).hexdigest()
