"""The data folder as a whole: who has it open, and how another state takes its place, all of it or nothing."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from portal.errors import Conflict, Unavailable
from portal.text import LocalizedText

STAGE = "restoring"
"""Where a state is made ready that shall take the place of what is there."""

_ASIDE = "before-restore"
_OPEN = "open.lock"
_JOURNAL = "swap.json"
# Locks are files of this folder, not of the catalogue; the key belongs to this machine.
_STAYS = frozenset({_OPEN, "worker.lock", "backup.lock", "secret-key", STAGE})
# Longer than a swap that was cut short takes to be finished by another process.
_PATIENCE_SECONDS = 2.0
_RETRY_SECONDS = 0.05


class PortalInUse(Conflict):
    """Something works on the data folder that must not change under it."""

    message = LocalizedText(
        "Thư mục dữ liệu đang được sử dụng. Hãy dừng cổng (serve, worker và các lệnh khác) rồi thử lại.",
        "The data folder is in use. Stop the portal (serve, worker, other commands), then try again.",
    )


class PortalClosed(Unavailable):
    """The data folder is being replaced."""

    message = LocalizedText(
        "Thư mục dữ liệu đang được khôi phục từ bản sao lưu. Hãy chờ lệnh restore kết thúc.",
        "The data folder is being restored from a backup. Wait until the command restore has ended.",
    )


def enter(var: Path) -> TextIO:
    """Keeps `var` from being replaced until the answer is closed or its process dies. Raises PortalClosed.

    A replacement that was cut short after its decision is finished first.
    """
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        presence = _take(var, fcntl.LOCK_SH)
        if presence is not None:
            if not _journal(var).exists():
                return presence
            presence.close()
            _finish_alone(var)
        if time.monotonic() > end:
            raise PortalClosed
        time.sleep(_RETRY_SECONDS)


@contextmanager
def closed(var: Path) -> Iterator[None]:
    """Nobody has `var` open inside, nor can open it. Raises PortalInUse."""
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    alone = _take(var, fcntl.LOCK_EX)
    if alone is None:
        raise PortalInUse
    with alone:
        if _journal(var).exists():
            _finish(var)
        yield


def empty_stage(var: Path) -> Path:
    """The stage, without what a restore left that was cut short. Only inside `closed`."""
    stage = var / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    return stage


def swap(var: Path, names: Sequence[str], stamp: str) -> Path | None:
    """Puts `names` of the stage, durable already, in the place of everything in `var`. Only inside `closed`.

    Answers where the old state went, if there was any. The journal is the decision: killed before it is
    written, the old state stands; killed after, whoever opens the folder next ends what was begun.
    """
    old = sorted(each.name for each in var.iterdir() if not _stays(each.name))
    aside = f"{_ASIDE}-{stamp}"
    _write_durably(_journal(var), json.dumps({"aside": aside, "old": old, "new": list(names)}))
    _finish(var)
    return var / aside if old else None


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _stays(name: str) -> bool:
    return name in _STAYS or name.startswith(_ASIDE)


def _journal(var: Path) -> Path:
    return var / STAGE / _JOURNAL


def _finish_alone(var: Path) -> None:
    alone = _take(var, fcntl.LOCK_EX)
    if alone is None:
        return
    with alone:
        if _journal(var).exists():
            _finish(var)


def _finish(var: Path) -> None:
    """Ends a swap from wherever it stands: nothing new comes in before everything old is out."""
    decided = json.loads(_journal(var).read_bytes())
    aside = var / decided["aside"]
    if decided["old"]:
        aside.mkdir(mode=0o700, exist_ok=True)
        for name in decided["old"]:
            # What is aside already has made room: the one in `var` would be the new one.
            if not os.path.lexists(aside / name):
                (var / name).rename(aside / name)
        sync_folder(aside)
        sync_folder(var)
    for name in decided["new"]:
        if os.path.lexists(var / STAGE / name):
            (var / STAGE / name).rename(var / name)
    sync_folder(var)
    _journal(var).unlink()
    shutil.rmtree(var / STAGE)


def _take(var: Path, kind: int) -> TextIO | None:
    file = (var / _OPEN).open("a")
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _write_durably(path: Path, content: str) -> None:
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)
    sync_folder(path.parent.parent)
