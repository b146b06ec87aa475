"""Archives: judged by their contents list before anything is unpacked, members unpacked under our own names."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from portal.tables.refusals import NoTable
from portal.tables.values import ReadLimits

_FREE_BYTES = 10 * 1024**2
_PIECE = 1024**2
_NESTED = (".zip", ".7z", ".rar", ".gz", ".tar", ".bz2", ".xz")
_XML_HEAD = 4096


def guard_archive(path: Path, limits: ReadLimits) -> None:
    """Raises NoTable for an archive that is too large when unpacked, too tight, too full, or locked."""
    infos = _contents(path)
    total = sum(info.file_size for info in infos)
    if len(infos) > limits.members:
        raise NoTable("suspicious-archive")
    if total > limits.unpacked_bytes:
        raise NoTable("unpacks-too-large", limit=limits.unpacked_bytes // 1024**2)
    # Small texts pack very well; only what is also large is a bomb.
    if total > _FREE_BYTES and total > limits.ratio * path.stat().st_size:
        raise NoTable("suspicious-archive")
    if any(info.flag_bits & 0x1 for info in infos):
        raise NoTable("encrypted")


def refuse_document_types(path: Path) -> None:
    """XML parts that declare a document type could expand without end; no office program writes one."""
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.filename.lower().endswith((".xml", ".rels")):
                with archive.open(info) as part:
                    if b"<!doctype" in part.read(_XML_HEAD).lower():
                        raise NoTable("document-type")


def unpack(
    path: Path, folder: Path, limits: ReadLimits, wanted: Callable[[PurePosixPath], bool]
) -> Iterator[tuple[str, Path]]:
    """Members as files of our own naming in `folder`, with the names they had; what they are called decides
    nothing about where they are written. Nested archives are refused."""
    guard_archive(path, limits)
    left = limits.unpacked_bytes
    seen: set[str] = set()
    with zipfile.ZipFile(path) as archive:
        for index, info in enumerate(archive.infolist()):
            name = PurePosixPath(info.filename.replace("\\", "/"))
            if info.is_dir() or not wanted(name) or info.filename in seen:
                continue
            seen.add(info.filename)
            target = folder / f"member-{index}{name.suffix.lower() if name.suffix.isalnum() else ''}"
            left -= _copy(archive, info, target, left, limits)
            yield info.filename, target


def is_nested(name: PurePosixPath) -> bool:
    """Whether a member is an archive itself."""
    return name.suffix.lower() in _NESTED


def member_names(path: Path) -> list[PurePosixPath]:
    """Names of the members, as written."""
    return [PurePosixPath(info.filename.replace("\\", "/")) for info in _contents(path)]


def _contents(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise NoTable("damaged") from None


def _copy(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, left: int, limits: ReadLimits
) -> int:
    """Unpacks one member while counting: the declared size may lie."""
    written = 0
    try:
        with archive.open(info) as source, target.open("wb") as copy:
            while piece := source.read(_PIECE):
                written += len(piece)
                if written > left:
                    raise NoTable("unpacks-too-large", limit=limits.unpacked_bytes // 1024**2)
                copy.write(piece)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        raise NoTable("damaged") from None
    return written
