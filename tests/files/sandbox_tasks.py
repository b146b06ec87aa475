"""What the tests of the sandbox let a child do: well-behaved work and every way to misbehave."""

from __future__ import annotations

import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Progress = Callable[[float, str], None]


def do(argument: dict[str, Any], folder: Path, progress: Progress) -> dict[str, Any]:
    """Does what `argument["what"]` says."""
    return DEEDS[argument["what"]](folder, progress)


def _work(folder: Path, progress: Progress) -> dict[str, Any]:
    progress(0.5, "half")
    (folder / "made.txt").write_text("made")
    print("chatter on standard output is no answer")
    return {"pid": os.getpid()}


def _tell(folder: Path, progress: Progress) -> dict[str, Any]:
    limits = {name: resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_AS", "RLIMIT_FSIZE")}
    return {"environment": sorted(os.environ), "limits": limits, "group": os.getpgrp() == os.getpid()}


def _fail(folder: Path, progress: Progress) -> dict[str, Any]:
    raise ValueError("a fault in the reader")


def _ask(folder: Path, progress: Progress) -> dict[str, Any]:
    asked = []
    while True:
        asked.append(bytearray(16 * 1024**2))


def _fill(folder: Path, progress: Progress) -> dict[str, Any]:
    filled = b"x" * (512 * 1024**2)
    time.sleep(600)
    return {"filled": len(filled)}


def _spin(folder: Path, progress: Progress) -> dict[str, Any]:
    while True:
        pass


def _sleep(folder: Path, progress: Progress) -> dict[str, Any]:
    progress(0.0, "asleep")
    time.sleep(600)
    return {}


def _die(folder: Path, progress: Progress) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGSEGV)
    return {}


def _killed(folder: Path, progress: Progress) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def _flood(folder: Path, progress: Progress) -> dict[str, Any]:
    with (folder / "flood").open("wb") as file:
        while True:
            file.write(bytes(1024**2))


def _babble(folder: Path, progress: Progress) -> dict[str, Any]:
    os.write(3, b"x" * 1024**2)
    return {"long": "x" * 20 * 1024**2}


def _lie(folder: Path, progress: Progress) -> dict[str, Any]:
    (folder / "report.json").symlink_to("/etc/hostname")
    os._exit(0)


def _phone(folder: Path, progress: Progress) -> dict[str, Any]:
    with socket.socket() as line:
        line.settimeout(2)
        return {"error": line.connect_ex(("127.0.0.1", 9))}


DEEDS: dict[str, Callable[[Path, Progress], dict[str, Any]]] = {
    "work": _work,
    "tell": _tell,
    "fail": _fail,
    "ask": _ask,
    "fill": _fill,
    "spin": _spin,
    "sleep": _sleep,
    "die": _die,
    "killed": _killed,
    "flood": _flood,
    "babble": _babble,
    "lie": _lie,
    "phone": _phone,
}
