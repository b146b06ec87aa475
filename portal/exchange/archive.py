"""One dataset as a folder: files, record, data package, licence and checksums; what a ZIP of it holds.

Names are made fit for every file system and told apart without regard to case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import PurePosixPath
from uuid import UUID

from portal.catalog.models import Dataset, FileVersion
from portal.exchange import data_package, v1
from portal.exchange.terms_of_use import terms_of_use
from portal.exchange.v1_parts import Form
from portal.exchange.values import json_bytes
from portal.files.names import clean_file_name

DATA_FOLDER = "data"


@dataclass(frozen=True, slots=True)
class StoredMember:
    """A file of the dataset, byte for byte."""

    name: str
    sha256: str
    byte_size: int


@dataclass(frozen=True, slots=True)
class WrittenMember:
    """Something that is written for the archive."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder named like the dataset; names of members begin with it."""

    folder: str
    written: tuple[WrittenMember, ...]
    stored: tuple[StoredMember, ...]

    @property
    def file_name(self) -> str:
        """What to call the ZIP."""
        return f"{self.folder}.zip"

    @property
    def tag(self) -> str:
        """Differs whenever anything in it does."""
        digest = blake2b(digest_size=12)
        for each in self.written:
            digest.update(each.name.encode() + b"\0" + each.content)
        for file in self.stored:
            digest.update(f"{file.name}\0{file.sha256}".encode())
        return digest.hexdigest()


def archive_of(dataset: Dataset, base_url: str) -> Archive:
    """Everything of a published dataset, which must be loaded; links are told in the record."""
    folder = clean_file_name(dataset.slug)
    names = _file_names(dataset)
    beside = {distribution: f"{DATA_FOLDER}/{name}" for distribution, name, _ in names}
    package = data_package.package(dataset, base_url, "vi", beside)
    documents = [
        ("metadata.json", json_bytes(v1.dataset(dataset, Form("vi", base_url)))),
        *([("datapackage.json", json_bytes(package))] if package else []),
        ("LICENCE.txt", terms_of_use(dataset, base_url).encode()),
    ]
    stored = [(f"{DATA_FOLDER}/{name}", file) for _, name, file in names]
    sums = _checksums(documents, stored)
    return Archive(
        folder,
        tuple(
            WrittenMember(f"{folder}/{name}", content)
            for name, content in (*documents, ("SHA256SUMS", sums.encode()))
        ),
        tuple(StoredMember(f"{folder}/{name}", file.sha256, file.byte_size) for name, file in stored),
    )


def _file_names(dataset: Dataset) -> list[tuple[UUID, str, FileVersion]]:
    """The newest files under names of their own, by distribution."""
    taken: set[str] = set()
    files = ((each.uuid, each.current_file) for each in dataset.distributions)
    return [(uuid, _unique(clean_file_name(file.name), taken), file) for uuid, file in files if file]


def _unique(name: str, taken: set[str]) -> str:
    path = PurePosixPath(name)
    candidates = (f"{path.stem}-{number}{path.suffix}" for number in range(2, 1_000_000))
    found = name if name.casefold() not in taken else next(c for c in candidates if c.casefold() not in taken)
    taken.add(found.casefold())
    return found


def _checksums(documents: Iterable[tuple[str, bytes]], stored: Iterable[tuple[str, FileVersion]]) -> str:
    """What `sha256sum --check` reads, in the dataset's folder."""

    def lines() -> Iterator[str]:
        for name, content in documents:
            yield f"{sha256(content).hexdigest()}  {name}\n"
        for name, file in stored:
            yield f"{file.sha256}  {name}\n"

    return "".join(lines())
