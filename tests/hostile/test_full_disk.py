"""A disk that fills up under a portal that serves: 507 with a reason, nothing by halves, no restart needed after."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.hostile.inspection import leftovers, violations
from tests.running import Answer, Caller, Installation, staffed, worker_pid

MIB = 1024**2
# A GiB is kept free of files for the database, so the disk is a little larger; the memory is used while it is full.
DISK_MIB = 1200
COMPLETE = {
    "description": "Mỗi dòng là một lần đo.",
    "themes": ["moi-truong"],
    "licence": "cc-by-4.0",
    "frequency": "annual",
    "access_level": "public",
    "contact": {"name": "Phòng dữ liệu", "email": "dulieu@example.vn"},
}
# A follower that fails pauses for 30 s at most.
RECOVERY_SECONDS = 60.0

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")


@dataclass(frozen=True)
class Disk:
    """A small file system with something on it that takes up room."""

    folder: Path

    def leave(self, free_bytes: int) -> None:
        """Takes up all but about `free_bytes`; 0 is not one byte more."""
        self.clear()
        with (self.folder / "filler").open("wb") as filler:
            state = os.statvfs(self.folder)
            room = state.f_bavail * state.f_frsize - free_bytes
            os.posix_fallocate(filler.fileno(), 0, max(room - MIB, 1))
            filler.seek(0, os.SEEK_END)
            for size in () if free_bytes else (MIB, 4096, 1):
                _write_until_full(filler.fileno(), size)

    def clear(self) -> None:
        """Gives all of it back."""
        (self.folder / "filler").unlink(missing_ok=True)


def _write_until_full(descriptor: int, size: int) -> None:
    try:
        while os.write(descriptor, b"x" * size):
            pass
    except OSError as error:
        assert error.errno == errno.ENOSPC


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow mounts")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def new(steward: Caller, title: str, **more: Any) -> Answer:
    return steward.call("POST", "datasets", {"title": title, **COMPLETE, **more})


def assert_is_full(answer: Answer) -> None:
    problem = answer.json()
    assert (answer.status, problem["code"]) == (507, "storage-full"), answer.body
    assert int(answer.headers["retry-after"]) > 0
    assert problem["detail_i18n"]["vi"] != problem["detail_i18n"]["en"]
    assert problem["incident"] and "sqlite" not in answer.body.decode().lower()


def finds(portal: Installation, word: str) -> list[str]:
    answer = portal.request(f"/api/v1/datasets?q={quote(word)}")
    assert answer.status == 200
    return [each["slug"] for each in answer.json()["items"]]


def wait_until_found(portal: Installation, word: str) -> None:
    end = time.monotonic() + RECOVERY_SECONDS
    while not finds(portal, word):
        assert time.monotonic() < end, f"{word} is not found"
        time.sleep(0.2)


def assert_all_is_whole(portal: Installation, acknowledged: list[str], begun: float) -> None:
    assert violations(portal.var, {}, acknowledged) == []
    assert leftovers(portal.var, begun) == []
    end = time.monotonic() + RECOVERY_SECONDS
    while (check := portal.run("check")).code and time.monotonic() < end:
        time.sleep(0.5)
    assert check.code == 0, check.out


@pytest.mark.timeout(300)
def test_uploads_and_writes_are_refused_whole_and_go_on_when_there_is_room(disk: Disk) -> None:
    portal = Installation(disk.folder / "var")
    portal.take("init")
    with portal.serving():
        steward = staffed(portal)["publisher"]
        slug = new(steward, "Bò vàng").json()["slug"]
        attach = f"datasets/{slug}/files?name=a.csv"

        disk.leave(600 * MIB)
        assert_is_full(steward.call("POST", attach, b"a\n1\n"))
        assert steward.take("GET", f"datasets/{slug}")["distributions"] == []
        second = new(steward, "Trâu đen")
        assert second.status == 201, "what is kept free of files is for the database"

        disk.leave(0)
        before = steward.take("GET", "me/datasets")["total"]
        refused = _write_until_refused(steward)
        assert steward.take("GET", "me/datasets")["total"] == before + refused
        assert portal.request(f"/du-lieu/{slug}").status == 404, "readers are answered"
        assert_is_full(steward.call("POST", attach, b"a\n1\n"))

        disk.clear()
        assert steward.call("POST", attach, b"a\n1\n").status == 201
        assert steward.call("POST", f"datasets/{slug}/publish").status == 200
        wait_until_found(portal, "bo vang")
        assert_all_is_whole(portal, [slug, second.json()["slug"]], time.time())


def _write_until_refused(steward: Caller) -> int:
    """How many datasets the database still had room for."""
    for number in range(100):
        answer = new(steward, f"Bộ {number}", description="x" * 49_000)
        if answer.status != 201:
            assert_is_full(answer)
            return number
    raise AssertionError("the disk is not full")


@pytest.mark.timeout(300)
def test_a_worker_that_cannot_write_the_index_catches_up_when_there_is_room(disk: Disk) -> None:
    portal = Installation(disk.folder / "var")
    portal.take("init")
    with portal.serving() as serving:
        steward = staffed(portal)["publisher"]
        first, second = (new(steward, title).json()["slug"] for title in ("Cá chép", "Tôm sú"))
        assert steward.call("POST", f"datasets/{first}/publish").status == 200
        wait_until_found(portal, "ca chep")

        worker = worker_pid(serving)
        assert worker is not None
        os.kill(worker, signal.SIGSTOP)
        assert steward.call("POST", f"datasets/{second}/publish").status == 200
        disk.leave(0)
        os.kill(worker, signal.SIGCONT)
        time.sleep(3)
        assert finds(portal, "ca chep") == [first], "the index as it was still answers"
        assert finds(portal, "tom su") == []
        assert portal.request(f"/api/v1/datasets/{second}").status == 200

        disk.clear()
        wait_until_found(portal, "tom su")
        assert_all_is_whole(portal, [first, second], time.time())
