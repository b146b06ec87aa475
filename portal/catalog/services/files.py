"""Taking a file in: stored by content first, told what it is by its bytes, then ready for a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.catalog.records import FileSource
from portal.errors import Invalid, PortalError
from portal.files.formats import detect
from portal.files.names import clean_file_name
from portal.files.storage.base import Storage, StoredFile
from portal.text import LocalizedText


class FileEmpty(Invalid):
    """A file of 0 bytes holds no data."""

    message = LocalizedText("Tệp rỗng (0 byte).", "The file is empty (0 bytes).")


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A stored file that no row refers to yet; `format`: a code of the vocabulary, None when the bytes tell nothing."""

    sha256: str
    byte_size: int
    name: str
    format: str | None
    media_type: str


def take_in(
    storage: Storage, sources: Sequence[FileSource], *, max_bytes: int | None
) -> list[IncomingFile | PortalError]:
    """One stored file or one reason per source, in order; what is stored is durable on return."""
    stored = storage.put_many([source.open for source in sources], max_bytes=max_bytes)
    return [_describe(storage, source.name, each) for source, each in zip(sources, stored, strict=True)]


def describe_stored(storage: Storage, name: str, stored: StoredFile) -> IncomingFile:
    """One stored file, told what it is by its bytes and its name. Raises FileEmpty."""
    described = _describe(storage, name, stored)
    if isinstance(described, PortalError):
        raise described
    return described


def _describe(storage: Storage, name: str, stored: StoredFile | PortalError) -> IncomingFile | PortalError:
    if isinstance(stored, PortalError):
        return stored
    if stored.byte_size == 0:
        return FileEmpty()
    with storage.open(stored.sha256) as stream:
        found = detect(stream, name)
    return IncomingFile(
        sha256=stored.sha256,
        byte_size=stored.byte_size,
        name=clean_file_name(name),
        format=found.code,
        media_type=found.content_type,
    )
