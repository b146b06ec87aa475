"""The forms of catalogues that can be taken in, and how each is told from its first bytes."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.catalog.records import Record, Unreadable
from portal.exchange import data_json_reader, dcat_reader
from portal.exchange.ckan_json import is_ckan, read_packages
from portal.exchange.json_lines import not_readable, open_source, read_json_lines

HEAD_BYTES = 64 * 1024

Read = Callable[[Path, Path | None], Iterator[Record | Unreadable]]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of catalogues."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Read


# The first that recognises a file reads it; ours comes last and takes what is left.
FORMS: tuple[Form, ...] = (
    Form("data.json", data_json_reader.is_data_json, data_json_reader.read_data_json),
    Form("dcat", dcat_reader.is_rdf, dcat_reader.read_dcat),
    Form("ckan", is_ckan, read_packages),
    Form("json-lines", lambda _head: True, read_json_lines),
)


def read_catalogue(path: Path, files: Path | None = None) -> Iterator[Record | Unreadable]:
    """The records of a catalogue in whatever form it is. Raises SourceNotReadable."""
    head = _head(path)
    form = next(each for each in FORMS if each.recognises(head))
    yield from form.read(path, files)


def _head(path: Path) -> bytes:
    try:
        with open_source(path) as stream:
            return stream.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise not_readable(path, error) from error
