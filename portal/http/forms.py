"""Forms with any texts and files: files go straight into the storage, texts stay in memory within limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, cast
from urllib.parse import unquote

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.sansio.multipart import Field, File

from portal.catalog.services.files import IncomingFile, describe_stored
from portal.files.storage.base import FileTooLarge, Storage
from portal.http.bodies import BodyInvalid
from portal.http.uploads import ENVELOPE_BYTES, PartStream, events_of, text_of, upload_slot
from portal.text import LocalizedText, clean_line

MAX_PARTS = 200
_TEXT_BYTES = 1024**2
_TOO_MUCH = LocalizedText("Phần văn bản của biểu mẫu quá dài.", "The texts of the form are too long.")


@dataclass(frozen=True, slots=True)
class Form:
    """Texts by name in their order, and stored files by the name of their part."""

    texts: Mapping[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, IncomingFile] = field(default_factory=dict)


def receive_form(storage: Storage, *, max_bytes: int) -> Form:
    """Takes in the form of this request, before any row speaks of it; files are durable on return.

    Raises FileTooLarge, BodyInvalid, FileEmpty, StorageFull, StorageUnwritable, UploadsBusy.
    """
    if (request.content_length or 0) > max_bytes + ENVELOPE_BYTES:
        raise FileTooLarge(max_bytes)
    request.max_content_length = max_bytes + ENVELOPE_BYTES
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary:
        raise BadRequest
    texts: dict[str, list[str]] = {}
    files: dict[str, IncomingFile] = {}
    with upload_slot():
        events = events_of(request.stream, boundary.encode("ascii", "replace"), max_parts=MAX_PARTS)
        for event in events:
            match event:
                case File(name=name, filename=filename) if filename:
                    stored = storage.put(cast(BinaryIO, PartStream(events)), max_bytes=max_bytes)
                    files[str(name)] = describe_stored(storage, _file_name(filename), stored)
                case File(name=name) | Field(name=name):
                    texts.setdefault(str(name), []).append(text_of(str(name), events))
                    _check_length(texts)
    return Form(texts, files)


def _check_length(texts: Mapping[str, list[str]]) -> None:
    if sum(len(text) for values in texts.values() for text in values) > _TEXT_BYTES:
        raise BodyInvalid(fields={"$": _TOO_MUCH})


def _file_name(name: str) -> str:
    """Programs that copy a file from an address often send its name as the address spells it."""
    try:
        return clean_line(unquote(name, errors="strict"))
    except UnicodeDecodeError:
        return clean_line(name)
