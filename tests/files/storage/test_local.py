"""The folder of files on its own ground: rights, age, a full disk, a killed process, a race."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from portal.errors import Unavailable
from portal.files.storage.base import DAY_SECONDS, StorageFull, StorageUnwritable, StoredFile
from portal.files.storage.local import LocalStorage

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def storage(folder: Path) -> LocalStorage:
    return LocalStorage(folder, reserve_bytes=0)


def put(storage: LocalStorage, content: bytes) -> StoredFile:
    return storage.put(io.BytesIO(content))


def make_old(path: Path, seconds: float = 2 * DAY_SECONDS) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def temporaries(folder: Path) -> list[Path]:
    return list((folder / "tmp").iterdir())


def test_a_file_lies_under_the_first_two_digits_for_its_owner_alone(
    storage: LocalStorage, folder: Path
) -> None:
    previous = os.umask(0)
    try:
        stored = put(LocalStorage(folder, reserve_bytes=0), b"x")
    finally:
        os.umask(previous)
    path = folder / stored.sha256[:2] / stored.sha256
    assert storage.local_path(stored.sha256) == path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert (folder / "tmp").stat().st_mode & 0o777 == 0o700


def test_a_second_put_does_not_touch_the_first_copy(storage: LocalStorage) -> None:
    stored = put(storage, b"same")
    before = storage.local_path(stored.sha256).stat().st_ino
    put(storage, b"same")
    assert storage.local_path(stored.sha256).stat().st_ino == before


def test_verify_finds_one_flipped_bit(storage: LocalStorage) -> None:
    stored = put(storage, b"0" * 100_000)
    path = storage.local_path(stored.sha256)
    content = bytearray(path.read_bytes())
    content[50_000] ^= 1
    path.write_bytes(content)
    assert not storage.verify(stored.sha256)


def test_putting_whole_bytes_again_heals_a_truncated_copy(storage: LocalStorage) -> None:
    stored = put(storage, b"whole file")
    storage.local_path(stored.sha256).write_bytes(b"who")
    put(storage, b"whole file")
    assert storage.verify(stored.sha256)


def test_strangers_in_the_folder_are_not_files(storage: LocalStorage, folder: Path) -> None:
    stored = put(storage, b"x")
    (folder / "README").write_text("x")
    (folder / "00" / "notes.txt").write_text("x")
    (folder / "00" / ("1" * 64)).write_text("x")
    assert list(storage.hashes()) == [stored.sha256]


def test_collect_removes_old_orphans_and_what_dead_uploads_left(storage: LocalStorage, folder: Path) -> None:
    old_kept, old_orphan, young_orphan = (put(storage, content) for content in (b"a", b"b", b"c"))
    make_old(storage.local_path(old_kept.sha256))
    make_old(storage.local_path(old_orphan.sha256))
    (folder / "tmp" / "dead").write_bytes(b"half")
    assert storage.collect({old_kept.sha256}.__contains__) == 2
    assert set(storage.hashes()) == {old_kept.sha256, young_orphan.sha256}
    assert temporaries(folder) == []


def test_collect_spares_an_upload_in_flight(storage: LocalStorage) -> None:
    class SweptWhileRead(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            assert storage.collect(lambda _: True) == 0
            return super().read(1)

    stored = storage.put(SweptWhileRead(b"slow"))
    assert storage.verify(stored.sha256)


def test_an_orphan_that_is_uploaded_again_is_young_again(storage: LocalStorage) -> None:
    stored = put(storage, b"forgotten, then wanted")
    make_old(storage.local_path(stored.sha256))
    put(storage, b"forgotten, then wanted")
    assert storage.collect(lambda _: False) == 0
    assert storage.exists(stored.sha256)


def test_the_collector_never_takes_what_is_put_beside_it(storage: LocalStorage) -> None:
    stored = put(storage, b"wanted again and again")
    path = storage.local_path(stored.sha256)
    stop = threading.Event()

    def sweep() -> None:
        while not stop.is_set():
            storage.collect(lambda _: False)

    losses = 0
    with ThreadPoolExecutor(2) as sweepers:
        running = [sweepers.submit(sweep) for _ in range(2)]
        try:
            for _ in range(300):
                with suppress(FileNotFoundError):
                    make_old(path)
                put(storage, b"wanted again and again")
                losses += not path.exists()
        finally:
            stop.set()
        for each in running:
            each.result()
    assert losses == 0


def test_many_writers_of_the_same_bytes_agree(storage: LocalStorage, folder: Path) -> None:
    contents = [bytes([number]) * 5_000 for number in range(5)] * 20
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda content: put(storage, content), contents))
    assert len(set(stored)) == 5
    assert all(storage.verify(one.sha256) for one in stored)
    assert temporaries(folder) == []


def test_too_little_room_is_told_before_anything_is_read(folder: Path) -> None:
    storage = LocalStorage(folder, reserve_bytes=2**60)
    stream = io.BytesIO(b"x")
    with pytest.raises(StorageFull) as refused:
        storage.put(stream)
    assert isinstance(refused.value, Unavailable) and stream.tell() == 0
    assert [type(result) for result in storage.put_many([stream])] == [StorageFull]


def test_a_declared_size_needs_twice_its_room(folder: Path, storage: LocalStorage) -> None:
    with pytest.raises(StorageFull):
        storage.put(io.BytesIO(b"x"), expected_bytes=storage.free_bytes() // 2 + 1024**3)


@pytest.mark.parametrize("bulk", [False, True])
def test_a_write_that_fails_midway_leaves_nothing_and_the_next_succeeds(
    storage: LocalStorage, folder: Path, bulk: bool
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
    try:
        if bulk:
            sources = [io.BytesIO(b"a"), io.BytesIO(b"x" * 5_000_000), io.BytesIO(b"b")]
            results = [type(result) for result in storage.put_many(sources)]
            assert results == [StoredFile, StorageFull, StoredFile]
        else:
            with pytest.raises(StorageFull):
                put(storage, b"x" * 5_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert temporaries(folder) == []
    assert len(list(storage.hashes())) == (2 if bulk else 0)
    assert storage.verify(put(storage, b"x" * 5_000_000).sha256)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_refuses_and_recovers_without_a_restart(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not allow mounts")
    try:
        storage = LocalStorage(disk / "files", reserve_bytes=0)
        first = put(storage, b"1" * 2_000_000)
        with pytest.raises(StorageFull):
            put(storage, b"2" * 3_000_000)
        results = storage.put_many([io.BytesIO(b"3" * 3_000_000), io.BytesIO(b"small")])
        assert [type(result) for result in results] == [StorageFull, StoredFile]
        assert temporaries(disk / "files") == [] and storage.verify(first.sha256)
        storage.delete(first.sha256)
        assert storage.verify(put(storage, b"2" * 3_000_000).sha256)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_folder_that_cannot_be_written_is_named(storage: LocalStorage, folder: Path) -> None:
    stored = put(storage, b"readable")
    shutil.rmtree(folder / "tmp")
    with pytest.raises(StorageUnwritable):
        put(storage, b"x")
    assert storage.verify(stored.sha256)


WRITER = """
import io, os, sys
from pathlib import Path
from portal.files.storage.local import LocalStorage
storage = LocalStorage(Path(sys.argv[1]), reserve_bytes=0)
number = 0
while True:
    contents = [os.urandom(20_000) for _ in range(5)]
    many = storage.put_many([io.BytesIO(content) for content in contents])
    one = storage.put(io.BytesIO(os.urandom(300_000)))
    for stored in [*many, one]:
        print(stored.sha256, flush=True)
"""


def test_what_was_acknowledged_survives_kill_minus_nine(folder: Path) -> None:
    acknowledged: list[str] = []
    for delay in (0.05, 0.11, 0.17):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, cwd=REPOSITORY, text=True
        )
        assert process.stdout is not None
        acknowledged.append(process.stdout.readline().strip())
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        # A line cut by the kill acknowledges nothing.
        acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
        process.wait()
        process.stdout.close()
    storage = LocalStorage(folder, reserve_bytes=0)
    assert len(acknowledged) >= 3
    assert set(acknowledged) <= set(storage.hashes())
    for path in folder.glob("??/*"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
