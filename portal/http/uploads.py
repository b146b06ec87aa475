"""Files on their way in: from the connection straight into the storage, as a form's part or as the whole body."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import IO, BinaryIO, cast

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from portal.catalog.services.files import IncomingFile, describe_stored
from portal.errors import Invalid, Unavailable
from portal.files.storage.base import FileTooLarge, Storage, StoredFile
from portal.http.bodies import BodyInvalid
from portal.text import LocalizedText, clean, clean_line

# What may be said beside the file, as fields of the form or in the address.
TEXTS = ("name", "title", "title_en", "description", "description_en", "sha256")
_FORM = "multipart/form-data"
_CHUNK_BYTES = 128 * 1024
# Room for a form's boundaries, part headers and texts.
ENVELOPE_BYTES = 1024**2
_MAX_TEXT_BYTES = 64 * 1024
_MAX_PARTS = 20
# A process has four threads: slow uploads must leave one for everybody else.
_SLOTS = BoundedSemaphore(3)
_WAIT_SECONDS = 1.0
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_DIGEST = re.compile(r"(?:^|[,\s])sha-256\s*=\s*:([A-Za-z0-9+/]{43}=):")
_UNKNOWN = LocalizedText("Không có trường này.", "Unknown field.")
_TWICE = LocalizedText("Chỉ được gửi một lần.", "Must be sent once only.")
_NO_FILE = LocalizedText("Thiếu tệp: phần “file” của biểu mẫu.", "The form's part “file” is missing.")
_NOT_A_FILE = LocalizedText("Phải là một tệp có tên.", "Must be a file with a name.")
_NO_NAME = LocalizedText("Thiếu tên tệp: thêm ?name=... vào địa chỉ.", "The file needs a name: add ?name=...")
_TOO_LONG = LocalizedText(f"Dài quá {_MAX_TEXT_BYTES} byte.", f"Longer than {_MAX_TEXT_BYTES} bytes.")


class DigestInvalid(Invalid):
    """A digest that is not one."""

    message = LocalizedText(
        "SHA-256 phải gồm 64 chữ số thập lục phân.", "A SHA-256 has 64 hexadecimal digits."
    )


class DigestMismatch(Invalid):
    """The bytes that came are not those that the client meant; nothing was registered."""

    message = LocalizedText(
        "Tệp nhận được không khớp mã SHA-256 đã gửi kèm; hãy tải lên lại.",
        "The file that arrived does not match the SHA-256 sent with it; please upload it again.",
    )


class UploadsBusy(Unavailable):
    """As many uploads are under way as can be taken at a time."""

    message = LocalizedText(
        "Đang có quá nhiều tệp được tải lên cùng lúc. Vui lòng thử lại sau ít phút.",
        "Too many files are being uploaded at the moment. Please try again shortly.",
    )


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored file and the texts that came with it, cleaned; see TEXTS."""

    file: IncomingFile
    texts: Mapping[str, str]

    def text(self, name: str) -> LocalizedText:
        """`title` or `description` in both languages."""
        return LocalizedText(self.texts.get(name, ""), self.texts.get(f"{name}_en") or None)

    def told(self) -> list[object]:
        """What the request said, to recognise its repetition."""
        return [self.file.sha256, self.file.name, dict(self.texts)]


@dataclass(slots=True)
class _Parts:
    """What was found in a body so far."""

    stored: StoredFile | None = None
    file_name: str = ""
    texts: dict[str, str] = field(default_factory=dict)


def receive(storage: Storage, *, max_bytes: int) -> Upload:
    """Takes in the file of this request, before any row speaks of it; durable on return.

    Raises FileTooLarge (unread, where the length is declared), BodyInvalid, DigestInvalid, DigestMismatch,
    FileEmpty, StorageFull, StorageUnwritable, UploadsBusy; what was stored in vain is collected a day later.
    """
    is_form = request.mimetype == _FORM
    declared = request.content_length or 0
    if declared > max_bytes + (ENVELOPE_BYTES if is_form else 0):
        raise FileTooLarge(max_bytes)
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType
    request.max_content_length = max_bytes + ENVELOPE_BYTES
    parts = _Parts(texts={name: request.args[name] for name in TEXTS if name in request.args})
    if not is_form and not clean_line(parts.texts.get("name", "")):
        raise BodyInvalid(fields={"name": _NO_NAME})
    with upload_slot():
        if is_form:
            _read_form(parts, storage, max_bytes)
        else:
            parts.stored = storage.put(
                cast(BinaryIO, request.stream), max_bytes=max_bytes, expected_bytes=declared
            )
    return _upload(parts, storage, digest=None if is_form else _digest_header())


def _upload(parts: _Parts, storage: Storage, *, digest: str | None) -> Upload:
    if parts.stored is None:
        raise BodyInvalid(fields={"file": _NO_FILE})
    name = clean_line(parts.texts.pop("name", "")) or parts.file_name
    _check_digests(parts.stored.sha256, parts.texts.pop("sha256", None), digest)
    texts = {
        name: clean(text) if name.startswith("description") else clean_line(text)
        for name, text in parts.texts.items()
    }
    return Upload(describe_stored(storage, name, parts.stored), texts)


def _check_digests(actual: str, parameter: str | None, header: str | None) -> None:
    if parameter is not None and not _SHA256.fullmatch(parameter):
        raise DigestInvalid(fields={"sha256": DigestInvalid.message})
    for name, wanted in (("sha256", parameter), ("Repr-Digest", header)):
        if wanted is not None and wanted.lower() != actual:
            raise DigestMismatch(fields={name: DigestMismatch.message})


def _digest_header() -> str | None:
    """The SHA-256 of Repr-Digest (RFC 9530) in hex; other algorithms are not ours to check."""
    header = request.headers.get("Repr-Digest", "")
    match = _DIGEST.search(header)
    if match is None:
        if "sha-256" in header.lower():
            raise DigestInvalid(fields={"Repr-Digest": DigestInvalid.message})
        return None
    return base64.b64decode(match[1]).hex()


def _read_form(parts: _Parts, storage: Storage, max_bytes: int) -> None:
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary:
        raise BadRequest
    events = events_of(request.stream, boundary.encode("ascii", "replace"))
    for event in events:
        match event:
            case File(name="file") if parts.stored is None:
                parts.file_name = clean_line(event.filename)
                parts.stored = storage.put(cast(BinaryIO, PartStream(events)), max_bytes=max_bytes)
            case Field(name=name) if name in TEXTS:
                parts.texts[name] = text_of(name, events)
            case File(name=name) | Field(name=name):
                raise BodyInvalid(fields={str(name): _fault(str(name), event)})
    if parts.stored is not None and not parts.file_name and not parts.texts.get("name"):
        raise BodyInvalid(fields={"file": _NOT_A_FILE})


def _fault(name: str, event: Event) -> LocalizedText:
    if name != "file":
        return _UNKNOWN
    return _TWICE if isinstance(event, File) else _NOT_A_FILE


def events_of(stream: IO[bytes], boundary: bytes, *, max_parts: int = _MAX_PARTS) -> Iterator[Event]:
    """The form piece by piece; never more of it in memory than a few chunks. Raises BadRequest."""
    decoder = MultipartDecoder(boundary, 4 * _CHUNK_BYTES, max_parts=max_parts)
    try:
        while True:
            event = decoder.next_event()
            if isinstance(event, NeedData):
                decoder.receive_data(stream.read(_CHUNK_BYTES) or None)
                continue
            yield event
            if isinstance(event, Epilogue):
                return
    except ValueError as error:
        raise BadRequest from error


def _pieces(events: Iterable[Event]) -> Iterator[bytes]:
    """The rest of the part that the last event began."""
    for event in events:
        if isinstance(event, Data):
            yield event.data
            if not event.more_data:
                return


def text_of(name: str, events: Iterable[Event]) -> str:
    """The part that the last event began, as text. Raises BodyInvalid when it is too long."""
    found = bytearray()
    for piece in _pieces(events):
        found += piece
        if len(found) > _MAX_TEXT_BYTES:
            raise BodyInvalid(fields={name: _TOO_LONG})
    return found.decode(errors="replace")


class PartStream:
    """One part of a form, read as a file."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._pieces = _pieces(events)

    def read(self, _size: int = -1) -> bytes:
        """The next piece, of whatever length; empty at the part's end alone."""
        return next((piece for piece in self._pieces if piece), b"")


@contextmanager
def upload_slot() -> Iterator[None]:
    """A place among those that may send files at a time. Raises UploadsBusy."""
    if not _SLOTS.acquire(timeout=_WAIT_SECONDS):
        raise UploadsBusy
    try:
        yield
    finally:
        _SLOTS.release()
