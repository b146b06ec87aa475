"""What the portal asks of any store of files, whose only name for a file is the SHA-256 of its bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from portal.errors import Invalid, NotFound, PortalError, TooLarge, Unavailable
from portal.text import LocalizedText

DAY_SECONDS = 24 * 3600
CHUNK_BYTES = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")

Source = BinaryIO | Callable[[], BinaryIO]
"""Bytes to store: an open stream (left open), or a function that opens one (closed after reading)."""


class FileMissing(NotFound):
    """No file with this SHA-256 is stored."""

    message = LocalizedText("Không tìm thấy tệp này trong kho lưu trữ.", "This file is not in the storage.")


class FileTooLarge(TooLarge):
    """The stream is longer than the caller allows."""

    def __init__(self, max_bytes: int) -> None:
        limit = f"{max_bytes:,}"
        vietnamese_limit = limit.replace(",", ".")
        super().__init__(
            LocalizedText(
                f"Tệp vượt quá giới hạn {vietnamese_limit} byte. Hãy nén hoặc chia nhỏ tệp.",
                f"The file is over the limit of {limit} bytes. Compress or split it.",
            )
        )


class SourceUnreadable(Invalid):
    """The bytes to store could not be read to their end."""

    message = LocalizedText(
        "Không đọc được trọn vẹn tệp nguồn.", "The source file cannot be read to its end."
    )


class StorageFull(Unavailable):
    """No room is left for files, or too little to be safe."""

    message = LocalizedText(
        "Kho lưu trữ không còn đủ dung lượng. Vui lòng báo quản trị viên.",
        "The storage has no room left. Please tell the administrator.",
    )


class StorageUnwritable(Unavailable):
    """The storage refuses to write for another reason than space: read-only, no right, broken disk."""

    message = LocalizedText(
        "Kho lưu trữ hiện không ghi được. Vui lòng thử lại sau.",
        "The storage cannot be written right now. Please try again later.",
    )


class FileDamaged(Unavailable):
    """A registered file is absent or differs from what was registered."""

    message = LocalizedText(
        "Tệp này đã đăng ký nhưng bản lưu bị thiếu hoặc hỏng. Vui lòng báo quản trị viên.",
        "This file is registered, but its stored copy is missing or damaged. Please tell the administrator.",
    )


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What identifies stored bytes: SHA-256 in lower-case hex, and how many they are."""

    sha256: str
    byte_size: int


class Storage(Protocol):
    """Files by content. Nothing is ever changed in place; the same bytes are stored once.

    A name that is not 64 lower-case hex digits is treated as a file that is not there.
    """

    def put(self, stream: BinaryIO, *, max_bytes: int | None = None, expected_bytes: int = 0) -> StoredFile:
        """Store the rest of `stream`; durable on return. Raises FileTooLarge, SourceUnreadable, StorageFull,
        StorageUnwritable, and leaves nothing behind then. `expected_bytes`: the declared size, if any."""

    def put_many(
        self, sources: Iterable[Source], *, max_bytes: int | None = None
    ) -> list[StoredFile | PortalError]:
        """Store many; one answer or error per source, in order. All that was stored is durable on return."""

    def open(self, sha256: str) -> BinaryIO:
        """The bytes, seekable, at their start; the caller closes. Raises FileMissing."""

    def size(self, sha256: str) -> int:
        """Length in bytes. Raises FileMissing."""

    def exists(self, sha256: str) -> bool:
        """Whether the file is stored."""

    def verify(self, sha256: str) -> bool:
        """Whether the stored bytes still have this SHA-256 (reads them all). Raises FileMissing."""

    def hashes(self) -> Iterator[str]:
        """Every stored SHA-256, ascending."""

    def delete(self, sha256: str) -> None:
        """Remove the file; nothing happens where there is none."""

    def collect(
        self, is_referenced: Callable[[str], bool], *, older_than_seconds: float = DAY_SECONDS
    ) -> int:
        """Remove files that nobody refers to, if older, and what dead uploads left; answers how many.

        The age guards files whose row is not committed yet: storing the same bytes renews it.
        """

    def free_bytes(self) -> int | None:
        """Room left, or None where the store knows no limit."""

    def local_path(self, sha256: str) -> Path | None:
        """A path that readers may open, where the store has one. Raises FileMissing."""


def is_sha256(text: str) -> bool:
    """Whether `text` may be used as a file's name."""
    return _SHA256.fullmatch(text) is not None


def relative_path(sha256: str) -> str:
    """`ab/abcdef...`: where a file lies under the storage's root. Raises FileMissing for anything else."""
    if not is_sha256(sha256):
        raise FileMissing
    return f"{sha256[:2]}/{sha256}"


def chunks(source: Source, *, unreadable: type[Exception] = OSError) -> Iterator[bytes]:
    """The source in pieces; `unreadable` failures of the source itself become SourceUnreadable."""
    try:
        with _opened(source) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except PortalError:
        raise
    except unreadable as error:
        raise SourceUnreadable from error


def _opened(source: Source) -> AbstractContextManager[BinaryIO]:
    return source() if callable(source) else nullcontext(source)
