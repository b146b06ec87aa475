"""The loop over followers: order, failures, requests from other processes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from portal.jobs.followers import Follower, FollowerLoop, Requests


@dataclass
class Recorder:
    """A follower of a log that is a list; `broken` makes it fail."""

    name: str
    diary: list[str]
    waiting: int = 0
    broken: bool = False

    def follow(self) -> int:
        if self.broken:
            raise OSError("no space left on device")
        done, self.waiting = self.waiting, max(0, self.waiting - 2)
        if done:
            self.diary.append(f"{self.name} follows {done}")
        return done

    def reconcile(self) -> None:
        self.diary.append(f"{self.name} reconciles")

    def rebuild(self) -> None:
        self.diary.append(f"{self.name} rebuilds")

    def follower(self) -> Follower:
        return Follower(self.name, self.follow, self.reconcile, self.rebuild)


def _loop(var: Path, *recorders: Recorder) -> FollowerLoop:
    return FollowerLoop([each.follower() for each in recorders], Requests(var), threading.Event())


def test_the_first_turn_compares_everything_and_then_follows_to_the_end(tmp_path: Path) -> None:
    diary: list[str] = []
    loop = _loop(tmp_path, Recorder("search", diary, waiting=3), Recorder("forms", diary))
    loop.once()
    assert diary == ["search reconciles", "search follows 3", "search follows 1", "forms reconciles"]
    loop.once()
    assert len(diary) == 4


def test_a_follower_that_fails_pauses_alone_and_compares_everything_when_it_is_back(tmp_path: Path) -> None:
    diary: list[str] = []
    broken, sound = Recorder("search", diary, broken=True), Recorder("forms", diary)
    now = 100.0
    followers = [broken.follower(), sound.follower()]
    loop = FollowerLoop(followers, Requests(tmp_path), threading.Event(), lambda: now)
    loop.once()
    sound.waiting = 1
    broken.broken = False
    now += 0.3
    loop.once()
    assert diary == ["search reconciles", "forms reconciles", "forms follows 1"]
    now += 0.2
    loop.once()
    assert diary[3:] == ["search reconciles"]


def test_a_requested_rebuild_is_done_once_and_outlives_the_process_that_was_asked(tmp_path: Path) -> None:
    diary: list[str] = []
    Requests(tmp_path).ask("search")
    loop = _loop(tmp_path, Recorder("search", diary))
    assert Requests(tmp_path).is_owed("search")
    loop.once()
    loop.once()
    assert diary == ["search rebuilds"]
    assert not Requests(tmp_path).is_owed("search")


def test_the_hourly_duty_is_done_at_the_next_turn(tmp_path: Path) -> None:
    diary: list[str] = []
    loop = _loop(tmp_path, Recorder("search", diary))
    loop.once()
    loop.owe_reconcile()
    loop.once()
    loop.once()
    assert diary == ["search reconciles"] * 2
