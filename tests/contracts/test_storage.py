"""What every store of files must keep, whatever stands behind it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from portal.errors import NotFound, PortalError, TooLarge
from portal.files.storage.base import FileMissing, FileTooLarge, SourceUnreadable, Storage, StoredFile
from portal.files.storage.local import LocalStorage

ABSENT = "0" * 64
NOT_HASHES = ["", "..", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 65, "a" * 64 + "\n", "/" + "a" * 63]
STORES: dict[str, Callable[[Path], Storage]] = {"local": lambda folder: LocalStorage(folder, reserve_bytes=0)}


@pytest.fixture(params=STORES)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return STORES[request.param](tmp_path / "files")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(storage: Storage, name: str) -> bytes:
    with storage.open(name) as stream:
        return stream.read()


def opener(content: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(content)


@pytest.mark.parametrize("content", [b"", b"x", b"ab" * 1_500_000])
def test_what_is_put_is_read_back_under_its_hash(storage: Storage, content: bytes) -> None:
    stored = storage.put(io.BytesIO(content))
    assert stored == StoredFile(sha256(content), len(content))
    assert read(storage, stored.sha256) == content
    assert storage.size(stored.sha256) == len(content)
    assert storage.exists(stored.sha256) and storage.verify(stored.sha256)


def test_the_same_content_is_stored_once(storage: Storage) -> None:
    first, second = (storage.put(io.BytesIO(b"same")) for _ in range(2))
    assert first == second
    assert list(storage.hashes()) == [first.sha256]


def test_a_stream_is_read_from_where_it_stands_and_stays_open(storage: Storage) -> None:
    stream = io.BytesIO(b"headbody")
    stream.seek(4)
    assert storage.put(stream).sha256 == sha256(b"body")
    assert not stream.closed


def test_hashes_are_ascending(storage: Storage) -> None:
    expected = sorted(storage.put(io.BytesIO(bytes([number]))).sha256 for number in range(40))
    assert list(storage.hashes()) == expected


def test_the_limit_counts_bytes_and_leaves_nothing(storage: Storage) -> None:
    assert storage.put(io.BytesIO(b"12345"), max_bytes=5).byte_size == 5
    with pytest.raises(FileTooLarge) as refused:
        storage.put(io.BytesIO(b"123456"), max_bytes=5)
    assert isinstance(refused.value, TooLarge)
    assert list(storage.hashes()) == [sha256(b"12345")]


def test_a_declared_size_over_the_limit_is_refused_before_reading(storage: Storage) -> None:
    stream = io.BytesIO(b"abc")
    with pytest.raises(FileTooLarge):
        storage.put(stream, max_bytes=10, expected_bytes=11)
    assert stream.tell() == 0


def test_an_unreadable_source_is_named_and_leaves_nothing(storage: Storage) -> None:
    with pytest.raises(SourceUnreadable):
        storage.put(BreakingStream(OSError("connection lost")))
    assert list(storage.hashes()) == []


def test_absent_files_are_told(storage: Storage) -> None:
    assert not storage.exists(ABSENT)
    for act in (storage.open, storage.size, storage.verify, storage.local_path):
        with pytest.raises(FileMissing):
            act(ABSENT)
    storage.delete(ABSENT)


@pytest.mark.parametrize("name", NOT_HASHES)
def test_t20_what_is_no_hash_is_never_a_path(storage: Storage, name: str) -> None:
    assert not storage.exists(name)
    for act in (storage.open, storage.size, storage.verify, storage.local_path):
        with pytest.raises(NotFound):
            act(name)
    storage.delete(name)


def test_a_deleted_file_is_gone_and_may_come_back(storage: Storage) -> None:
    stored = storage.put(io.BytesIO(b"x"))
    storage.delete(stored.sha256)
    assert not storage.exists(stored.sha256)
    assert storage.put(io.BytesIO(b"x")) == stored
    assert storage.exists(stored.sha256)


def test_put_many_answers_each_source_in_order(storage: Storage) -> None:
    contents = [f"file {number % 150}".encode() for number in range(300)]
    results = storage.put_many([opener(content) for content in contents])
    assert results == [StoredFile(sha256(content), len(content)) for content in contents]
    assert set(storage.hashes()) == {sha256(content) for content in contents}
    assert all(read(storage, sha256(content)) == content for content in contents)


def test_one_bad_source_spoils_no_other(storage: Storage) -> None:
    def absent() -> BinaryIO:
        raise FileNotFoundError("no such file")

    results = storage.put_many(
        [
            opener(b"good"),
            absent,
            io.BytesIO(b"far too long"),
            BreakingStream(ValueError("not a deflate stream")),
            io.BytesIO(b"fine"),
        ],
        max_bytes=5,
    )
    assert [type(result) for result in results] == [
        StoredFile, SourceUnreadable, FileTooLarge, SourceUnreadable, StoredFile,
    ]  # fmt: skip
    assert set(storage.hashes()) == {sha256(b"good"), sha256(b"fine")}


def test_put_many_closes_what_it_opened_and_only_that(storage: Storage) -> None:
    own, lent = io.BytesIO(b"own"), io.BytesIO(b"lent")
    results = storage.put_many([lambda: own, lent])
    assert not any(isinstance(result, PortalError) for result in results)
    assert own.closed and not lent.closed


def test_put_many_of_nothing_is_nothing(storage: Storage) -> None:
    assert storage.put_many([]) == []


def test_the_collector_spares_what_is_referenced_or_young(storage: Storage) -> None:
    kept, orphan = storage.put(io.BytesIO(b"kept")), storage.put(io.BytesIO(b"orphan"))
    assert storage.collect({kept.sha256}.__contains__) == 0
    assert storage.collect({kept.sha256}.__contains__, older_than_seconds=-5) == 1
    assert storage.exists(kept.sha256) and not storage.exists(orphan.sha256)


class BreakingStream(io.BytesIO):
    """Gives some bytes, then fails."""

    def __init__(self, error: Exception) -> None:
        super().__init__(b"abc")
        self._error = error

    def read(self, size: int | None = -1, /) -> bytes:
        if piece := super().read(3):
            return piece
        raise self._error
